namespace DataVersion;

/// <summary>How a stage ended.</summary>
public enum StageOutcome
{
    /// <summary>Nothing had changed; nothing was done.</summary>
    Unchanged,
    /// <summary>Its commands ran and its outputs were recorded.</summary>
    Ran,
    /// <summary>An earlier run with the same inputs was found; its outputs were restored.</summary>
    Restored,
    /// <summary>Nothing had changed but its data was missing; the data was brought back.</summary>
    Pulled,
    /// <summary>Changed data was recorded anew (a <c>.dvc</c> file).</summary>
    Recorded,
    /// <summary>It was checked that its data is there (a frozen stage or a <c>.dvc</c> file).</summary>
    Verified,
    /// <summary>It failed; nothing was recorded for it.</summary>
    Failed,
    /// <summary>It was not run, because a stage before it failed.</summary>
    Skipped,
    /// <summary>It was stopped, or never begun, because the user stopped the command.</summary>
    Cancelled,
}

/// <summary>What became of one stage in a run.</summary>
public sealed record StageResult
{
    /// <summary>The stage, as its <see cref="Stage.Target"/>.</summary>
    public required string Target { get; init; }
    /// <summary>How it ended.</summary>
    public required StageOutcome Outcome { get; init; }
    /// <summary>Why it was to run; empty when nothing had changed.</summary>
    public IReadOnlyList<StageReason> Reasons { get; init; } = [];
    /// <summary>The commands.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];
    /// <summary>When it began.</summary>
    public DateTimeOffset StartTime { get; init; }
    /// <summary>How long it took, its commands and its recording.</summary>
    public TimeSpan Duration { get; init; }
    /// <summary>Exit code of its last command; null when no command ran.</summary>
    public int? ExitCode { get; init; }
    /// <summary>What it made, with hashes and sizes.</summary>
    public IReadOnlyList<StageOutput> Outputs { get; init; } = [];
    /// <summary>The last lines that its commands wrote; everything is in the file at <see cref="LogPath"/>.</summary>
    public IReadOnlyList<string> Log { get; init; } = [];
    /// <summary>The file with everything its commands wrote; null when they wrote nothing or none ran.</summary>
    public string? LogPath { get; init; }
    /// <summary>What went wrong; null when nothing did.</summary>
    public string? Error { get; init; }

    /// <summary>Target and outcome.</summary>
    public override string ToString() => $"{Target}: {Outcome}";
}
