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
        void Failed(IGrouping<string, TrackedOutput> stage, Exception error) =>
            failures.Add(new PathFailure(stage.Key, FileErrors.Describe(error, stage.Key, "remove")));

        // All data first, so that each .gitignore is written once. What a cancelled command has begun, it carries to its end.
        var ready = new List<IGrouping<string, TrackedOutput>>();
        foreach (var stage in plan.TakeWhile(_ => !context.Cancellation.IsCancellationRequested))
            try
            {
                Free(repository, stage, deleteData, force, context);
                ready.Add(stage);
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (Exception error) when (IsFailure(error))
            {
                Failed(stage, error);
            }

        var metadata = new MetadataUpdate(repository);
        var unwritable = new Dictionary<string, Exception>(StringComparer.Ordinal);
        foreach (var folder in ready.SelectMany(Inside).Select(o => o.Path).GroupBy(MetadataPath.FolderOf))
            if (Attempt(() => metadata.Unignore(folder)) is { } error)
                unwritable[folder.Key] = error;
        foreach (var stage in ready)
        {
            if ((Inside(stage).Select(o => unwritable.GetValueOrDefault(MetadataPath.FolderOf(o.Path))).FirstOrDefault(e => e is not null)
                ?? Attempt(() => metadata.Write(stage.Key, null))) is { } error)
            {
                // It stays tracked, so Git must not see it. The error that is under way counts more than one of this.
                Attempt(() => metadata.Ignore([.. Inside(stage).Select(o => o.Path)]));
                Failed(stage, error);
                continue;
            }
            FaultPoint.Reach("remove.metadata");
            foreach (var output in stage)
            {
                repository.Placed.Remove(output.Path);
                done(output);
            }
        }
        metadata.Flush();
        repository.Placed.Save();
        // Nothing goes into Git's index, whatever core.autostage says: so it is with DVC.
        repository.Reload();
        context.Cancellation.ThrowIfCancellationRequested();
        return failures;
    }

    /// <summary>Gives outputs back to the user: private files, or none, that Git no longer ignores.</summary>
    internal static void Release(Repository repository, IEnumerable<TrackedOutput> outputs, bool deleteData, bool force, MetadataUpdate metadata, OperationContext context)
    {
        TrackedOutput[] inside = [.. Inside(outputs)];
        Free(repository, inside, deleteData, force, context);
        metadata.Unignore(inside.Select(o => o.Path));
    }

    private static void Free(Repository repository, IEnumerable<TrackedOutput> outputs, bool deleteData, bool force, OperationContext context)
    {
        foreach (var output in Inside(outputs))
            if (deleteData)
                DeleteData(repository, output, force, context);
            else
                WorkspaceProtection.Unprotect(repository, output, null, static _ => { }, context);
        FaultPoint.Reach("remove.data");
    }

    private static IEnumerable<TrackedOutput> Inside(IEnumerable<TrackedOutput> stage) => stage.Where(o => !o.IsExternal);

    private static bool IsFailure(Exception error) => error is DataVersionException or IOException or UnauthorizedAccessException;

    private static Exception? Attempt(Action step)
    {
        try
        {
            step();
            return null;
        }
        catch (Exception error) when (IsFailure(error))
        {
            return error;
        }
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
