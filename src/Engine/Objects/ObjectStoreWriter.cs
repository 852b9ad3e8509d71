using System.Collections.Concurrent;
using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;

namespace DataVersion.Engine.Objects;

/// <summary>
/// Stores the content of workspace files. What is hashed is what is stored: first a private clone, a second name of the
/// file, or a copy in memory or on disk is made, then that is hashed, then it gets the name of an object; the stat of the
/// source before and after tells whether it held still.
/// </summary>
/// <remarks>
/// <para>Small files are read once into memory, hashed there and written from there. Large ones are copied inside the kernel,
/// a chunk at a time, and each chunk of the copy is read back and hashed while it is in memory and the next one is being
/// copied. Measured (768 MiB, two busy cores, ext4): reading, hashing and writing by ourselves takes twice as long as copying
/// in the kernel and hashing, and a second pass over the whole copy would come from the disk when it is larger than
/// the memory.</para>
/// <para>Nothing waits for the disk (neither does DVC): all that was stored is still in the workspace, by the same inode or
/// as the original. An object that a power failure cut short has another stat than its record and is found out before it
/// is used. The moment that matters is when workspace files are overwritten because the store has them: see
/// <see cref="ObjectStore.Flush"/>. A batch can ask for it at its end.</para>
/// </remarks>
public sealed partial class ObjectStoreWriter
{
    private readonly ObjectStore store;
    private readonly ObjectVerifier verifier;
    private readonly IStatRecords records;
    private readonly ConcurrentDictionary<ulong, bool> cannotClone = new();

    /// <summary>A writer into the current store (plain MD5) of a cache.</summary>
    /// <param name="stores">The cache.</param>
    /// <param name="records">Gets the stats of new objects and tells which ones are good.</param>
    public ObjectStoreWriter(ObjectStores stores, IStatRecords records)
    {
        store = stores.Current;
        verifier = new ObjectVerifier(stores, records);
        this.records = records;
    }

    /// <summary>Stores files and reports each as it is done. One bad file does not stop the others.</summary>
    /// <param name="requests">The files.</param>
    /// <param name="workers">Most files at a time; 0 or less means one for each processor.</param>
    /// <param name="report">Receives the number of the request and what became of it, once for each; called from any thread.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <param name="durable">Wait at the end until the disk has everything: for callers that delete the sources next.</param>
    /// <exception cref="OperationCanceledException">Cancelled; some requests were not reported, no part of a file is left.</exception>
    public void Store(
        IReadOnlyList<StoreRequest> requests, int workers, Action<int, StoreOutcome> report, OperationContext context,
        bool durable = false)
    {
        var total = requests.Sum(r => r.Known.Size);
        var progress = new ProgressCount("Storing", requests.Count, total, context);
        WorkQueue.Run(requests.Count, workers, context.Cancellation, queue =>
        {
            using var hasher = new FileHasher(context.Cancellation, progress.AddBytes);
            while (queue.TryTake(out var index))
            {
                report(index, StoreOne(requests[index], hasher));
                progress.ItemDone(requests[index].SourcePath);
            }
        });
        if (durable)
            store.Flush();
    }

    private StoreOutcome StoreOne(in StoreRequest request, FileHasher hasher)
    {
        var path = request.SourcePath;
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                var outcome = Attempt(request, hasher);
                if (outcome.Status != StoreStatus.ChangedDuringRead || attempt == 1)
                    return outcome;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException && !File.Exists(path))
        {
            return new StoreOutcome(StoreStatus.Missing, default, default, null, FileErrors.Describe(error, path, "read"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataVersionException)
        {
            var described = FileErrors.Describe(error, path, "store", $" in the cache '{store.Folder}'");
            return FindStored(described, path, hasher) ?? new StoreOutcome(StoreStatus.Failed, default, default, null, described);
        }
    }

    // A cache that is full or read-only still serves what it has: then the file's hash, found by reading it in place, is enough.
    private StoreOutcome? FindStored(DataVersionException error, string path, FileHasher hasher)
    {
        if (error.Kind is not (DataErrorKind.AccessDenied or DataErrorKind.DiskFull))
            return null;
        var outcome = hasher.Hash(path, ContentHashAlgorithm.Md5);
        return outcome.Status == HashStatus.Hashed
            && verifier.Verify(outcome.Hash, hasher, always: false).Verdict == ObjectVerdict.Good
            ? new StoreOutcome(StoreStatus.AlreadyThere, outcome.Hash, outcome.After, null, null)
            : null;
    }

    private StoreOutcome Attempt(in StoreRequest request, FileHasher hasher)
    {
        using var source = OpenSource(request.SourcePath);
        var before = source.Stat();
        if (before.Kind != FileKind.File)
            throw new DataVersionException(DataErrorKind.PathUnsupported, $"Cannot store '{request.SourcePath}': it is no file.",
                request.SourcePath, "Track files and folders only; add pipes and devices to .dvcignore.");
        // A stat record speaks for the file only as long as it has that stat; of a symbolic link it never does.
        var known = request.KnownHash is { } hash && request.Known.SameContentAs(before) ? hash : (ContentHash?)null;
        if (known is { } wanted && verifier.Verify(wanted, hasher, always: false).Verdict == ObjectVerdict.Good)
            return new StoreOutcome(StoreStatus.AlreadyThere, wanted, before, null, null);

        StoreOutcome? done = null;
        if (before.Size > 0 && request.Preferred is LinkKind.Hardlink or LinkKind.Symlink)
            done = StoreByLink(request.SourcePath, before, known, hasher);
        if (done is null && before.Size > 0 && !cannotClone.ContainsKey(before.Device))
            done = StoreByClone(request.SourcePath, source, before, known, hasher);
        return done ?? (before.Size <= FileHasher.ChunkSize
            ? StoreSmallCopy(request.SourcePath, source, before, hasher)
            : StoreLargeCopy(request.SourcePath, source, before, hasher));
    }

    private static SourceFile OpenSource(string path)
    {
        try
        {
            return SourceFile.Open(path);
        }
        catch (UnauthorizedAccessException error)
        {
            throw FileErrors.Describe(error, path, "read");
        }
    }

    // Gives a verified temporary file its name, unless a good object has it already. Any file of that name was looked at.
    private StoreOutcome Finish(
        string temporary, ContentHash hash, in FileStat sourceStat, LinkKind method, FileHasher hasher)
    {
        var path = store.PathOf(hash);
        // Publishing makes read-only first, which a workspace file that shares the inode must be spared without need.
        var free = method != LinkKind.Hardlink || !FileStat.Read(path).Exists;
        for (var attempt = 0; ; attempt++, free = true)
        {
            if (free && store.TryPublish(temporary, hash))
            {
                records.Record(path, FileStat.Read(path, followLinks: true), hash);
                return new StoreOutcome(StoreStatus.Stored, hash, sourceStat, method, null);
            }
            var check = verifier.Verify(hash, hasher, always: false);
            if (check.Verdict == ObjectVerdict.Good)
            {
                FileRemoval.Try(temporary);
                return new StoreOutcome(StoreStatus.AlreadyThere, hash, sourceStat, null, null);
            }
            // A bad object is in quarantine now, so the name is free.
            if (attempt == 3 || check.Verdict == ObjectVerdict.Unreadable || check is { Verdict: ObjectVerdict.Corrupt, QuarantinedTo: null })
                throw check.Error!;
        }
    }

    private static StoreOutcome Changed(string path, in FileStat stat) =>
        new(StoreStatus.ChangedDuringRead, default, stat, null, FileHasher.Changed(path));
}
