using System.Diagnostics;
using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Faults;

/// <summary>Commands in a process of their own, through <c>tools/Host</c>: what a test kills, or runs beside another one.</summary>
internal sealed record HostProcess(int ExitCode, string Output, string Errors)
{
    public static HostProcess Run(string folder, string commands, params (string Name, string Value)[] environment)
    {
        using var process = Start(folder, commands, environment);
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new HostProcess(process.ExitCode, output, errors.Result);
    }

    public static Process Start(string folder, string commands, params (string Name, string Value)[] environment)
    {
        var build = Path.Combine(Path.GetFileName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)))!, "net10.0");
        var start = new ProcessStartInfo("dotnet")
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.ArgumentList.Add(Path.Combine(ModuleSession.RepositoryRoot, "tools", "Host", "bin", build, "DataVersion.Host.dll"));
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(commands);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }
}
