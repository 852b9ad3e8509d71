using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// Stops tracking (DVC: <c>remove</c>): the <c>.dvc</c> file and the <c>.gitignore</c> lines go, links become private files,
/// the data stays unless asked otherwise. Objects stay in the cache.
/// </summary>
public static class RemoveOperation
{
    /// <summary>The outputs that stop being tracked, by the <c>.dvc</c> file that names them.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="paths">Data paths or <c>.dvc</c> files, relative to the root.</param>
    /// <param name="failures">Receives what cannot be removed.</param>
    public static IReadOnlyList<IGrouping<string, TrackedOutput>> Plan(Repository repository, IReadOnlyList<string> paths, ICollection<PathFailure> failures)
    {
        var chosen = new List<TrackedOutput>();
        foreach (var path in paths)
        {
            var outputs = repository.Index.OfMetadata(path) is { Count: > 0 } ofFile ? ofFile
                : repository.Index.Find(path) is { } exact ? repository.Index.OfMetadata(exact.MetadataPath) : [];
            if (outputs.Count == 0)
                failures.Add(new PathFailure(path, new DataVersionException(DataErrorKind.PathNotTracked, repository.Index.FindContaining(path) is { } outer
                    ? $"'{path}' is only a part of the tracked folder '{outer.Path}'." : $"'{path}' is not tracked.", path,
                    "Name the tracked path or its .dvc file; to drop a part of a folder, delete it and add the folder again.")));
            else if (outputs[0].StageName is not null)
                failures.Add(new PathFailure(path, new DataVersionException(DataErrorKind.OutputConflict,
                    $"'{path}' is made by the stage '{outputs[0].StageAddress}'.", path, "Remove the stage from its dvc.yaml.")));
            else
                chosen.AddRange(outputs);
        }
        return [.. chosen.Distinct().GroupBy(o => o.MetadataPath)];
    }

    /// <summary>Carries it out. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">The confirmed part of the plan.</param>
    /// <param name="deleteData">Delete the data too, when its content is in the cache.</param>
    /// <param name="force">Delete the data even when its content is in no cache.</param>
    /// <param name="done">Receives each output.</param>
    /// <param name="context">Cancellation and progress.</param>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<IGrouping<string, TrackedOutput>> plan, bool deleteData, bool force,
        Action<TrackedOutput> done, OperationContext context)
    {
        using var marks = repository.LockPaths([], plan.SelectMany(static stage => stage).Where(o => !o.IsExternal).Select(o => o.Path), context);
        var failures = new List<PathFailure>();
        foreach (var stage in plan)
        {
            var metadata = new MetadataUpdate(repository);
            try
            {
                context.Cancellation.ThrowIfCancellationRequested();
                Release(repository, stage, deleteData, force, metadata, context);
                metadata.Write(stage.Key, null);
                FaultPoint.Reach("remove.metadata");
                foreach (var output in stage)
                {
                    repository.Placed.Remove(output.Path);
                    done(output);
                }
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                metadata.Undo();
                failures.Add(new PathFailure(stage.Key, FileErrors.Describe(error, stage.Key, "remove")));
            }
        }
        repository.Placed.Save();
        // Nothing goes into Git's index, whatever core.autostage says: so it is with DVC.
        repository.Reload();
        return failures;
    }

    /// <summary>Gives outputs back to the user: private files, or none, that Git no longer ignores.</summary>
    internal static void Release(Repository repository, IEnumerable<TrackedOutput> outputs, bool deleteData, bool force, MetadataUpdate metadata, OperationContext context)
    {
        TrackedOutput[] inside = [.. outputs.Where(o => !o.IsExternal)];
        foreach (var output in inside)
            if (deleteData)
                DeleteData(repository, output, force, context);
            else
                WorkspaceProtection.Unprotect(repository, output, null, static _ => { }, context);
        FaultPoint.Reach("remove.data");
        metadata.Unignore(inside.Select(o => o.Path));
    }

    private static void DeleteData(Repository repository, TrackedOutput output, bool force, OperationContext context)
    {
        var absolute = repository.Layout.ToAbsolute(output.Path);
        var state = WorkspaceReader.Read(repository, [new ReadRequest(absolute, output.Hash?.Algorithm ?? ContentHashAlgorithm.Md5)], context)[0];
        if (!force)
        {
            string[] unsaved = [.. state.Files.Where(f => f.Hash is not { } hash || repository.Verifier.Verify(hash).Verdict != ObjectVerdict.Good)
                .Select(f => f.Path.Length == 0 ? output.Path : output.Path + "/" + f.Path)];
            if (unsaved.Length > 0)
                throw new UnsavedDataException(unsaved);
        }
        // The cache is about to hold the only copy; it must survive a power failure.
        if (output.Hash is { } recorded)
            repository.Stores.For(recorded.Algorithm).Flush();
        foreach (var file in state.Files)
            FileRemoval.Delete(WorkspaceReader.PathOf(absolute, file.Path));
        if (state.Kind == FileKind.Directory)
            FileRemoval.EmptyFolders(absolute);
    }
}
