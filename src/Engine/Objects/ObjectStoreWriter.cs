using System.Collections.Concurrent;
using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;

namespace DataVersion.Engine.Objects;

/// <summary>
/// Stores the content of workspace files. What is hashed is what is stored: a private clone or a copy in memory or on disk, or
/// the open file itself, which then gets a second name; once it is hashed it gets the name of an object. The stat of the
/// source before and after tells whether it held still.
/// </summary>
/// <remarks>
/// <para>Small files are read once into memory, hashed there and written from there. Large ones are copied inside the kernel,
/// a chunk at a time, and each chunk of the copy is read back and hashed while it is in memory and the next one is being
/// copied. Measured (768 MiB, two busy cores, ext4): reading, hashing and writing by ourselves takes twice as long as copying
/// in the kernel and hashing, and a second pass over the whole copy would come from the disk when it is larger than
/// the memory. Files that are hashed in lanes (<see cref="HashPlan"/>) are copied in the same chunks.</para>
/// <para>Nothing waits for the disk (neither does DVC): all that was stored is still in the workspace, by the same inode or
/// as the original. An object that a power failure cut short has another stat than its record and is found out before it
/// is used. The moment that matters is when workspace files are overwritten because the store has them: see
/// <see cref="ObjectStore.Flush"/>. A batch can ask for it at its end.</para>
/// </remarks>
public sealed partial class ObjectStoreWriter
{
    private readonly ObjectStores stores;
    private readonly ObjectStore store;
    private readonly ObjectVerifier verifier;
    private readonly IStatRecords records;
    private readonly ConcurrentDictionary<ulong, bool> cannotClone = new();
    private readonly Lazy<bool> keepsTimes;
    private readonly Lazy<ulong> device;
    private volatile bool linksByName = !OperatingSystem.IsLinux() || !LinuxDescriptors.HasDescriptorLinks;
    private ObjectInodes? inodes;
    private ObjectStats? stats;

    /// <summary>A writer into the current store (plain MD5) of a cache.</summary>
    /// <param name="stores">The cache.</param>
    /// <param name="records">Gets the stats of new objects and tells which ones are good.</param>
    public ObjectStoreWriter(ObjectStores stores, IStatRecords records)
    {
        (this.stores, store) = (stores, stores.Current);
        verifier = new ObjectVerifier(stores, records);
        this.records = records;
        // File systems of this machine that clone. A server's clock may be another, and what it tells may be old.
        keepsTimes = new(() => OperatingSystem.IsLinux() && new DriveInfo(store.Folder).DriveFormat is "btrfs" or "xfs");
        device = new(() =>
        {
            store.EnsureRoot();
            return FileStat.Read(store.Folder, followLinks: true).Device;
        });
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
        var plan = HashPlan.Of(requests.Count, workers, i => requests[i].Known.Exists ? requests[i].Known.Size : -1);
        StoreAsPlanned(requests, workers, report, context, plan);
        if (durable)
            store.Flush();
    }

    /// <summary>The same for files that are described when their turn comes: a million requests take much memory.</summary>
    /// <param name="count">Number of files.</param>
    /// <param name="sizeOf">The length of a file if known, else -1.</param>
    /// <param name="describe">Describes a file; called from any thread, once for each.</param>
    /// <param name="workers">As above.</param>
    /// <param name="report">As above.</param>
    /// <param name="context">As above.</param>
    public void Store(int count, Func<int, long> sizeOf, Func<int, StoreRequest> describe, int workers, Action<int, StoreOutcome> report,
        OperationContext context) => StoreAsPlanned(count, describe, workers, report, context, HashPlan.Of(count, workers, sizeOf));

    /// <summary>The same in a given way.</summary>
    internal void StoreAsPlanned(
        IReadOnlyList<StoreRequest> requests, int workers, Action<int, StoreOutcome> report, OperationContext context, HashPlan plan) =>
        StoreAsPlanned(requests.Count, i => requests[i], workers, report, context, plan);

    private void StoreAsPlanned(int count, Func<int, StoreRequest> describe, int workers, Action<int, StoreOutcome> report,
        OperationContext context, HashPlan plan)
    {
        inodes = new ObjectInodes(store, count);
        using var opened = stats = new ObjectStats(stores, count);
        var progress = new ProgressCount("Storing", count, plan.TotalBytes, context);
        WorkQueue.Run(count, workers, context.Cancellation, queue =>
        {
            var open = new HashSet<Intake>();
            try
            {
                using var worker = new HashWorker(plan, context.Cancellation, progress.AddBytes);
                while (queue.TryTake(out var index))
                {
                    var (number, request) = (index, describe(index));
                    Store(request, worker, open, outcome =>
                    {
                        report(number, outcome);
                        progress.ItemDone(request.SourcePath);
                    });
                }
                worker.Finish();
            }
            finally
            {
                // Those that a cancellation or an exception of the receiver cut off.
                foreach (var intake in open)
                    intake.Dispose();
            }
        }, plan.Order);
    }

    private void Store(StoreRequest request, HashWorker worker, HashSet<Intake> open, Action<StoreOutcome> done)
    {
        Attempt(request, worker, outcome =>
        {
            if (outcome.Status != StoreStatus.ChangedDuringRead)
            {
                done(outcome);
                return;
            }
            // What the caller saw of it is old.
            using var alone = worker.OneByOne();
            Attempt(request with { Known = default, KnownHash = null }, alone, done);
        });

        void Attempt(StoreRequest asked, HashWorker by, Action<StoreOutcome> ended)
        {
            var intake = new Intake(this, asked, by, (self, outcome) =>
            {
                open.Remove(self);
                self.Dispose();
                ended(outcome);
            });
            open.Add(intake);
            intake.Begin();
        }
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

    private static StoreOutcome Changed(string path, in FileStat stat) =>
        new(StoreStatus.ChangedDuringRead, default, stat, null, FileHasher.Changed(path));
}
