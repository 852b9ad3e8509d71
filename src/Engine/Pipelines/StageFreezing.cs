using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>Freezes stages, which are then not run when what they read changes, and thaws them (DVC: <c>freeze</c>, <c>unfreeze</c>).</summary>
public static class StageFreezing
{
    /// <summary>Those of the stages that are not yet as wanted and can be changed.</summary>
    /// <param name="stages">The stages that the user named.</param>
    /// <param name="frozen">What they are to be.</param>
    /// <param name="failures">Receives what cannot be changed.</param>
    public static IReadOnlyList<StageDefinition> Plan(IReadOnlyList<StageDefinition> stages, bool frozen, ICollection<PathFailure> failures)
    {
        var plan = new List<StageDefinition>();
        foreach (var stage in stages.Where(stage => stage.Frozen != frozen))
            if (stage.IsTemplated)
                failures.Add(new PathFailure(stage.Address, StageAddition.Templated(stage.Address, stage.MetadataPath, stage.Line, frozen ? "frozen" : "thawed")));
            else
                plan.Add(stage);
        return plan;
    }

    /// <summary>Writes it, each file once. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="stages">The confirmed part of the plan.</param>
    /// <param name="frozen">What they are to be.</param>
    /// <param name="context">Cancellation.</param>
    /// <returns>What could not be written.</returns>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<StageDefinition> stages, bool frozen, OperationContext context)
    {
        var failures = new List<PathFailure>();
        var metadata = new MetadataUpdate(repository);
        foreach (var file in stages.GroupBy(stage => stage.MetadataPath))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            try
            {
                var text = StageAddition.RawText(repository, file.Key) ?? "";
                metadata.Write(file.Key, file.First().Kind == StageKind.Pipeline
                    ? PipelineEditor.WithFrozen(text, [.. file.Select(stage => stage.Name)], frozen, file.Key) : PipelineEditor.WithFrozen(text, frozen, file.Key));
                FaultPoint.Reach("stage-freeze.written");
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                failures.Add(new PathFailure(file.Key, FileErrors.Describe(error, file.Key, "change")));
            }
        }
        // Nothing goes into Git's index, whatever core.autostage says: so it is with DVC.
        repository.Reload();
        return failures;
    }
}
