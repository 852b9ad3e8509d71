using System.Diagnostics;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>How commands of stages are started: with the shell that DVC uses, so that they mean the same (DVC spec 9.4).</summary>
internal static class StageShell
{
    /// <summary>Tells the processes of one run apart from all others, also when their parent is gone.</summary>
    public const string RunVariable = "DATAVERSION_RUN";

    /// <summary>The commands to run one after the other: the lines of a text, or the elements of a list as they are.</summary>
    public static IReadOnlyList<string> CommandsOf(YamlNode command) => command is YamlSequence ? PlainValue.Texts(command)
        : [.. PlainValue.Texts(command)[0].Split(["\r\n", "\n", "\r"], StringSplitOptions.None).Where(line => line.Trim().Length > 0)];

    /// <summary>How to start one command.</summary>
    /// <param name="command">What the shell is given.</param>
    /// <param name="folder">Absolute path of the folder to run in.</param>
    /// <param name="root">Absolute path of the repository: <c>DVC_ROOT</c>, unless that is set.</param>
    /// <param name="address">The stage as DVC names it: <c>DVC_STAGE</c>.</param>
    /// <param name="run">The number of this run.</param>
    /// <param name="shareInput">The command may read what the user types.</param>
    public static ProcessStartInfo StartOf(string command, string folder, string root, string address, string run, bool shareInput)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
            RedirectStandardInput = !shareInput,
        };
        if (OperatingSystem.IsWindows())
        {
            start.FileName = Environment.GetEnvironmentVariable("COMSPEC") ?? "cmd.exe";
            start.Arguments = $"/c \"{command}\"";
        }
        else
        {
            start.FileName = Environment.GetEnvironmentVariable("SHELL") is { Length: > 0 } shell ? shell : "/bin/sh";
            foreach (var flag in FlagsOf(Path.GetFileName(start.FileName)))
                start.ArgumentList.Add(flag);
            start.ArgumentList.Add("-c");
            start.ArgumentList.Add(command);
        }
        start.Environment.TryAdd("DVC_ROOT", root);
        start.Environment["DVC_STAGE"] = address;
        start.Environment[RunVariable] = run;
        return start;
    }

    // What a user put into the start-up files of a shell must not change what a stage does.
    private static string[] FlagsOf(string shell) => shell switch
    {
        "bash" => ["--noprofile", "--norc"],
        "zsh" => ["--no-rcs"],
        "fish" => ["--no-config"],
        _ => [],
    };
}
