using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>Finds an earlier run of a stage whose outputs can be brought back instead of running it again (rules: DVC spec 4.8, 9.3).</summary>
internal sealed class StageRestoring(Repository repository, StageInspector inspector, RunOptions options)
{
    private readonly RunCache runs = new(repository);

    /// <summary>The run to restore; null when the stage has to run.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="record">What is recorded of its last run.</param>
    /// <param name="inputs">What it would run with; asked for only when needed.</param>
    /// <param name="reasons">Why it would run.</param>
    public LockedStage? Find(StageDefinition stage, LockedStage? record, Func<LockedStage> inputs, IReadOnlyList<StageReason> reasons)
    {
        if (options.Force || !RunCache.Admits(stage))
            return null;
        // Only its outputs are not what they were: the last run says what to bring back.
        if (record is not null && reasons.All(reason => reason.Kind is StageReasonKind.OutputMissing or StageReasonKind.OutputModified)
            && stage.Outputs.All(output => record.Outputs.Find(entry => entry.Path == output.Text)?.Hash is { } hash && inspector.IsCached(hash)))
            return record;
        // With Pull what it made may come from a remote, as with DVC.
        return options.NoRunCache || reasons.Any(reason => reason.Kind is StageReasonKind.DependencyMissing or StageReasonKind.ParameterMissing)
            ? null : runs.Find(inputs(), inspector.IsCached, options.Fetch is null ? null : run => Bring(stage, run));
    }

    private void Bring(StageDefinition stage, LockedStage run) => options.Fetch!([.. stage.Outputs.Where(output => !output.IsExternal)
        .Select(output => StageOutputs.ToTracked(stage, output, run.Outputs.Find(entry => entry.Path == output.Text)) with { UseCache = true })
        .Where(output => output.Hash is { } hash && !inspector.IsCached(hash))]);
}
