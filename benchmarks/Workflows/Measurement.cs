namespace DataVersion.Benchmarks.Workflows;

/// <summary>What one run of one participant cost.</summary>
/// <param name="Seconds">Wall time.</param>
/// <param name="CpuSeconds">CPU time; of a session without the programs that it starts.</param>
/// <param name="PeakBytes">Most resident memory, of a session; else 0.</param>
/// <param name="Outputs">Objects that the command gave, of a session; else -1.</param>
internal readonly record struct Measurement(double Seconds, double CpuSeconds, long PeakBytes = 0, long Outputs = -1)
{
    /// <summary>Part of the processors' time that others had meanwhile, 0 to 1.</summary>
    public double Disturbance { get; init; }
}

/// <summary>All runs of one participant.</summary>
internal sealed class Series
{
    private readonly SortedDictionary<int, Measurement> byRound = [];

    /// <summary>Number of runs.</summary>
    public int Count => byRound.Count;

    /// <summary>Shortest time in seconds.</summary>
    public double Min => byRound.Values.Min(m => m.Seconds);

    /// <summary>Longest time in seconds.</summary>
    public double Max => byRound.Values.Max(m => m.Seconds);

    /// <summary>Median of the time in seconds.</summary>
    public double Median => MedianOf(byRound.Values.Select(m => m.Seconds));

    /// <summary>Median of the CPU time in seconds.</summary>
    public double Cpu => MedianOf(byRound.Values.Select(m => m.CpuSeconds));

    /// <summary>Most resident memory in bytes.</summary>
    public long Peak => byRound.Values.Max(m => m.PeakBytes);

    /// <summary>Time of all runs in seconds.</summary>
    public double Total => byRound.Values.Sum(m => m.Seconds);

    /// <summary>Largest part of the processors that others had.</summary>
    public double Disturbance => byRound.Values.Max(m => m.Disturbance);

    /// <summary>Notes the run of a round.</summary>
    public void Add(int round, Measurement measurement) => byRound[round] = measurement;

    /// <summary>Median of the ratios to another participant, of the rounds that both have; none gives null.</summary>
    public double? RatioTo(Series other)
    {
        var common = byRound.Keys.Intersect(other.byRound.Keys).ToList();
        return common.Count == 0 ? null : MedianOf(common.Select(r => byRound[r].Seconds / other.byRound[r].Seconds));
    }

    private static double MedianOf(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[sorted.Length / 2] + sorted[(sorted.Length - 1) / 2]) / 2;
    }
}
