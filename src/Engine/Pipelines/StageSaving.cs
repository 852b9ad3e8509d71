using DataVersion.Engine.Metadata;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>A stage whose files are to be recorded as if it had run.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="IsChanged">Something is not as it is recorded; not only missing from the cache.</param>
public sealed record SavedStage(StageDefinition Stage, bool IsChanged);

/// <summary>
/// Records what is there of stages as their run, without running anything (DVC: <c>commit</c> of a stage): dependencies, parameters,
/// command and outputs, and the run in the run cache.
/// </summary>
public static class StageSaving
{
    private static readonly IReadOnlyDictionary<string, ContentHash?> NothingMade = new Dictionary<string, ContentHash?>();

    /// <summary>Which of the stages are not recorded as they are. Frozen stages count as any other.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="stages">Stages with commands.</param>
    /// <param name="failures">Receives what cannot be looked at.</param>
    /// <param name="context">Cancellation and progress.</param>
    public static IReadOnlyList<SavedStage> Plan(Repository repository, IReadOnlyList<StageDefinition> stages, ICollection<PathFailure> failures, OperationContext context)
    {
        var contents = new PathContents(repository);
        var inspector = new StageInspector(repository, repository.ReadParameters(), contents);
        contents.Look(stages.SelectMany(stage => StageInspector.PathsOf(stage, stage.Locked, alsoFrozen: true)), context);
        var result = new List<SavedStage>();
        foreach (var stage in stages)
            try
            {
                var reasons = inspector.Reasons(stage, stage.Locked, NothingMade, context, alsoFrozen: true);
                reasons.RemoveAll(reason => reason.Kind == StageReasonKind.AlwaysChanged);
                if (reasons.Count > 0)
                    result.Add(new SavedStage(stage, reasons.Exists(reason => reason.Kind != StageReasonKind.OutputNotInCache || !Equals(reason.OldValue, reason.NewValue))));
            }
            catch (DataVersionException error)
            {
                failures.Add(new PathFailure(stage.Address, error));
            }
        return result;
    }

    /// <summary>Records. The caller holds the repository's lock and has asked about changed data.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="stages">The stages, in the order in which new ones come into <c>dvc.lock</c>.</param>
    /// <param name="noRelink">Leave the files as they are instead of linking them to the cache.</param>
    /// <param name="done">Receives each data file when it is recorded and linked.</param>
    /// <param name="context">Cancellation, progress, warnings.</param>
    /// <returns>What could not be recorded; everything else was.</returns>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<StageDefinition> stages, bool noRelink, Action<DataFile> done, OperationContext context)
    {
        var failures = new List<PathFailure>();
        if (stages.Count == 0)
            return failures;
        using var marks = repository.LockPaths([], stages.SelectMany(StageRecords.IgnoredOutputs), context);
        using var journal = RunJournal.Begin(repository.Layout);
        var records = new StageRecords(repository, journal);
        var contents = new PathContents(repository);
        var parameters = repository.ReadParameters();
        var inputs = new StageInputs(contents, parameters, context);
        var recording = new StageRecording(repository, records, new StageOutputs(repository, contents, context), noCommit: false);
        try
        {
            for (var rank = 0; rank < stages.Count; rank++)
                try
                {
                    context.Cancellation.ThrowIfCancellationRequested();
                    foreach (var output in recording.Record(stages[rank], inputs.Of(stages[rank], stages[rank].Locked), rank, noRelink))
                        if (output.Content is { } content)
                            done(content.ToDataFile(repository));
                }
                catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
                {
                    failures.Add(new PathFailure(stages[rank].Address, Files.FileErrors.Describe(error, stages[rank].Address, "record")));
                }
        }
        finally
        {
            records.Write();
            journal.Complete();
            repository.Reload();
            repository.Placed.Save();
            repository.Stats.Save();
        }
        return failures;
    }
}
