using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;

namespace DataVersion.Engine.Objects;

/// <summary>Whether an object may be used.</summary>
public enum ObjectVerdict : byte
{
    /// <summary>Its bytes match its name.</summary>
    Good,
    /// <summary>It is not there.</summary>
    Missing,
    /// <summary>Its bytes do not match its name; it was taken out of the store, where that could and should be done.</summary>
    Corrupt,
    /// <summary>It is there but could not be read.</summary>
    Unreadable,
}

/// <summary>What is known of one object now.</summary>
/// <param name="Verdict">Whether it may be used.</param>
/// <param name="Hash">Its name.</param>
/// <param name="Store">The store that it is in, or would be.</param>
/// <param name="Stat">Its stat, links followed, when good.</param>
/// <param name="WasRead">True when its bytes were hashed now, false when the stat of an earlier time answered.</param>
/// <param name="QuarantinedTo">Where a corrupt object is now.</param>
/// <param name="Error">Why it may not be used: ObjectMissing, ObjectCorrupt, or the error of reading it.</param>
public readonly record struct ObjectCheck(
    ObjectVerdict Verdict, ContentHash Hash, ObjectStore Store, FileStat Stat, bool WasRead, string? QuarantinedTo, DataVersionException? Error)
{
    /// <summary>Where it is, or would be; put together when asked for, because of most of many objects nobody asks.</summary>
    public string Path => Store.PathOf(Hash);
}

/// <summary>
/// Lets an object be used only when its stat is the one it had when it was last verified; else its bytes are hashed first.
/// (DVC trusts the mode 0444 instead and serves damaged objects.) A bad object goes to quarantine. Thread-safe.
/// </summary>
/// <param name="stores">The stores.</param>
/// <param name="records">What is remembered of earlier verifications.</param>
public sealed class ObjectVerifier(ObjectStores stores, IStatRecords records)
{
    /// <summary>Checks one object on this thread.</summary>
    /// <param name="hash">Its name.</param>
    /// <param name="always">Hash it even if its stat is the recorded one.</param>
    /// <param name="cancellation">Ends reading early.</param>
    public ObjectCheck Verify(ContentHash hash, bool always = false, CancellationToken cancellation = default)
    {
        using var hasher = new FileHasher(cancellation);
        return Verify(hash, hasher, always);
    }

    /// <summary>Checks many objects and reports each as it is known.</summary>
    /// <param name="hashes">Their names; each should be listed once.</param>
    /// <param name="workers">Most objects at a time; 0 or less means one for each processor.</param>
    /// <param name="report">Receives the number of the hash and the verdict, once for each; called from any thread.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <param name="always">Hash each even if its stat is the recorded one (Test-DataCache).</param>
    /// <param name="leave">Leave bad objects where they are: the caller decides (Test-DataCache).</param>
    public void Verify(
        IReadOnlyList<ContentHash> hashes, int workers, Action<int, ObjectCheck> report, OperationContext context, bool always = false,
        bool leave = false)
    {
        var progress = new ProgressCount("Verifying", hashes.Count, 0, context);
        var plan = HashPlan.Of(hashes.Count, workers, static _ => -1);
        using var stats = new ObjectStats(stores, hashes.Count);
        WorkQueue.Run(hashes.Count, workers, context.Cancellation, queue =>
        {
            using var worker = new HashWorker(plan, context.Cancellation, progress.AddBytes);
            while (queue.TryTake(out var index))
            {
                // What is known by its stat is done before anybody could read its name.
                if (Look(hashes[index], always, stats, out var stat) is { } known)
                    End(index, known, null);
                else
                    Read(worker, index, stat);
            }
            worker.Finish();
        });

        void Read(HashWorker worker, int index, FileStat stat)
        {
            var hash = hashes[index];
            worker.Hash(PathOf(hash), AlgorithmOf(hash), outcome => End(index, Judge(hash, stat, outcome, leave), PathOf(hash)));
        }

        void End(int index, in ObjectCheck check, string? path)
        {
            report(index, check);
            progress.ItemDone(path);
        }
    }

    /// <summary>Checks one of many objects on this thread.</summary>
    /// <param name="hash">Its name.</param>
    /// <param name="hasher">Reads it if need be.</param>
    /// <param name="always">Hash it even if its stat is the recorded one.</param>
    /// <param name="stats">Where its stat comes from; null for its path.</param>
    internal ObjectCheck Verify(ContentHash hash, FileHasher hasher, bool always, ObjectStats? stats = null) =>
        Look(hash, always, stats, out var stat) ?? Judge(hash, stat, hasher.Hash(PathOf(hash), AlgorithmOf(hash)));

    /// <summary>
    /// The check of an object whose name is known to stand for the inode of a file that was just looked at: its stat is that of the
    /// file. Null when that stat does not tell that it is good.
    /// </summary>
    internal ObjectCheck? VerifyAs(ContentHash hash, in FileStat file)
    {
        var store = stores.For(hash.Algorithm);
        return IsRecorded(store, hash, file) ? new ObjectCheck(ObjectVerdict.Good, hash, store, Protected(store, hash, file), false, null, null) : null;
    }

