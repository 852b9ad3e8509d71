using System.Globalization;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>Numbers as a report shows them.</summary>
internal static class Quantity
{
    /// <summary>Bytes, with the unit that leaves a whole number.</summary>
    public static string Size(long bytes) => bytes switch
    {
        >= 1 << 30 when bytes % (1 << 30) == 0 => $"{bytes >> 30} GiB",
        >= 1 << 20 when bytes % (1 << 20) == 0 => $"{bytes >> 20} MiB",
        >= 1_000_000 => $"{bytes / 1_000_000} MB",
        >= 1_000 => $"{bytes / 1_000} KB",
        _ => $"{bytes} B",
    };

    /// <summary>Seconds as milliseconds, or as seconds from ten on.</summary>
    public static string Time(double seconds) => seconds >= 10
        ? seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s"
        : (seconds * 1000).ToString(seconds < 0.1 ? "0.0" : "0", CultureInfo.InvariantCulture) + " ms";

    /// <summary>A ratio with as many digits as mean something.</summary>
    public static string Ratio(double ratio) => ratio.ToString(ratio >= 10 ? "0" : "0.00", CultureInfo.InvariantCulture);
}
