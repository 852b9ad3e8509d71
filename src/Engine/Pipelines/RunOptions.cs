using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>What the user asked of a run of stages.</summary>
public sealed record RunOptions
{
    /// <summary>Run also what has not changed, and restore nothing.</summary>
    public bool Force { get; init; }
    /// <summary>Bring missing data from the remotes first; see <see cref="Fetch"/>.</summary>
    public bool Pull { get; init; }
    /// <summary>Data that is missing in workspace and cache is no reason to run a stage.</summary>
    public bool AllowMissing { get; init; }
    /// <summary>Record hashes, but store nothing in the cache.</summary>
    public bool NoCommit { get; init; }
    /// <summary>Restore no earlier run; this one is remembered all the same, as by DVC.</summary>
    public bool NoRunCache { get; init; }
    /// <summary>After a failure go on with what does not depend on it.</summary>
    public bool KeepGoing { get; init; }
    /// <summary>Most stages at a time.</summary>
    public int ThrottleLimit { get; init; } = 1;
    /// <summary>Commands may read what the user types; only when one stage runs at a time.</summary>
    public bool ShareInput { get; init; }
    /// <summary>The folder, relative to the root, that names of stages are shown relative to (<c>DVC_STAGE</c>); empty for the root.</summary>
    public string CurrentFolder { get; init; } = "";
    /// <summary>How long to wait for another process before the first stage. After a command has run there is no limit.</summary>
    public TimeSpan Patience { get; init; } = Repositories.RepositoryLock.DefaultPatience;
    /// <summary>Brings the content of outputs into the cache, as far as it can be had; null when there is no remote.</summary>
    public Action<IReadOnlyList<TrackedOutput>>? Fetch { get; init; }
    /// <summary>Brings the import of a <c>.dvc</c> file (relative to the root) up to date with its source; null when that is not to be done.</summary>
    public Action<string>? Import { get; init; }
}

/// <summary>What a run of stages tells while it goes on. Called from any thread, one call at a time.</summary>
public sealed record RunEvents
{
    /// <summary>A stage begins to run its commands.</summary>
    public Action<StageDefinition> Started { get; init; } = static _ => { };
    /// <summary>Commands of a stage wrote these lines.</summary>
    public Action<StageDefinition, string> Wrote { get; init; } = static (_, _) => { };
    /// <summary>A stage ended; with its error when it failed.</summary>
    public Action<StageResult, DataVersionException?> Ended { get; init; } = static (_, _) => { };
}
