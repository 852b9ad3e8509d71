using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// Carries out a checkout plan: deletions, emptied folders, new folders, then all files in parallel, each under a temporary
/// name and renamed. Killed at any moment, what is left is a mixture of old and new whole files, all of them in the cache,
/// and the next checkout goes on from there.
/// </summary>
public sealed class CheckoutRunner
{
    private readonly Repository repository;
    private readonly CheckoutPlan plan;
    private readonly WantedLinks links;
    private readonly Action<LinkResult> done;
    private readonly OperationContext context;
    private readonly List<PathFailure> failures;
    private long placedFiles, placedBytes;

    private CheckoutRunner(Repository repository, CheckoutPlan plan, CheckoutOptions options, Action<LinkResult> done, OperationContext context)
    {
        (this.repository, this.plan, this.done, this.context) = (repository, plan, done, context);
        links = new WantedLinks(repository, options.LinkOrder ?? repository.Settings.LinkOrder);
        failures = [.. plan.Failures];
    }

    /// <summary>Makes the workspace match. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="options">The options the plan was made with.</param>
    /// <param name="done">Receives every change as it is made; called from any thread.</param>
    /// <param name="context">Cancellation, progress, warnings.</param>
    /// <returns>What could not be done, the plan's failures included.</returns>
    /// <exception cref="UnsavedDataException">The plan would lose content and was not forced; nothing was touched.</exception>
    /// <exception cref="RepositoryBusyException">Another process, a stage of DVC for example, uses one of the paths; nothing was touched.</exception>
    public static IReadOnlyList<PathFailure> Run(Repository repository, CheckoutPlan plan, CheckoutOptions options,
        Action<LinkResult> done, OperationContext context)
    {
        if (plan.Unsaved.Count > 0)
            throw new UnsavedDataException(plan.Unsaved);
        using var marks = repository.LockPaths([], plan.WrittenPaths, context);
        var runner = new CheckoutRunner(repository, plan, options, done, context);
        runner.Run();
        return runner.failures;
    }

    private void Run()
    {
        foreach (var path in plan.LeftAlone)
            context.Warn($"'{path}' belongs to another version but has been changed since, so it was left in the workspace.");
        try
        {
            FlushWhatIsReplaced();
            FaultPoint.Reach("checkout.begin");
            Delete([.. plan.Steps.Where(s => s.Change == WorkspaceChange.Deleted)]);
            FaultPoint.Reach("checkout.deleted");
            var placements = plan.Steps.Where(s => s.Change != WorkspaceChange.Deleted).ToList();
            MakeFolders(placements);
            FaultPoint.Reach("checkout.folders");
            Place(placements);
            FaultPoint.Reach("checkout.placed");
        }
        finally
        {
            Remember();
        }
    }