    private string PathOf(ContentHash hash) => stores.For(hash.Algorithm).PathOf(hash);

    // A manifest is named by the plain MD5 of its bytes in both stores.
    private static ContentHashAlgorithm AlgorithmOf(ContentHash hash) => hash.IsDirectory ? ContentHashAlgorithm.Md5 : hash.Algorithm;

    // What can be said without reading the object; null when it must be hashed.
    private ObjectCheck? Look(ContentHash hash, bool always, ObjectStats? stats, out FileStat stat)
    {
        var store = stores.For(hash.Algorithm);
        stat = default;
        try
        {
            stat = stats?.Read(hash) ?? store.Stat(hash);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ObjectCheck(ObjectVerdict.Unreadable, hash, store, default, false, null, FileErrors.Describe(error, store.PathOf(hash), "read the object"));
        }
        if (stat.Kind == FileKind.None)
            return Missing(store, hash);
        return !always && IsRecorded(store, hash, stat) ? new ObjectCheck(ObjectVerdict.Good, hash, store, Protected(store, hash, stat), false, null, null) : null;
    }

    private bool IsRecorded(ObjectStore store, ContentHash hash, in FileStat stat)
    {
        Span<char> buffer = stackalloc char[512];
        return records.TryGet(store.PathOf(hash, buffer), stat, AlgorithmOf(hash), out var recorded) && SameBytes(recorded, hash);
    }

    private ObjectCheck Judge(ContentHash hash, in FileStat stat, in HashOutcome outcome, bool leave = false)
    {
        var store = stores.For(hash.Algorithm);
        switch (outcome.Status)
        {
            case HashStatus.Missing:
                return Missing(store, hash);
            case HashStatus.Failed:
                return new ObjectCheck(ObjectVerdict.Unreadable, hash, store, stat, true, null, outcome.Error);
            case HashStatus.Hashed when SameBytes(outcome.Hash, hash):
                records.Record(store.PathOf(hash), outcome.After, outcome.Hash);
                return new ObjectCheck(ObjectVerdict.Good, hash, store, Protected(store, hash, outcome.After), true, null, null);
            default:
                return Corrupt(store, hash, outcome, leave);
        }
    }

    private ObjectCheck Corrupt(ObjectStore store, ContentHash hash, in HashOutcome outcome, bool leave)
    {
        var path = store.PathOf(hash);
        records.Forget(path);
        var reason = outcome.Status == HashStatus.Hashed
            ? $"Its bytes have the hash {outcome.Hash}."
            : "Its bytes changed while they were read: a program is writing to it.";
        const string action = "Fetch it from a remote with Sync-DataRemote, or add the original file again.";
        if (leave)
            return new ObjectCheck(ObjectVerdict.Corrupt, hash, store, outcome.After, true, null, new DataVersionException(
                DataErrorKind.ObjectCorrupt, $"The object {hash} in the cache ('{path}') is damaged. {reason}", path,
                "Test-DataCache moves it away. " + action));
        try
        {
            var target = store.Quarantine(hash, $"Object {hash} of '{store.Folder}'. {reason}");
            return new ObjectCheck(ObjectVerdict.Corrupt, hash, store, outcome.After, true, target, new DataVersionException(
                DataErrorKind.ObjectCorrupt,
                $"The object {hash} in the cache is damaged and was moved to '{target}'. {reason}", path, action));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new ObjectCheck(ObjectVerdict.Corrupt, hash, store, outcome.After, true, null, new DataVersionException(
                DataErrorKind.ObjectCorrupt,
                $"The object {hash} in the cache ('{path}') is damaged and could not be moved away: {error.Message} {reason}", path,
                "Delete it by hand. " + action, error));
        }
    }

    private static ObjectCheck Missing(ObjectStore store, ContentHash hash)
    {
        var path = store.PathOf(hash);
        return new(ObjectVerdict.Missing, hash, store, default, false, null, new DataVersionException(DataErrorKind.ObjectMissing,
            $"The object {hash} is not in the cache ('{path}').", path, "Fetch it from a remote with Sync-DataRemote -Direction Fetch."));
    }

    // The mark by which DVC knows verified objects. A cache that others own cannot be marked, and need not be. An execute bit
    // may stand on an object that a script in the workspace is a link to: the script needs it.
    private static FileStat Protected(ObjectStore store, ContentHash hash, in FileStat stat)
    {
        if ((stat.Mode & 0b010_010_010) == 0)
            return stat;
        try
        {
            FileModes.Protect(store.PathOf(hash));
            return stat with { Mode = FileModes.Object };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return stat;
        }
    }

    private static bool SameBytes(ContentHash found, ContentHash name)
    {
        Span<byte> bytes = stackalloc byte[16];
        found.CopyTo(bytes);
        return new ContentHash(bytes, name.Algorithm, name.IsDirectory) == name;
    }
}
