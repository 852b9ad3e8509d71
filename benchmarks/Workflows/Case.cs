namespace DataVersion.Benchmarks.Workflows;

/// <summary>One comparison: an operation on a data set with one kind of links on one file system, and what it cost whom.</summary>
/// <param name="FileSystem">As described.</param>
/// <param name="Operation">What was done.</param>
/// <param name="Dataset">With what.</param>
/// <param name="Link">Link kind.</param>
internal sealed record Case(string FileSystem, Operation Operation, Dataset Dataset, string Link)
{
    /// <summary>Participants in the order in which they ran.</summary>
    public Dictionary<string, Series> Times { get; } = [];

    /// <summary>What each participant ran.</summary>
    public Dictionary<string, string> Commands { get; } = [];

    /// <summary>System calls by participant, when they were counted.</summary>
    public Dictionary<string, SystemCalls> Calls { get; } = [];

    /// <summary>What went wrong; then the times mean nothing.</summary>
    public string? Failure { get; set; }

    /// <summary>The floor that the target is about.</summary>
    public string? JudgedFloor { get; init; }

    /// <summary>What is to be reached.</summary>
    public Targets Targets => Targets.Of(Operation, Dataset, Link);

    /// <summary>Our times, in a session.</summary>
    public Series? Ours => Failure is not null ? null : Times.GetValueOrDefault(DataVersionContender.InSession);

    /// <summary>Our time by that of the floor; null if one is missing.</summary>
    public double? ToFloor => JudgedFloor is not null && Times.TryGetValue(JudgedFloor, out var floor) ? Ours?.RatioTo(floor) : null;

    /// <summary>DVC's time by ours; null if one is missing.</summary>
    public double? ToDvc => Ours is not null && Times.TryGetValue(DvcContender.ProgramName, out var dvc) ? dvc.RatioTo(Ours) : null;

    /// <summary>How far from the targets, the worst of them: 1 is reached just so, 2 takes twice as long; null without targets.</summary>
    public double? Gap => Ours is null ? null : new[]
    {
        Targets.TimesFloor is { } floor ? ToFloor / floor : null,
        Targets.TimesFasterThanDvc is { } dvc ? dvc / ToDvc : null,
        Targets.Seconds is { } seconds ? Ours.Median / seconds : null,
        Targets.Bytes is { } bytes ? (double)Ours.Peak / bytes : null,
    }.Max();
}
