using System.Diagnostics;

namespace DataVersion.Tests.Repositories;

/// <summary>A Python program as the other party of a lock: it prints a line when it is ready, and ends when its input does.</summary>
internal sealed class PythonProcess : IDisposable
{
    private readonly Process process;

    private PythonProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>Starts it; null when there is no Python 3 here.</summary>
    public static PythonProcess? TryStart(string program, params string[] arguments)
    {
        if (OperatingSystem.IsWindows())
            return null;
        var start = new ProcessStartInfo("python3", ["-c", program, .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        };
        try
        {
            return new PythonProcess(Process.Start(start)!);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    public string? ReadLine() => process.StandardOutput.ReadLine();

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
