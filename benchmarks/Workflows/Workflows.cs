using System.Globalization;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>The benchmark from end to end.</summary>
internal static class Workflows
{
    /// <summary>Measures and writes the report.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        try
        {
            var options = WorkflowOptions.Parse(arguments);
            var module = BuiltModule.Build(Path.Combine(options.Work, "build"));
            var cases = new WorkflowRunner(options, module).Run(static measured => Console.WriteLine(Report.Line(measured)));
            var output = options.Output.Length > 0 ? options.Output
                : Path.Combine(BuiltModule.Checkout, "benchmarks", "results", DateTime.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".md");
            Directory.CreateDirectory(Path.GetDirectoryName(output)!);
            File.WriteAllText(output, new Report(options, cases).Write());
            Console.WriteLine(output);
            return cases.Any(c => c.Failure is not null) ? 1 : 0;
        }
        catch (Exception error) when (error is ArgumentException or BenchmarkException)
        {
            Console.Error.WriteLine(error.Message);
            return error is ArgumentException ? 2 : 1;
        }
    }
}
