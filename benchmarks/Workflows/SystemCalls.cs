using System.Diagnostics;
using System.Globalization;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>System calls of a command.</summary>
/// <param name="ByName">How often each.</param>
internal sealed record SystemCalls(IReadOnlyDictionary<string, long> ByName)
{
    /// <summary>All calls.</summary>
    public long Total => ByName.Values.Sum();

    /// <summary>Program and options that count what a command and its children call.</summary>
    public static string[] Prefix(string output) => ["strace", "-f", "-c", "-U", "name,calls", "-o", output];

    /// <summary>Counts what a process calls while an action runs.</summary>
    public static SystemCalls While(int processId, string output, Action action)
    {
        var prefix = Prefix(output);
        using var strace = Process.Start(new ProcessStartInfo(prefix[0], [.. prefix[1..], "-p", processId.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardError = true,
        })!;
        // It says so when it has attached; a thread each.
        if (strace.StandardError.ReadLine() is not { } line || !line.Contains("attached", StringComparison.Ordinal))
            throw new BenchmarkException("strace cannot attach to the session.");
        var rest = strace.StandardError.ReadToEndAsync();
        Thread.Sleep(500);
        action();
        using (Process.Start("kill", ["-INT", strace.Id.ToString(CultureInfo.InvariantCulture)]))
            strace.WaitForExit();
        _ = rest.Result;
        return Read(output);
    }

    /// <summary>Reads the table that strace wrote.</summary>
    public static SystemCalls Read(string output)
    {
        var calls = new Dictionary<string, long>();
        foreach (var line in File.ReadLines(output))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var name, var count]
                && name != "total" && long.TryParse(count, CultureInfo.InvariantCulture, out var number))
                calls[name] = number;
        return new(calls);
    }

    /// <summary>The most frequent ones, per file.</summary>
    public string Describe(int files) => string.Join(", ", ByName.OrderByDescending(c => c.Value).Take(8)
        .Select(c => $"{c.Key} {((double)c.Value / files).ToString("0.00", CultureInfo.InvariantCulture)}"));
}
