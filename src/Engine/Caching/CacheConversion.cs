using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Caching;

/// <summary>What became of the objects of DVC 2.</summary>
/// <param name="Names">The new name of each old one that could be read.</param>
/// <param name="Failures">Objects that are corrupt or could not be read or written.</param>
public sealed record CacheConversionResult(IReadOnlyDictionary<ContentHash, ContentHash> Names, IReadOnlyList<PathFailure> Failures);

/// <summary>
/// Gives the objects of DVC 2 and older a second name in the store of DVC 3 (DVC: <c>cache migrate</c>): their plain MD5.
/// The old names stay, so that old revisions can still be used. A manifest comes over as it is: its members have old names,
/// and the new manifest of a folder is made when its metadata is converted.
/// </summary>
public static class CacheConversion
{
    /// <summary>The objects in the old layout.</summary>
    public static IReadOnlyList<StoredObject> Plan(Repository repository, OperationContext context) =>
        [.. repository.Stores.Legacy.Enumerate(cancellation: context.Cancellation)];

    /// <summary>Carries it out. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="objects">The plan.</param>
    /// <param name="done">Receives each object that the new store did not have; called from any thread.</param>
    /// <param name="context">Cancellation and progress.</param>
    public static CacheConversionResult Run(Repository repository, IReadOnlyList<StoredObject> objects, Action<CacheMigration> done, OperationContext context)
    {
        var names = new Dictionary<ContentHash, ContentHash>();
        var failures = new List<PathFailure>();
        // Bytes that do not match the old name must not get a new one that they do match.
        var checks = repository.Verify(objects.Select(o => o.Hash), context);
        foreach (var check in checks.Values)
            if (check.Error is { } error)
                failures.Add(new PathFailure(check.Path, error));
        var good = objects.Where(o => checks[o.Hash].Verdict == ObjectVerdict.Good).ToList();
        var files = good.FindAll(o => !o.Hash.IsDirectory);
        new ObjectStoreWriter(repository.Stores, repository.Stats).Store(files.ConvertAll(file =>
        {
            var stat = checks[file.Hash].Stat;
            return new StoreRequest(file.Path, stat,
                repository.Stats.TryGet(file.Path, stat, ContentHashAlgorithm.Md5, out var known) ? known : null, LinkKind.Hardlink);
        }), 0, (index, outcome) =>
        {
            lock (names)
            {
                if (!outcome.IsStored)
                {
                    failures.Add(new PathFailure(files[index].Path, outcome.Error!));
                    return;
                }
                names[files[index].Hash] = outcome.Hash;
            }
            if (outcome.Status == StoreStatus.Stored)
                done(new CacheMigration { OldHash = files[index].Hash, Hash = outcome.Hash, Size = files[index].Size, LinkKind = outcome.Method ?? LinkKind.Copy });
            FaultPoint.Reach("migrate.object");
        }, context);
        foreach (var manifest in good.Where(o => o.Hash.IsDirectory))
            try
            {
                context.Cancellation.ThrowIfCancellationRequested();
                var isNew = !repository.Stores.Current.HasObject(Current(manifest.Hash));
                var hash = repository.Stores.Current.AddBytes(File.ReadAllBytes(manifest.Path), isDirectory: true);
                if (isNew)
                    done(new CacheMigration { OldHash = manifest.Hash, Hash = hash, Size = manifest.Size, LinkKind = LinkKind.Copy });
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataVersionException)
            {
                failures.Add(new PathFailure(manifest.Path, FileErrors.Describe(error, manifest.Path, "convert")));
            }
        return new CacheConversionResult(names, failures);
    }

    private static ContentHash Current(ContentHash legacy)
    {
        Span<byte> bytes = stackalloc byte[16];
        legacy.CopyTo(bytes);
        return new ContentHash(bytes, ContentHashAlgorithm.Md5, legacy.IsDirectory);
    }
}
