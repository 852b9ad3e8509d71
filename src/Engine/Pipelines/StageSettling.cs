using DataVersion.Engine.Metadata;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>What is done for stages that run no command: data of <c>.dvc</c> files, and frozen stages (rules: DVC spec 9.3).</summary>
internal sealed class StageSettling(Repository repository, RunOptions options, StageRecords records, StageInputs inputs, StageRecording recording, OperationContext context)
{
    /// <summary>An import that follows its source: it is brought up to date, and its source may have changed without a trace here.</summary>
    public static bool IsFollowed(StageDefinition stage, RunOptions options) =>
        stage is { Kind: StageKind.UrlImport or StageKind.RepositoryImport, Frozen: false } && options.Import is not null;

    /// <summary>Looks whether the data is there; records it when it changed.</summary>
    /// <exception cref="DataVersionException">DependencyMissing: the data is not there.</exception>
    public StageOutcome Settle(StageDefinition stage, IReadOnlyList<StageReason> reasons, int rank)
    {
        if (IsFollowed(stage, options))
        {
            options.Import!(stage.MetadataPath);
            return StageOutcome.Recorded;
        }
        if (reasons.FirstOrDefault(reason => reason.Kind is StageReasonKind.OutputMissing or StageReasonKind.OutputNew or StageReasonKind.OutputNotInCache && reason.NewValue is null) is { } missing)
            throw new DataVersionException(DataErrorKind.DependencyMissing, stage.Frozen && stage.HasCommand
                    ? $"'{missing.Path}', an output of the frozen stage '{stage.Address}', is not in the workspace."
                    : $"'{missing.Path}', which '{stage.Address}' tracks, is not in the workspace.", missing.Path,
                "Bring it back with Switch-DataVersion, or with Invoke-Stage -Pull from a remote.");
        if (reasons.All(reason => reason.Kind is not (StageReasonKind.OutputModified or StageReasonKind.OutputNotInCache or StageReasonKind.CommandChanged or StageReasonKind.NeverRun)))
        {
            if (reasons.FirstOrDefault(reason => reason.Kind is StageReasonKind.DependencyModified or StageReasonKind.DependencyMissing) is { } source)
                context.Warn($"The source '{source.Path}' of '{stage.Address}' is not what was imported. It is brought up to date only by Update-DataFile.");
            return StageOutcome.Verified;
        }
        if (stage.HasCommand)
        {
            recording.Record(stage, inputs.Of(stage, records.Of(stage)), rank);
            return StageOutcome.Recorded;
        }
        var items = stage.Outputs.Where(output => output is { IsExternal: false, Flags.UseCache: true }).Select(output => new AddItem(AddAction.Update,
            repository.Layout.ToAbsolute(output.Path), output.Path, "", stage.MetadataPath, repository.Index.Find(output.Path))).ToList();
        foreach (var failure in AddRunner.Run(repository, items, new AddOptions { NoCommit = options.NoCommit, Autostage = false }, static _ => { }, context))
            throw failure.Error;
        return StageOutcome.Recorded;
    }
}
