using System.Globalization;
using System.Text;
using DataVersion.Benchmarks.Workflows;

namespace DataVersion.Benchmarks.Pipelines;

/// <summary>
/// Pipelines of trivial stages (<c>sha1sum</c> of one file each), a chain and a fan: first run, nothing to do, one changed; beside the
/// same commands started by a shell loop, which is what they cost by themselves, and DVC. And the loading of many stages.
/// </summary>
internal static class PipelineBenchmark
{
    /// <summary>What a person may type.</summary>
    public const string Usage = """
        pipelines [options]    runs of stages beside a shell loop and DVC
          --stages numbers     10,100,1000
          --dvc number         DVC runs only pipelines of at most so many stages (100); 0 leaves it out
          --rounds n           of all participants in turn (3)
          --work folder        where the repositories are made
          --output file        the report; else only the screen
        """;

    private static readonly (string Name, string Command)[] Steps =
        [("first", ""), ("nothing", ""), ("one changed", "echo new >> in0.txt")];

    /// <summary>Measures and prints.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] arguments)
    {
        var (stages, rounds, dvcLimit, work, output) = (new[] { 10, 100, 1000 }, 3, 100, Path.Combine(Path.GetTempPath(), "dataversion-pipelines"), "");
        for (var i = 0; i + 1 < arguments.Length; i += 2)
            switch (arguments[i])
            {
                case "--stages": stages = [.. arguments[i + 1].Split(',').Select(text => int.Parse(text, CultureInfo.InvariantCulture))]; break;
                case "--dvc": dvcLimit = int.Parse(arguments[i + 1], CultureInfo.InvariantCulture); break;
                case "--rounds": rounds = int.Parse(arguments[i + 1], CultureInfo.InvariantCulture); break;
                case "--work": work = Path.GetFullPath(arguments[i + 1]); break;
                case "--output": output = Path.GetFullPath(arguments[i + 1]); break;
                default: Console.Error.WriteLine(Usage); return 2;
            }
        var module = BuiltModule.Build(Path.Combine(work, "build"));
        var report = new StringBuilder("| pipeline | step | DataVersion ms (min-max) | shell loop ms | own ms per stage | DVC ms | others % |\n|---|---|---|---|---|---|---|\n");
        using (var session = new PowerShellSession(module, "host"))
        {
            Warm(session, Path.Combine(work, "warm"));
            foreach (var shape in new[] { "chain", "fan" })
                foreach (var count in stages)
                    Measure(session, shape, count, rounds, count <= dvcLimit && Shell.Has("dvc"), Path.Combine(work, $"{shape}-{count}"), report);
            Load(session, Path.Combine(work, "load"), rounds, report);
        }
        Console.Write(report);
        if (output.Length > 0)
            File.WriteAllText(output, report.ToString());
        return 0;
    }

    private static void Measure(PowerShellSession session, string shape, int count, int rounds, bool dvc, string folder, StringBuilder report)
    {
        var (ours, loop, theirs) = (Path.Combine(folder, "ours"), Path.Combine(folder, "loop"), Path.Combine(folder, "dvc"));
        var series = Steps.ToDictionary(step => step.Name, _ => (Ours: new Series(), Loop: new Series(), Dvc: new Series()));
        for (var round = 0; round < rounds; round++)
        {
            foreach (var place in dvc ? new[] { ours, loop, theirs } : [ours, loop])
                Make(place, shape, count);
            session.Run($"Set-Location '{ours}'");
            foreach (var (name, change) in Steps)
            {
                foreach (var place in dvc ? new[] { ours, theirs } : [ours])
                    if (change.Length > 0)
                        Shell.Run(change, place);
                series[name].Ours.Add(round, session.Run("Invoke-Stage -Quiet"));
                if (dvc)
                    series[name].Dvc.Add(round, Shell.Run("dvc repro -q", theirs));
            }
            series["first"].Loop.Add(round, Shell.Run("while read -r line; do /bin/sh -c \"$line\"; done < commands", loop));
        }
        foreach (var (name, (our, shell, dvcs)) in series)
        {
            var own = shell.Count > 0 ? Number((our.Median - shell.Median) * 1000 / count, "0.00") : name == "nothing" ? Number(our.Median * 1000 / count, "0.00") : "";
            report.Append(CultureInfo.InvariantCulture, $"| {shape} of {count} | {name} | {our.Median * 1000:0} ({our.Min * 1000:0}-{our.Max * 1000:0}) | ")
                .Append(shell.Count > 0 ? Number(shell.Median * 1000, "0") : "").Append(" | ").Append(own).Append(" | ")
                .Append(dvcs.Count > 0 ? Number(dvcs.Median * 1000, "0") : "").Append(CultureInfo.InvariantCulture, $" | {our.Disturbance * 100:0} |\n");
        }
    }

    private static void Load(PowerShellSession session, string folder, int rounds, StringBuilder report)
    {
        Repository(folder);
        for (var file = 0; file < 200; file++)
        {
            var yaml = new StringBuilder("stages:\n");
            for (var i = 0; i < 10; i++)
                yaml.Append(CultureInfo.InvariantCulture, $"  s{i}:\n    cmd: sha1sum in.txt > s{i}.txt\n    deps:\n    - in.txt\n    outs:\n    - s{i}.txt\n");
            Directory.CreateDirectory(Path.Combine(folder, $"d{file}"));
            File.WriteAllText(Path.Combine(folder, $"d{file}", "dvc.yaml"), yaml.ToString());
        }
        session.Run($"Set-Location '{folder}'");
        var series = new Series();
        for (var round = 0; round < rounds; round++)
            series.Add(round, session.Run("Get-Stage -Recurse -NoState"));
        report.Append(CultureInfo.InvariantCulture, $"| 2000 in 200 files | load | {series.Median * 1000:0} ({series.Min * 1000:0}-{series.Max * 1000:0}) | | | | {series.Disturbance * 100:0} |\n");
    }

    private static void Warm(PowerShellSession session, string folder)
    {
        Make(folder, "chain", 30);
        session.Run($"Set-Location '{folder}'");
        session.Run("Invoke-Stage -Quiet; Invoke-Stage -Quiet; Get-Stage -NoState; Invoke-Stage -Quiet -Force");
    }

    private static void Make(string folder, string shape, int count)
    {
        Repository(folder);
        var (yaml, commands) = (new StringBuilder("stages:\n"), new StringBuilder());
        for (var i = 0; i < count; i++)
        {
            var source = shape == "chain" && i > 0 ? $"s{i - 1}.txt" : $"in{i}.txt";
            if (shape == "fan" || i == 0)
                File.WriteAllText(Path.Combine(folder, $"in{i}.txt"), $"input {i}\n");
            yaml.Append(CultureInfo.InvariantCulture, $"  s{i}:\n    cmd: sha1sum {source} > s{i}.txt\n    deps:\n    - {source}\n    outs:\n    - s{i}.txt\n");
            commands.Append(CultureInfo.InvariantCulture, $"sha1sum {source} > s{i}.txt\n");
        }
        File.WriteAllText(Path.Combine(folder, "dvc.yaml"), yaml.ToString());
        File.WriteAllText(Path.Combine(folder, "commands"), commands.ToString());
    }

    private static void Repository(string folder)
    {
        Directory.CreateDirectory(folder);
        Shell.Run($"rm -rf '{folder}' && mkdir -p '{folder}/.dvc' && cd '{folder}' && git init -q && printf '[core]\\n    analytics = false\\n[cache]\\n    type = hardlink\\n' > .dvc/config",
            Path.GetTempPath(), new Dictionary<string, string> { ["SHELL"] = "/bin/sh" });
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
