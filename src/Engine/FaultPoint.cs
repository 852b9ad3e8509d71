using System.Diagnostics;

namespace DataVersion.Engine;

/// <summary>
/// Named places between two steps that must survive a kill. Tests start a child process with
/// <c>DATAVERSION_FAULT=name[:n]</c>: at the n-th arrival (default 1) the process kills itself, as kill -9 would.
/// With <c>DATAVERSION_FAULT_LOG=file</c> every arrival is appended to the file instead, so that a test can list the
/// places that an operation passes. Costs one comparison when neither is set.
/// </summary>
internal static class FaultPoint
{
    private static readonly string? Target = Environment.GetEnvironmentVariable("DATAVERSION_FAULT");
    private static readonly string? Log = Environment.GetEnvironmentVariable("DATAVERSION_FAULT_LOG");
    private static readonly Lock Gate = new();
    private static int arrivals;

    /// <summary>Marks that a step is complete and the next one has not begun.</summary>
    public static void Reach(string name)
    {
        if (Target is null && Log is null)
            return;
        if (Log is not null)
            lock (Gate)
                File.AppendAllText(Log, name + "\n");
        if (Target is null)
            return;
        var colon = Target.LastIndexOf(':');
        var (wanted, count) = colon > 0 && int.TryParse(Target.AsSpan(colon + 1), out var n) ? (Target[..colon], n) : (Target, 1);
        if (name == wanted && Interlocked.Increment(ref arrivals) == count)
        {
            Process.GetCurrentProcess().Kill();
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
