using DataVersion.Engine.Files;
using DataVersion.Engine.Git;

namespace DataVersion.Engine.Caching;

/// <summary>Counts what the cache holds, as a whole and by what needs it. Reads no object but manifests.</summary>
public static class CacheSummary
{
    /// <summary>Counts.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="detailed">Besides the total: the workspace, each branch, each tag, and what no commit uses.</param>
    /// <param name="report">Receives each line.</param>
    /// <param name="context">Cancellation, progress, warnings.</param>
    /// <exception cref="DataVersionException">Detailed only: metadata cannot be read.</exception>
    public static void Run(Repository repository, bool detailed, Action<DataCache> report, OperationContext context)
    {
        var objects = new Dictionary<ContentHash, (long Size, bool IsShared)>();
        foreach (var store in (Objects.ObjectStore[])[repository.Stores.Current, repository.Stores.Legacy])
            foreach (var found in store.Enumerate(withSizes: false, context.Cancellation))
            {
                var stat = FileStat.Read(found.Path, followLinks: true);
                if (stat.Kind != FileKind.File)
                    continue;
                objects[found.Hash] = (stat.Size, stat.LinkCount > 1);
                if (objects.Count % 1000 == 0)
                    context.Progress(new OperationProgress("Looking through the cache", objects.Count, 0, 0, 0, null));
            }
        report(Count("total", objects.Keys));
        if (!detailed)
            return;
        var all = new UsedObjects(context, rememberManifests: true);
        all.AddWorkspace(repository);
        report(Count("workspace", all.Hashes));
        if (repository.Git is { } git)
        {
            foreach (var reference in git.ListRefs(context.Cancellation).Where(r => r.Kind is GitRefKind.Branch or GitRefKind.Tag).OrderBy(r => r.Kind))
            {
                var used = new UsedObjects(context, rememberManifests: true);
                used.AddCommits(repository, [reference.Commit]);
                report(Count(reference.Name, used.Hashes));
            }
            all.AddCommits(repository, git.ListCommits(new CommitSelection { AllCommits = true }, context.Cancellation));
        }
        report(Count("unused", objects.Keys.Where(h => !all.Contains(h))));

        DataCache Count(string scope, IEnumerable<ContentHash> hashes)
        {
            long count = 0, manifests = 0, size = 0, shared = 0, missing = 0, legacy = 0;
            foreach (var hash in hashes)
            {
                if (!objects.TryGetValue(hash, out var found))
                {
                    missing++;
                    continue;
                }
                count++;
                manifests += hash.IsDirectory ? 1 : 0;
                legacy += hash.Algorithm == ContentHashAlgorithm.Md5Dos2Unix ? 1 : 0;
                size += found.Size;
                shared += found.IsShared ? found.Size : 0;
            }
            return new DataCache
            {
                CacheFolder = repository.Stores.CacheFolder, Scope = scope, ObjectCount = count, ManifestCount = manifests,
                Size = size, SharedSize = shared, MissingCount = missing, LegacyObjectCount = legacy,
            };
        }
    }
}
