using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Ends a process with everything it started. On Linux also what its children left behind is found, by a variable of the
/// environment that only they have; elsewhere the tree of parents and children is followed.
/// </summary>
internal static partial class ProcessTree
{
    private const int Terminate = 15, Kill = 9;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>Asks all to end, waits a moment, then ends them.</summary>
    /// <param name="process">The first process.</param>
    /// <param name="mark">Value of <see cref="StageShell.RunVariable"/> that the processes of this run have.</param>
    /// <param name="stage">Value of <c>DVC_STAGE</c> of those that are meant.</param>
    public static async Task StopAsync(Process process, string mark, string stage)
    {
        if (OperatingSystem.IsLinux())
        {
            Signal(process, mark, stage, Terminate);
            for (var waited = Stopwatch.StartNew(); waited.Elapsed < Grace && Marked(mark, stage).Count > 0;)
                await Task.Delay(20).ConfigureAwait(false);
            Signal(process, mark, stage, Kill);
        }
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception error) when (error is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It has ended by itself.
        }
        using var patience = new CancellationTokenSource(Grace);
        try
        {
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // A process that the system does not let go of (a disk that does not answer) cannot be waited for.
        }
    }

    /// <summary>Processes of a run that are alive, on Linux; empty elsewhere.</summary>
    /// <param name="mark">Value of <see cref="StageShell.RunVariable"/>.</param>
    /// <param name="stage">Value of <c>DVC_STAGE</c>; null for all of the run.</param>
    public static IReadOnlyList<int> Marked(string mark, string? stage)
    {
        var found = new List<int>();
        if (!OperatingSystem.IsLinux())
            return found;
        var (run, name) = ($"{StageShell.RunVariable}={mark}", stage is null ? null : $"DVC_STAGE={stage}");
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && IsMarked(folder, run, name))
                found.Add(pid);
        return found;
    }

    private static bool IsMarked(string folder, string run, string? stage)
    {
        try
        {
            var variables = Encoding.UTF8.GetString(File.ReadAllBytes(folder + "/environ")).Split('\0');
            return variables.Contains(run) && (stage is null || variables.Contains(stage));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // It ended, or belongs to somebody else.
        }
    }

    private static void Signal(Process process, string mark, string stage, int signal)
    {
        foreach (var pid in Marked(mark, stage))
            _ = SendSignal(pid, signal);
        if (signal == Terminate && !process.HasExited)
            _ = SendSignal(process.Id, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
