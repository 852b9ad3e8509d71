using System.Collections.Concurrent;
using System.Security.Cryptography;
using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>The objects of a remote: a storage seen through the names of objects.</summary>
public sealed class RemoteObjects
{
    private bool cannotMark;

    /// <summary>Looks at a storage as a remote of objects.</summary>
    public RemoteObjects(RemoteConfiguration remote, IRemoteStorage storage) => (Remote, Storage) = (remote, storage);

    /// <summary>The remote.</summary>
    public RemoteConfiguration Remote { get; }

    /// <summary>Its storage.</summary>
    public IRemoteStorage Storage { get; }

    /// <summary>Which of these objects the remote holds, with their sizes (-1: unknown). An object that may have been altered
    /// is read first; a wrong one counts as absent, so that a push replaces it.</summary>
    public async Task<IReadOnlyDictionary<ContentHash, long>> FindAsync(IReadOnlyCollection<ContentHash> hashes, OperationContext context)
    {
        ContentHash[] asked = [.. hashes];
        var found = new Dictionary<ContentHash, long>(asked.Length);
        var sizes = await FindEachAsync(asked, context).ConfigureAwait(false);
        for (var i = 0; i < asked.Length; i++)
            if (sizes[i] is { } size)
                found[asked[i]] = size;
        return found;
    }

    /// <summary>As <see cref="FindAsync"/>: for each hash the size of what the remote holds, null for nothing.</summary>
    internal async Task<long?[]> FindEachAsync(IReadOnlyList<ContentHash> hashes, OperationContext context)
    {
        var sizes = new long?[hashes.Count];
        if (hashes.Count == 0)
            return sizes;
        var unsettled = Storage.LocalPathOf("") is { } folder
            ? await LookAsync(folder, hashes, sizes, context).ConfigureAwait(false) : await AskAsync(hashes, sizes, context).ConfigureAwait(false);
        using var copies = new VerifiedCopies(context, static _ => { });
        foreach (var (i, item) in unsettled)
            sizes[i] = IsGood(hashes[i], item, copies) ? item.Size : null;
        return sizes;
    }

    private async Task<List<(int Number, RemoteItem Item)>> AskAsync(IReadOnlyList<ContentHash> hashes, long?[] sizes, OperationContext context)
    {
        var unsettled = new List<(int, RemoteItem)>();
        var items = await new ExistenceCheck(Storage, context).FindAsync([.. hashes.Select(RemoteKeys.Of)]).ConfigureAwait(false);
        for (var i = 0; i < sizes.Length; i++)
            if (items[i] is { IsSettled: true } settled)
                sizes[i] = settled.Size;
            else if (items[i] is { } item)
                unsettled.Add((i, item));
        return unsettled;
    }

    // A folder has the layout of a cache, and is looked at as one. What such a look leaves open, the storage is asked for.
    private async Task<List<(int Number, RemoteItem Item)>> LookAsync(string folder, IReadOnlyList<ContentHash> hashes, long?[] sizes, OperationContext context)
    {
        var open = new ConcurrentBag<int>();
        using (var stats = new ObjectStats(ObjectStores.ToLookAt(folder), hashes.Count))
            WorkQueue.Run(hashes.Count, 0, context.Cancellation, queue =>
            {
                while (queue.TryTake(out var i))
                    if (!TryLook(stats, hashes[i], out sizes[i]))
                        open.Add(i);
            });
        var unsettled = new List<(int, RemoteItem)>();
        foreach (var i in open)
            if (await Storage.FindAsync(RemoteKeys.Of(hashes[i]), context.Cancellation).ConfigureAwait(false) is { IsSettled: var isSettled } item)
                if (isSettled)
                    sizes[i] = item.Size;
                else
                    unsettled.Add((i, item));
        return unsettled;
    }

    // False when it takes more than a look.
    private static bool TryLook(ObjectStats stats, ContentHash hash, out long? size)
    {
        size = null;
        try
        {
            var stat = stats.Read(hash);
            if (stat.Kind != FileKind.File)
                return true;
            if (stat.Mode != FileModes.Object)
                return false;
            size = stat.Size;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Throws when the remote cannot be read at all.</summary>
    public Task RequireReadableAsync(OperationContext context) => RemoteRetry.RunAsync(Storage, async token =>
    {
        await Storage.RequireReadableAsync(token).ConfigureAwait(false);
        return true;
    }, context, context.Cancellation);

    /// <summary>Reads a manifest; its bytes match its name.</summary>
    /// <exception cref="DataVersionException">ObjectMissing, ObjectCorrupt, ManifestInvalid, or what the storage says.</exception>
    public async Task<(Manifest Manifest, byte[] Bytes)> ReadManifestAsync(ContentHash hash, OperationContext context)
    {
        var bytes = await RemoteRetry.ReadAsync(Storage, RemoteKeys.Of(hash), context).ConfigureAwait(false);
        var found = new ContentHash(MD5.HashData(bytes));
        if (found.Hex != hash.Hex)
        {
            // A byte that was flipped on the way comes right the next time; a damaged object does not.
            bytes = await RemoteRetry.ReadAsync(Storage, RemoteKeys.Of(hash), context).ConfigureAwait(false);
            found = new ContentHash(MD5.HashData(bytes));
        }
        if (found.Hex != hash.Hex)
            throw Corrupt(hash, found);
        return (Manifest.Parse(bytes, hash.Algorithm, $"{Storage.Place}: {hash}"), bytes);
    }

    /// <summary>The error for an object whose bytes on the remote are not what its name promises.</summary>
    internal DataVersionException Corrupt(ContentHash hash, ContentHash found) => new(DataErrorKind.ObjectCorrupt,
        $"The object {hash} of the remote '{Remote.Name}' ({Storage.Place}) is damaged: its bytes have the hash {found.Hex}. Nothing was stored.",
        RemoteKeys.Of(hash), "Delete it there and push it again from a clone that has it.");

    /// <summary>The error for an object that is not where it should be.</summary>
    internal DataVersionException Missing(ContentHash hash, string path, bool inCacheToo) => new(DataErrorKind.ObjectMissing,
        $"The object {hash}, needed for '{path}', is {(inCacheToo ? "neither in the cache nor" : "not")} on the remote '{Remote.Name}' ({Storage.Place}).",
        path, "Push it from a clone that has it, or add the original file again.");

    // Storages without a file behind the key have no better evidence than their word.
    private bool IsGood(ContentHash hash, RemoteItem item, VerifiedCopies copies)
    {
        if (cannotMark || Storage.LocalPathOf(item.Key) is not { } path)
            return true;
        try
        {
            if (copies.Hash(path, hash.IsDirectory ? ContentHashAlgorithm.Md5 : hash.Algorithm).Hex != hash.Hex)
                return false;
            // The mark of a verified object, for DVC and for the next time.
            FileModes.Protect(path);
            // A share that shows the same mode for every file cannot be marked: reading everything each time would help nobody.
            cannotMark = FileStat.Read(path, followLinks: true).Mode != FileModes.Object;
            return true;
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            // It is right but belongs to somebody else.
            return true;
        }
        catch (DataVersionException)
        {
            return false;
        }
    }
}
