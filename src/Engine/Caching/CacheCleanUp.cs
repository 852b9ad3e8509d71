using DataVersion.Engine.Files;
using DataVersion.Engine.Git;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Caching;

/// <summary>What a clean-up keeps. The workspace is always kept.</summary>
public sealed record CleanUpScope
{
    /// <summary>Revisions to keep, in the repository and in each project; null for none.</summary>
    public CommitSelection? Commits { get; init; }

    /// <summary>Other repositories that use the same cache; the caller holds their locks.</summary>
    public IReadOnlyList<Repository> Projects { get; init; } = [];

    /// <summary>Objects that came into the cache less than this time ago are kept.</summary>
    public TimeSpan GracePeriod { get; init; }

    /// <summary>Go on although the members of a used folder cannot be known, and may be lost.</summary>
    public bool AllowUnknownFolders { get; init; }
}

/// <summary>An object that nothing in the scope uses.</summary>
/// <param name="Object">What the user sees.</param>
/// <param name="Stat">Its stat when the plan was made; another one later keeps it.</param>
public sealed record UnusedObject(CachePlan Object, FileStat Stat);

/// <summary>
/// Removes objects that nothing uses (DVC: <c>gc</c>). Nothing is removed on incomplete knowledge: metadata that cannot be
/// read ends the planning, and so does a used folder without manifest. The caller holds the repository's lock from the plan
/// to the end.
/// </summary>
public static class CacheCleanUp
{
    private const long NsPerTick = 100;

    /// <summary>Finds the objects that would be removed: manifests first, then files.</summary>
    /// <exception cref="DataVersionException">Metadata of the scope cannot be read; ObjectMissing, ObjectCorrupt or
    /// ManifestInvalid for a used folder; GitNotFound; RevisionNotFound.</exception>
    public static IReadOnlyList<UnusedObject> Plan(Repository repository, CleanUpScope scope, OperationContext context) =>
        Plan(repository, scope, CollectUsed(repository, scope, context), null, context);

    /// <inheritdoc cref="Plan(Repository, CleanUpScope, OperationContext)"/>
    /// <param name="used">What <see cref="CollectUsed"/> gave.</param>
    /// <param name="heldElsewhere">Used objects that are removed all the same, as a remote holds them.</param>
#pragma warning disable CS1573 // The other parameters are those of the overload.
    public static IReadOnlyList<UnusedObject> Plan(Repository repository, CleanUpScope scope, UsedObjects used,
        IReadOnlySet<ContentHash>? heldElsewhere, OperationContext context)
#pragma warning restore CS1573
    {
        var newest = (DateTimeOffset.UtcNow - scope.GracePeriod - DateTimeOffset.UnixEpoch).Ticks * NsPerTick;
        var unused = new List<UnusedObject>();
        long seen = 0;
        foreach (var store in (Objects.ObjectStore[])[repository.Stores.Current, repository.Stores.Legacy])
            foreach (var found in store.Enumerate(withSizes: false, context.Cancellation))
            {
                if (++seen % 1000 == 0)
                    context.Progress(new OperationProgress("Looking through the cache", seen, 0, 0, 0, null));
                if (used.Contains(found.Hash) && heldElsewhere?.Contains(found.Hash) != true)
                    continue;
                var stat = FileStat.Read(found.Path);
                if (stat.Exists && (scope.GracePeriod <= TimeSpan.Zero || CameAt(found.Path, stat) <= newest))
                    unused.Add(new UnusedObject(Describe(repository, found, stat), stat));
            }
        KeepSymlinked(repository, scope, unused, context);
        FaultPoint.Reach("gc.planned");
        return [.. unused.OrderByDescending(u => u.Object.Hash.IsDirectory)];
    }

