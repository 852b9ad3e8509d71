using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace DataVersion.Engine.Git;

/// <summary>What a finished git process said.</summary>
/// <param name="ExitCode">0 for success.</param>
/// <param name="Output">Its standard output, byte for byte.</param>
/// <param name="Error">Its standard error.</param>
public sealed record GitResult(int ExitCode, byte[] Output, string Error)
{
    /// <summary>The output as text, without the line end behind it.</summary>
    public string Text => Encoding.UTF8.GetString(Output).TrimEnd('\n', '\r');

    /// <summary>The output cut at NUL bytes, as <c>-z</c> writes it; the end of the last field makes no further field.</summary>
    public List<string> Fields()
    {
        var fields = new List<string>();
        var rest = Output.AsSpan();
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)0);
            fields.Add(Encoding.UTF8.GetString(end < 0 ? rest : rest[..end]));
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
        return fields;
    }
}

/// <summary>Finds the git program and makes the processes of it; the only place that knows its environment.</summary>
internal static class GitProgram
{
    /// <summary>The oldest version the options used here work with.</summary>
    public static readonly Version Minimum = new(2, 30);

    /// <summary>
    /// Variables that tie git to one repository. Git sets them for its hooks; inside a hook they would make every other
    /// repository look like the one of the hook. The repository is always named by the working folder instead.
    /// </summary>
    private static readonly string[] RepositoryVariables =
    [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_IMPLICIT_WORK_TREE",
        "GIT_INTERNAL_SUPER_PREFIX", "GIT_NAMESPACE", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS",
    ];

    /// <summary>
    /// Describes a process. A <paramref name="quiet"/> one only serves us: its messages are in English, its paths are
    /// literal and it takes no optional lock. One that is not (a switch) runs the user's own hooks, so the environment stays
    /// as it is.
    /// </summary>
    public static ProcessStartInfo Describe(string folder, IEnumerable<string> arguments, bool quiet)
    {
        var start = new ProcessStartInfo(Find(folder))
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
        };
        start.ArgumentList.Add("--no-pager");
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var name in RepositoryVariables)
            start.Environment.Remove(name);
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        if (quiet)
        {
            start.Environment["LC_ALL"] = "C";
            start.Environment["GIT_LITERAL_PATHSPECS"] = "1";
            start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        }
        return start;
    }

    /// <summary>Starts it.</summary>
    /// <exception cref="DataVersionException">GitFailed: the program cannot be started.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw Missing(start.WorkingDirectory, null);
        }
        catch (Win32Exception cause)
        {
            throw Missing(start.WorkingDirectory, cause);
        }
    }

    /// <summary>Runs git to its end.</summary>
    public static GitResult Run(string folder, IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, bool quiet,
        IReadOnlyDictionary<string, string>? environment, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var start = Describe(folder, arguments, quiet);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        using var process = Start(start);
        using var stop = cancellation.Register(static state => Kill((Process)state!), process);
        // All three pipes move at once, else a full one would stop git for ever. (The asynchronous reading of .NET takes much to compile.)
        var error = Task.Run(process.StandardError.ReadToEnd, CancellationToken.None);
        var feed = Task.Run(() => Feed(process, input), CancellationToken.None);
        var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        feed.GetAwaiter().GetResult();
        var message = error.GetAwaiter().GetResult();
        cancellation.ThrowIfCancellationRequested();
        return new GitResult(process.ExitCode, output.ToArray(), message);
    }

    /// <summary>The error for a git process that failed; says so when the program is older than we need.</summary>
    public static DataVersionException Failure(string folder, IReadOnlyList<string> arguments, GitResult result)
    {
        var command = arguments.FirstOrDefault(a => !a.StartsWith('-') && !a.Contains('=')) ?? "";
        var reason = result.Error.Trim();
        var message = $"'git {command}' failed with exit code {result.ExitCode} in '{folder}': "
            + (reason.Length > 0 ? reason : "it gave no reason.");
        return TooOld(folder) is { } version
            ? new DataVersionException(DataErrorKind.GitFailed, $"{message} This is git {version}; {Minimum} or newer is needed.", folder,
                "Install a newer Git and run the command again.")
            : new DataVersionException(DataErrorKind.GitFailed, message, folder,
                "Remove the reason that Git gives and run the command again.");
    }

    /// <summary>Ends a process that is still running.</summary>
    public static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception or NotSupportedException)
        {
            // It ended by itself.
        }
    }

    private static void Feed(Process process, ReadOnlyMemory<byte> input)
    {
        try
        {
            var pipe = process.StandardInput.BaseStream;
            pipe.Write(input.Span);
            pipe.Close();
        }
        catch (IOException)
        {
            // Git ended without reading everything; its exit code tells why.
        }
    }

    // The operating system would look into the working folder first on Windows: a git.exe in a dataset must not run.
    private static string Find(string folder)
    {
        var name = OperatingSystem.IsWindows() ? "git.exe" : "git";
        foreach (var part in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            var entry = part.Trim('"');
            if (Path.IsPathFullyQualified(entry) && File.Exists(Path.Combine(entry, name)))
                return Path.Combine(entry, name);
        }
        throw Missing(folder, null);
    }

    private static DataVersionException Missing(string folder, Exception? cause) =>
        Directory.Exists(folder)
            ? new(DataErrorKind.GitFailed, "The git program cannot be started"
                + (cause is null ? ": no folder of PATH holds it." : $": {cause.Message}"), folder,
                $"Install Git {Minimum} or newer and make sure that 'git --version' works.", cause)
            : new(DataErrorKind.PathNotFound, $"The folder '{folder}' does not exist.", folder, null, cause);

    private static Version? TooOld(string folder)
    {
        var words = Run(folder, ["--version"], default, quiet: true, null, default).Text.Split(' ');
        if (words.Length < 3)
            return null;
        var numbers = words[2].Split('.');
        return numbers.Length >= 2
            && int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)
            && int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minor)
            && new Version(major, minor) is var version && version < Minimum ? version : null;
    }
}