    private void Delete(IReadOnlyList<CheckoutStep> steps)
    {
        var emptied = new SortedSet<string>(Utf8Order.Instance);
        foreach (var step in steps)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var path = repository.Layout.ToAbsolute(step.Path);
            try
            {
                if (step.Replaced.Exists)
                {
                    RequireUnchanged(step, path);
                    FileRemoval.Delete(path);
                    FaultPoint.Reach("checkout.delete");
                }
                for (var folder = step.Replaced.Exists ? FolderOf(step.Path) : step.Path;
                    folder is not null && folder.Length >= step.Parent.Length && emptied.Add(folder);)
                    folder = FolderOf(folder);
                done(ResultOf(step, path, null, step.ReplacedHash, step.Replaced.Size));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataVersionException)
            {
                failures.Add(new PathFailure(step.Path, FileErrors.Describe(error, path, "delete")));
            }
        }
        foreach (var folder in emptied.Reverse())
            RemoveIfEmpty(repository.Layout.ToAbsolute(folder));
    }

    private static string? FolderOf(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : null;

    private static void RemoveIfEmpty(string folder)
    {
        try
        {
            if (FileStat.Read(folder).Kind == FileKind.Directory && !Directory.EnumerateFileSystemEntries(folder).Any())
                Directory.Delete(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Something came in meanwhile, or may not be removed: an empty folder harms nobody.
        }
    }

    private void MakeFolders(IReadOnlyList<CheckoutStep> placements)
    {
        foreach (var folder in placements.Select(s => FolderOf(s.Path)).OfType<string>().Concat(plan.EmptyFolders).Distinct())
            try
            {
                Directory.CreateDirectory(repository.Layout.ToAbsolute(folder));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                failures.Add(new PathFailure(folder, FileErrors.Describe(error, folder, "make the folder")));
            }
    }

    private void Place(IReadOnlyList<CheckoutStep> placements)
    {
        if (placements.Count == 0)
            return;
        links.TellFallback(Path.GetDirectoryName(repository.Layout.ToAbsolute(placements[0].Path))!, context);
        Parallel.ForEach(placements, new ParallelOptions
        {
            CancellationToken = context.Cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount,
        }, step =>
        {
            var path = repository.Layout.ToAbsolute(step.Path);
            try
            {
                PlaceOne(step, path);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataVersionException)
            {
                lock (failures)
                    failures.Add(new PathFailure(step.Path, FileErrors.Describe(error, path, "check out")));
            }
            context.Progress(new OperationProgress("Checking out", Interlocked.Increment(ref placedFiles), placements.Count,
                Interlocked.Read(ref placedBytes), 0, step.Path));
        });
    }

    private void PlaceOne(CheckoutStep step, string path)
    {
        var source = repository.Stores.PathOf(step.Hash!.Value);
        var stat = FileStat.Read(source, followLinks: true);
        // The plan verified the object a moment ago; should its file have been touched since, it is hashed again.
        if (!stat.SameContentAs(step.Object))
        {
            var check = repository.Verifier.Verify(step.Hash.Value, always: true, context.Cancellation);
            if (check.Error is not null)
                throw check.Error;
            stat = check.Stat;
        }
        LinkOutcome PlaceOver(in FileStat expected) => repository.Linker.Place(source, stat, path, links.Order, step.Executable, expected);
        // Nothing there is the common case; making a link or giving a name finds out by itself when it is not so.
        var outcome = PlaceOver(step.Change == WorkspaceChange.Added ? default : RequireUnchanged(step, path));
        if (outcome.Error is { Kind: DataErrorKind.PathExists } && step.Change == WorkspaceChange.Added)
            outcome = PlaceOver(RequireUnchanged(step, path));
        if (outcome.Error is not null)
            throw outcome.Error;
        FaultPoint.Reach("checkout.place");
        repository.Stats.Record(path, outcome.Stat, step.Hash.Value);
        Interlocked.Add(ref placedBytes, outcome.Stat.Size);
        done(ResultOf(step, path, outcome.Used, step.Hash, outcome.Stat.Size));
    }

    /// <summary>The plan was made a moment ago; whoever wrote the file since then shall not lose it.</summary>
    private static FileStat RequireUnchanged(CheckoutStep step, string path)
    {
        var found = FileStat.Read(path);
        var now = found;
        if (now.Kind == FileKind.Symlink)
            now = step.ReplacesSymlink ? FileStat.Read(path, followLinks: true) : now;
        // Empty folders hold nothing that could be lost; the plan saw no file in them.
        if (now.Kind == FileKind.Directory && !step.Replaced.Exists)
            return FileRemoval.EmptyFolders(path) ? FileStat.Read(path) : throw new DataVersionException(DataErrorKind.PathExists, $"A folder that is not empty is in the way of '{path}'.", path,
                "Move it away, or delete it, and run the command again.");
        if (now.Kind == FileKind.None ? step.Replaced.Exists : !now.SameContentAs(step.Replaced))
            throw new DataVersionException(DataErrorKind.UnsavedData,
                $"'{path}' was changed while the checkout was going on, so it was left as it is.", path, "Run the command again.");
        return found;
    }

    /// <summary>
    /// Content that is about to leave the workspace must survive a power failure in the cache. Only what was stored a moment
    /// ago may still be on its way to the disk.
    /// </summary>
    private void FlushWhatIsReplaced()
    {
        var recent = (DateTime.UtcNow.AddMinutes(-1) - DateTime.UnixEpoch).Ticks * 100;
        var young = plan.Steps.Where(s => s.ReplacedHash is { IsDirectory: false }).Select(s => s.ReplacedHash!.Value).Distinct()
            .FirstOrDefault(hash => repository.Stores.For(hash.Algorithm).Stat(hash).ModifiedNs > recent);
        if (young != default)
            repository.Stores.For(young.Algorithm).Flush();
    }

    private static LinkResult ResultOf(CheckoutStep step, string path, LinkKind? kind, ContentHash? hash, long size) => new()
    {
        Path = step.Path, FullName = path, Change = step.Change, LinkKind = kind, Hash = hash, Size = size,
        Parent = step.Parent == step.Path ? null : step.Parent,
    };

    private void Remember()
    {
        var failed = failures.Select(f => f.Path).ToHashSet();
        foreach (var output in plan.Outputs)
            if (output is { UseCache: true, IsExternal: false, Hash: { } hash } && !failed.Contains(output.Path))
                repository.Placed.Set(output.Path, hash);
        foreach (var path in plan.Stale)
            repository.Placed.Remove(path);
        repository.Placed.Save();
        repository.Stats.Save();
    }
}
