using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Removes stages (DVC: <c>remove</c>) from <c>dvc.yaml</c> and <c>dvc.lock</c>; a file of which nothing is left goes too. What
/// they made stays as private files that Git no longer ignores, unless asked otherwise. Objects stay in the cache.
/// </summary>
public static class StageRemoval
{
    /// <summary>Those of the stages that can be removed.</summary>
    /// <param name="stages">The stages that the user named.</param>
    /// <param name="failures">Receives what cannot be removed.</param>
    public static IReadOnlyList<StageDefinition> Plan(IReadOnlyList<StageDefinition> stages, ICollection<PathFailure> failures)
    {
        var plan = new List<StageDefinition>();
        foreach (var stage in stages)
            if (stage.IsTemplated)
                failures.Add(new PathFailure(stage.Address, StageAddition.Templated(stage.Address, stage.MetadataPath, stage.Line, "removed")));
            else if (stage.Kind is StageKind.Pipeline or StageKind.SingleStage)
                plan.Add(stage);
            else
                failures.Add(new PathFailure(stage.Address, new DataVersionException(DataErrorKind.ArgumentInvalid,
                    $"'{stage.Address}' tracks data, it is not a stage with a command.", stage.Address, "Remove it with Remove-DataFile.")));
        return plan;
    }

    /// <summary>Carries it out. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="stages">The confirmed part of the plan.</param>
    /// <param name="deleteData">Delete the outputs too, when their content is in the cache.</param>
    /// <param name="force">Delete the outputs even when their content is in no cache.</param>
    /// <param name="done">Receives each removed stage.</param>
    /// <param name="context">Cancellation.</param>
    /// <returns>What could not be removed, by its address or file.</returns>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<StageDefinition> stages, bool deleteData, bool force,
        Action<StageDefinition> done, OperationContext context)
    {
        var index = repository.Index;
        var outputs = stages.ToDictionary(stage => stage, stage => index.OfMetadata(stage.Address).Where(output => output.UseCache || deleteData).ToArray());
        using var marks = repository.LockPaths([], outputs.Values.SelectMany(static own => own).Where(o => !o.IsExternal).Select(o => o.Path), context);
        var failures = new List<PathFailure>();
        foreach (var file in stages.GroupBy(stage => stage.MetadataPath))
        {
            var metadata = new MetadataUpdate(repository);
            try
            {
                context.Cancellation.ThrowIfCancellationRequested();
                RemoveOperation.Release(repository, file.SelectMany(stage => outputs[stage]), deleteData, force, metadata, context);
                Write(repository, file.Key, [.. file], metadata);
                foreach (var stage in file)
                {
                    foreach (var output in outputs[stage])
                        repository.Placed.Remove(output.Path);
                    done(stage);
                }
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                metadata.Undo();
                failures.Add(new PathFailure(file.Key, FileErrors.Describe(error, file.Key, "change")));
            }
        }
        repository.Placed.Save();
        // Nothing goes into Git's index, as with Remove-DataFile.
        repository.Reload();
        return failures;
    }

    private static void Write(Repository repository, string path, StageDefinition[] stages, MetadataUpdate metadata)
    {
        if (stages[0].Kind != StageKind.Pipeline)
        {
            metadata.Write(path, null);
            return;
        }
        var names = stages.Select(stage => stage.Name).ToHashSet(StringComparer.Ordinal);
        var text = PipelineEditor.WithoutStages(StageAddition.RawText(repository, path) ?? "", names, path);
        var lockPath = MetadataPath.Join(MetadataPath.FolderOf(path), LockFile.FileName);
        if (StageAddition.RawText(repository, lockPath) is { } locked)
        {
            metadata.Write(lockPath, text is null ? null : PipelineEditor.WithoutStages(locked, names, lockPath));
            FaultPoint.Reach("stage-remove.lock");
        }
        metadata.Write(path, text);
        FaultPoint.Reach("stage-remove.written");
    }
}