    /// <summary>Removes what was planned; an object that changed meanwhile is kept.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">The plan, manifests first.</param>
    /// <param name="done">Receives each removed object.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <returns>What could not be removed.</returns>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<UnusedObject> plan, Action<CachePlan> done, OperationContext context)
    {
        var failures = new List<PathFailure>();
        long items = 0, bytes = 0;
        var total = plan.Sum(u => u.Object.Size);
        foreach (var (item, stat) in plan)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var path = item.ObjectPath!;
            try
            {
                if (FileStat.Read(path).SameContentAs(stat) && repository.Stores.For(item.Hash.Algorithm).Remove(item.Hash))
                {
                    repository.Stats.Forget(path);
                    done(item with { IsRemoved = true });
                    FaultPoint.Reach("gc.object");
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                failures.Add(new PathFailure(path, FileErrors.Describe(error, path, "remove")));
            }
            context.Progress(new OperationProgress("Removing objects", ++items, plan.Count, bytes += item.Size, total, null));
        }
        FaultPoint.Reach("gc.done");
        return failures;
    }

    /// <summary>Collects what the scope uses, or refuses when that cannot be known.</summary>
    /// <exception cref="DataVersionException">As for the plan.</exception>
    public static UsedObjects CollectUsed(Repository repository, CleanUpScope scope, OperationContext context)
    {
        var used = new UsedObjects(context);
        try
        {
            foreach (var project in (Repository[])[repository, .. scope.Projects])
            {
                used.AddWorkspace(project);
                // A project without Git has no revisions to keep; the repository itself was asked for some.
                if (scope.Commits is { } commits && (project == repository || project.Git is not null))
                    used.AddCommits(project, project.RequireGit().ListCommits(commits, context.Cancellation));
            }
        }
        catch (DataVersionException error) when (error.Kind is DataErrorKind.MetadataInvalid or DataErrorKind.HashInvalid)
        {
            throw new DataVersionException(error.Kind, "Nothing was removed, as it is not known which objects are in use. " + error.Message,
                error.Path, error.RecommendedAction, error);
        }
        foreach (var folder in used.Unknown)
        {
            var place = $"'{folder.Path}' of {(folder.Commit is { } commit ? "the revision " + commit[..10] : "the workspace")}";
            if (!scope.AllowUnknownFolders)
                throw new DataVersionException(folder.Problem.Kind,
                    $"Nothing was removed: the list of files of {place} cannot be read, so it is not known which objects belong to it"
                    + $"{(used.Unknown.Count > 1 ? $" (and {used.Unknown.Count - 1} more)" : "")}. {folder.Problem.Message}", folder.Path,
                    "Fetch it with Sync-DataRemote -Direction Fetch, or give its files up with -Force.", folder.Problem);
            context.Warn($"The list of files of {place} cannot be read; its files are not kept unless something else uses them.");
        }
        return used;
    }

    private static void KeepSymlinked(Repository repository, CleanUpScope scope, List<UnusedObject> unused, OperationContext context)
    {
        if (unused.Count == 0)
            return;
        var identities = unused.Select(u => (u.Stat.Device, u.Stat.Inode)).ToHashSet();
        var kept = new HashSet<(ulong, ulong)>();
        foreach (var project in (Repository[])[repository, .. scope.Projects])
            foreach (var (link, identity) in SymlinkedObjects.Find(project.Layout.Root, identities, context.Cancellation))
                if (kept.Add(identity))
                    context.Warn($"The object behind the symbolic link '{link}' is kept: without it the file's content would be lost.");
        unused.RemoveAll(u => kept.Contains((u.Stat.Device, u.Stat.Inode)));
    }

    // A file that was linked into the cache has the time of its own last edit; the inode's time says when it came.
    private static long CameAt(string path, in FileStat stat) =>
        OperatingSystem.IsLinux() ? Math.Max(stat.ModifiedNs, LinuxFiles.ChangedNs(path)) : stat.ModifiedNs;

    private static CachePlan Describe(Repository repository, Objects.StoredObject found, in FileStat stat) => new()
    {
        Hash = found.Hash,
        Size = stat.Size,
        ObjectPath = found.Path,
        Location = repository.Stores.CacheFolder,
        LastWriteTime = DateTimeOffset.UnixEpoch.AddTicks(stat.ModifiedNs / NsPerTick),
    };
}
