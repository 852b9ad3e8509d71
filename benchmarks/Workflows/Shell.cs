using System.Diagnostics;
using System.Globalization;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>Runs commands in bash, which tells what they cost.</summary>
internal static class Shell
{
    // One line that a program is not likely to write: the marker, then real, user and system time in seconds.
    private const string Marker = "measured:";

    /// <summary>Runs a command and measures it.</summary>
    /// <param name="command">For bash.</param>
    /// <param name="folder">The current directory.</param>
    /// <param name="variables">Environment variables on top of ours.</param>
    /// <param name="prefix">A program that runs the bash, such as strace with its options.</param>
    /// <exception cref="BenchmarkException">It failed.</exception>
    public static Measurement Run(string command, string folder, IReadOnlyDictionary<string, string>? variables = null, string[]? prefix = null)
    {
        string[] line = [.. prefix ?? [], "bash", "-c", $"TIMEFORMAT='{Marker}%3R %3U %3S'; time {{ {command}\n}}"];
        var start = new ProcessStartInfo(line[0], line[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DVC_NO_ANALYTICS"] = "1";
        // Somebody who installed a program of Python has its modules compiled.
        start.Environment.Remove("PYTHONDONTWRITEBYTECODE");
        start.Environment["LC_ALL"] = "C.UTF-8";
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        var load = MachineLoad.Now();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        var at = errors.LastIndexOf(Marker, StringComparison.Ordinal);
        if (process.ExitCode != 0 || at < 0)
            throw new BenchmarkException($"'{command}' in {folder} ended with {process.ExitCode}:\n{errors}{output.Result}");
        var times = errors[(at + Marker.Length)..].Split([' ', '\n'], 4).Take(3)
            .Select(t => double.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        return new(times[0], times[1] + times[2]) { Disturbance = load.OthersSince(times[1] + times[2]) };
    }

    /// <summary>What a command writes, its first line.</summary>
    public static string FirstLine(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", command + " 2>&1"]) { RedirectStandardOutput = true })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n')[0].Trim();
    }

    /// <summary>Whether a program is on PATH.</summary>
    public static bool Has(string program) => FirstLine($"command -v {program}").Length > 0;
}

/// <summary>A measurement that is not one: a command failed or gave a wrong result.</summary>
internal sealed class BenchmarkException(string message) : Exception(message);
