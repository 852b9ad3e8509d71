using System.Diagnostics;
using System.Globalization;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>How busy the processors are, to notice when somebody else was working meanwhile.</summary>
internal readonly record struct MachineLoad(long Since, double BusySeconds)
{
    private const double TicksPerSecond = 100;
    private const int IdleField = 4, WaitField = 5;

    /// <summary>The state at this moment.</summary>
    public static MachineLoad Now()
    {
        if (!OperatingSystem.IsLinux())
            return default;
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var busy = 0L;
        for (var i = 1; i < 9; i++)
            if (i is not (IdleField or WaitField))
                busy += long.Parse(fields[i], CultureInfo.InvariantCulture);
        return new(Stopwatch.GetTimestamp(), busy / TicksPerSecond);
    }

    /// <summary>The part of the processors' time that was spent on something else than so many seconds of ours.</summary>
    public double OthersSince(double ourSeconds)
    {
        var wall = Stopwatch.GetElapsedTime(Since).TotalSeconds;
        // The kernel counts in hundredths of a second.
        return Since == 0 || wall < 0.2 ? 0
            : Math.Clamp((Now().BusySeconds - BusySeconds - ourSeconds) / (wall * Environment.ProcessorCount), 0, 1);
    }
}
