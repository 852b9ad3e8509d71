using System.Collections.Concurrent;
using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Caching;

/// <summary>The part of a clean-up that has to do with a remote: removing there, or keeping here only what is not there.</summary>
public static class RemoteCleanUp
{
    /// <summary>Which used objects of the cache a remote holds in the same size: they can be fetched again.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: the remote cannot be read.</exception>
    public static async Task<IReadOnlySet<ContentHash>> FindHeldAsync(Repository repository, RemoteObjects remote, UsedObjects used, OperationContext context)
    {
        await remote.RequireReadableAsync(context).ConfigureAwait(false);
        var sizes = new Dictionary<ContentHash, long>();
        foreach (var hash in used.Hashes)
            if (repository.Stores.For(hash.Algorithm).Stat(hash) is { Kind: FileKind.File } stat)
                sizes[hash] = stat.Size;
        var found = await remote.FindAsync(sizes.Keys, context).ConfigureAwait(false);
        return found.Where(f => f.Value < 0 || f.Value == sizes[f.Key]).Select(f => f.Key).ToHashSet();
    }

    /// <summary>Finds the objects of a remote that nothing in the scope uses: manifests first, then files.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: the remote cannot be read.</exception>
    public static async Task<IReadOnlyList<CachePlan>> PlanAsync(RemoteObjects remote, UsedObjects used, OperationContext context)
    {
        await remote.RequireReadableAsync(context).ConfigureAwait(false);
        var unused = new List<CachePlan>();
        foreach (var item in await RemoteRetry.ListAsync(remote.Storage, "", context, seen =>
        {
            if (seen % 1000 == 0)
                context.Progress(new OperationProgress("Looking through the remote", seen, 0, 0, 0, null));
        }).ConfigureAwait(false))
            if (RemoteKeys.TryParse(item.Key, out var hash) && !used.Contains(hash))
                unused.Add(new CachePlan { Hash = hash, Size = Math.Max(0, item.Size), ObjectPath = item.Key, Location = remote.Remote.Name });
        return [.. unused.OrderByDescending(u => u.Hash.IsDirectory)];
    }

    /// <summary>Removes what was planned; no file goes before the last manifest, and none of a manifest that could not be removed.</summary>
    /// <param name="remote">The remote.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="used">What the plan was made from. What somebody pushed since then is used too: manifests that are new are
    /// read before the first file goes, and their files stay.</param>
    /// <param name="done">Receives each removed object; called from any thread.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <returns>What could not be removed.</returns>
    /// <exception cref="DataVersionException">RemoteFailed: the remote cannot be used any more.</exception>
    public static async Task<IReadOnlyList<PathFailure>> RunAsync(RemoteObjects remote, IReadOnlyList<CachePlan> plan, UsedObjects used, Action<CachePlan> done, OperationContext context)
    {
        var failures = new ConcurrentQueue<PathFailure>();
        var removed = new ConcurrentDictionary<ContentHash, bool>();
        var progress = new ProgressCount("Removing objects of the remote", plan.Count, 0, context);
        var parallel = new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = Math.Max(1, remote.Storage.Traits.Connections) };
        foreach (var group in plan.GroupBy(p => p.Hash.IsDirectory).OrderByDescending(g => g.Key))
        {
            var pushed = group.Key ? [] : await PushedSinceAsync(remote, removed, used, context).ConfigureAwait(false);
            await Parallel.ForEachAsync(group.Where(item => !pushed.Contains(item.Hash)).Chunk(Math.Max(1, remote.Storage.Traits.DeleteBatch)), parallel, async (batch, cancellation) =>
            {
                foreach (var (item, wasThere, error) in await RemoveAsync(remote, batch, context, cancellation).ConfigureAwait(false))
                {
                    if (error is null)
                        removed[item.Hash] = true;
                    else
                        failures.Enqueue(new PathFailure(item.ObjectPath!, FileErrors.Describe(error, item.ObjectPath!, "remove")));
                    if (wasThere)
                        done(item with { IsRemoved = true });
                    if (error is null)
                        FaultPoint.Reach("gc.remote-object");
                    progress.ItemDone(item.ObjectPath);
                }
            }).ConfigureAwait(false);
        }
        return [.. failures];
    }

    // What came of each object of a batch.
    private static async Task<IReadOnlyList<(CachePlan Item, bool WasThere, Exception? Error)>> RemoveAsync(RemoteObjects remote, CachePlan[] batch, OperationContext context, CancellationToken cancellation)
    {
        var storage = remote.Storage;
        var waiting = batch.Select(item => item.ObjectPath!).ToList();
        var failed = new Dictionary<string, DataVersionException>(StringComparer.Ordinal);
        try
        {
            if (storage.Traits.DeleteBatch <= 1)
                return [(batch[0], await RemoteRetry.RunAsync(storage, token => storage.DeleteAsync(waiting[0], token), context, cancellation).ConfigureAwait(false), null)];
            await RemoteRetry.RunAsync(storage, async token =>
            {
                // What failed for now is asked for again, and nothing else.
                var answer = await storage.DeleteManyAsync(waiting, token).ConfigureAwait(false);
                foreach (var (key, error) in answer)
                    failed[key] = error;
                foreach (var key in waiting.Where(key => !answer.ContainsKey(key)))
                    failed.Remove(key);
                waiting = [.. answer.Where(a => a.Value is TransientRemoteException).Select(a => a.Key)];
                return waiting.Count == 0 ? true : throw failed[waiting[0]];
            }, context, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DataVersionException { Kind: not DataErrorKind.RemoteFailed } or IOException or UnauthorizedAccessException)
        {
            return [.. batch.Select(item => Of(item, failed.GetValueOrDefault(item.ObjectPath!) ?? (waiting.Contains(item.ObjectPath!) ? error : null)))];
        }
        return [.. batch.Select(item => Of(item, failed.GetValueOrDefault(item.ObjectPath!)))];

        static (CachePlan, bool, Exception?) Of(CachePlan item, Exception? error) => (item, error is null, error);
    }

    private static async Task<HashSet<ContentHash>> PushedSinceAsync(RemoteObjects remote, ConcurrentDictionary<ContentHash, bool> removed, UsedObjects used, OperationContext context)
    {
        var members = new HashSet<ContentHash>();
        foreach (var item in await RemoteRetry.ListAsync(remote.Storage, "", context).ConfigureAwait(false))
            if (RemoteKeys.TryParse(item.Key, out var hash) && hash.IsDirectory && !used.Contains(hash) && !removed.ContainsKey(hash))
                members.UnionWith((await remote.ReadManifestAsync(hash, context).ConfigureAwait(false)).Manifest.List.Select(e => e.Hash));
        return members;
    }
}
