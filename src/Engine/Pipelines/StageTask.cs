using System.Diagnostics;

namespace DataVersion.Engine.Pipelines;

/// <summary>A stage whose commands are running, or run as soon as the repository's lock is given back: they may use the repository.</summary>
/// <param name="commands">Runs them.</param>
internal sealed class StageTask(Func<Task<CommandsEnd>> commands)
{
    private readonly TaskCompletionSource<CommandsEnd> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool isStarted;

    /// <summary>The stage as it was planned.</summary>
    public required PlannedStage Planned { get; init; }

    /// <summary>Its place in the order of the run.</summary>
    public required int Rank { get; init; }

    /// <summary>Why it runs.</summary>
    public required IReadOnlyList<StageReason> Reasons { get; init; }

    /// <summary>What it runs with.</summary>
    public required Metadata.LockedStage Inputs { get; init; }

    /// <summary>What its commands write.</summary>
    public required StageLog Log { get; init; }

    /// <summary>The marks that keep others from its paths.</summary>
    public required IDisposable? Marks { get; init; }

    /// <summary>Ends when its commands have ended, or were stopped.</summary>
    public Task<CommandsEnd> Ended => ended.Task;

    /// <summary>How long it takes.</summary>
    public required Stopwatch Clock { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartTime { get; init; } = DateTimeOffset.Now;

    /// <summary>The stage.</summary>
    public StageDefinition Stage => Planned.Stage;

    /// <summary>Starts its commands, if they are not started yet.</summary>
    public void Start()
    {
        if (isStarted)
            return;
        isStarted = true;
        commands().ContinueWith(ended.SetFromTask, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}

/// <summary>What became of a stage.</summary>
/// <param name="Result">For the user.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
internal readonly record struct StageEnd(StageResult Result, DataVersionException? Error = null);
