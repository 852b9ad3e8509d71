using System.Security.Cryptography;
using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Moves values to and from one service for one command: small ones in one call, checked in memory; large ones in parts and
/// ranges, gone on with after a break; as many at a time as the service likes; memory bounded whatever their sizes.
/// </summary>
public sealed class RemoteChannel
{
    /// <summary>Values up to this size are held in memory while they travel.</summary>
    internal const int MostInMemory = 16 << 20;

    private const long MemoryTotal = 64 << 20;

    /// <summary>Between two looks at a value that should be there.</summary>
    internal static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);

    /// <summary>An upload that was not gone on with for so long never will be.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(7);

    private readonly Repository repository;
    private readonly RemoteCalls calls;
    private readonly MemoryBudget budget = new(MemoryTotal);
    private readonly PartSender? parts;
    private readonly RangeReceiver ranges;
    private readonly UncheckedUploads uncheckedUploads;

    /// <summary>Opens a channel.</summary>
    /// <param name="repository">The repository; breaks are noted in its <c>.dvc/tmp</c>.</param>
    /// <param name="remote">The remote.</param>
    /// <param name="storage">Its storage.</param>
    /// <param name="throttle">Calls at a time; 0 for what the remote's <c>jobs</c> says, else as the service likes.</param>
    /// <param name="context">Trace.</param>
    public RemoteChannel(Repository repository, RemoteConfiguration remote, IRemoteStorage storage, int throttle, OperationContext context)
    {
        (this.repository, Storage) = (repository, storage);
        var asked = throttle > 0 ? throttle : remote.Jobs ?? 0;
        var limit = asked > 0 ? new ConnectionLimit(asked, asked) : new ConnectionLimit(storage.Traits.Connections, storage.Traits.MostConnections);
        calls = new RemoteCalls(storage, limit, context);
        uncheckedUploads = UncheckedUploads.Of(repository, storage);
        var folder = repository.Layout.StateFolder;
        parts = storage.Parts is null ? null : new PartSender(calls, budget, new UploadRecords(Path.Join(folder, "uploads"), storage.Place), storage.Parts);
        ranges = new RangeReceiver(storage, calls, Path.Join(folder, "downloads"));
    }

    /// <summary>The storage.</summary>
    public IRemoteStorage Storage { get; }

    /// <summary>How many values may be worked on at a time.</summary>
    public int Width => calls.Limit.Most;

    /// <summary>How many values are worth being worked on just now: one more than there may be calls, so that it shows when more of them would be used.</summary>
    internal int WidthNow() => Math.Min(calls.Limit.Limit + 1, calls.Limit.Most);

    /// <summary>A temporary name for a large value, the same in each session of this repository.</summary>
    /// <param name="folder">The folder it will be in.</param>
    /// <param name="identity">What makes the value differ from every other.</param>
    internal string TemporaryName(string folder, string identity) => ranges.TemporaryName(folder, identity);

    /// <summary>Stores a value under a key, verified on its way.</summary>
    /// <param name="key">The key.</param>
    /// <param name="upload">The value.</param>
    /// <param name="passed">Receives the number of bytes that have gone; negative when they must go again.</param>
    /// <param name="cancellation">Ends the sending.</param>
    /// <exception cref="DataVersionException">ObjectCorrupt; RemoteFailed; what the service says.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    internal async Task SendAsync(string key, RemoteUpload upload, Action<long> passed, CancellationToken cancellation)
    {
        // A note outlives whatever ends the sending before the value was found right.
        var isChecked = Storage.Traits.ChecksArrival || Storage.LocalPathOf(key) is not null;
        if (!isChecked)
            uncheckedUploads.Begin(key);
        if (Storage.LocalPathOf(key) is not null)
            await Storage.PutAsync(key, upload, cancellation).ConfigureAwait(false);
        else if (upload.Size > MostInMemory && parts is not null)
        {
            await parts.SendAsync(key, upload, passed, cancellation).ConfigureAwait(false);
            if (!Storage.Traits.ChecksArrival)
                await RequireArrivedAsync(key, upload, cancellation).ConfigureAwait(false);
        }
        else if (upload.Size > MostInMemory)
            await PutAsync(key, upload, passed, cancellation).ConfigureAwait(false);
        else
            using (await budget.TakeAsync(upload.Size, cancellation).ConfigureAwait(false))
            {
                upload.Load(cancellation);
                await PutAsync(key, upload, passed, cancellation).ConfigureAwait(false);
                upload.Unload();
            }
        if (!isChecked)
            uncheckedUploads.End(key);
    }

    /// <summary>Gives up what this repository began to send to this remote days ago, and nobody goes on with.</summary>
    /// <param name="cancellation">Ends it; what is left is given up the next time.</param>
    internal Task ForgetAbandonedAsync(CancellationToken cancellation) => parts?.ForgetAbandonedAsync(DateTime.UtcNow - Abandoned, cancellation) ?? Task.CompletedTask;

    /// <summary>Receives a small value into memory.</summary>
    /// <param name="key">The key.</param>
    /// <param name="size">Its length as far as it is known; -1.</param>
    /// <param name="isRight">Whether the bytes are right; if not, they are asked for once more.</param>
    /// <param name="passed">Receives the number of bytes that have come; negative when they must come again.</param>
    /// <param name="cancellation">Ends the receiving.</param>
    /// <returns>The bytes; the caller releases them when it has done with them.</returns>
    internal async Task<ContentBuffer> ReceiveAsync(string key, long size, Func<ReadOnlyMemory<byte>, bool> isRight, Action<long> passed, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var content = await ReceiveOnceAsync(key, size, passed, cancellation).ConfigureAwait(false);
            // A byte that was flipped on the way comes right the next time; a damaged object does not.
            if (isRight(content.Memory) || attempt == 2)
                return content;
            passed(-content.Length);
            content.Release();
        }
    }

    /// <summary>Receives a large value into a file, in ranges where the service can.</summary>
    /// <param name="key">The key.</param>
    /// <param name="size">Its length; -1 when it is not known.</param>
    /// <param name="path">Absolute path of the file, the same in each session; stays there when the receiving fails.</param>
    /// <param name="wanted">What the bytes must have as MD5; null when nobody knows.</param>
    /// <param name="passed">As above.</param>
    /// <param name="cancellation">Ends the receiving.</param>
    /// <returns>MD5 of what has come. When it is not the wanted one the file has been removed.</returns>
    internal async Task<ContentHash> ReceiveAsync(string key, long size, string path, string? wanted, Action<long> passed, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            long came = 0;
            void Count(long bytes)
            {
                Interlocked.Add(ref came, bytes);
                passed(bytes);
            }
            var hash = size > 0 && Storage.Traits.CanReadRanges
                ? await ranges.ReceiveAsync(key, size, path, Count, cancellation).ConfigureAwait(false)
                : await ReceiveInOneAsync(key, path, Count, cancellation).ConfigureAwait(false);
            if (wanted is null || hash.Hex == wanted)
                return hash;
            ranges.Forget(path);
            if (attempt == 2)
                return hash;
            passed(-came);
        }
    }

    /// <summary>Reads a value and gives the MD5 of its bytes.</summary>
    internal async Task<ContentHash> HashAsync(string key, Action<long> passed, CancellationToken cancellation)
    {
        var found = default(ContentHash);
        await calls.RunAsync(async watch =>
        {
            long came = 0;
            await using var hashing = new HashingStream(Stream.Null, bytes =>
            {
                came += bytes;
                watch.Pass();
            });
            await Storage.GetAsync(key, hashing, ByteRange.Whole, watch.Token).ConfigureAwait(false);
            found = hashing.CurrentHash();
            passed(came);
            return came;
        }, key, 0, cancellation).ConfigureAwait(false);
        return found;
    }

    private async Task PutAsync(string key, RemoteUpload upload, Action<long> passed, CancellationToken cancellation)
    {
        upload.IsReadBack = !Storage.Traits.ChecksArrival && upload.Md5 is not null;
        await calls.RunAsync(async watch =>
        {
            upload.Passing = _ => watch.Pass();
            await Storage.PutAsync(key, upload, watch.Token).ConfigureAwait(false);
            return upload.Size;
        }, key, upload.IsLoaded ? upload.Size : 0, cancellation).ConfigureAwait(false);
        if (!Storage.Traits.ChecksArrival)
            await RequireArrivedAsync(key, upload, cancellation).ConfigureAwait(false);
        passed(upload.Size);
    }

    // Over a way that checks nothing, what is there now is read, and replaced when it is wrong.
    private async Task RequireArrivedAsync(string key, RemoteUpload upload, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            string found;
            try
            {
                // Small values are still in memory, and right: to compare them costs a tenth of a hash.
                if (upload.IsLoaded && await IsSameAsync(key, upload, cancellation).ConfigureAwait(false))
                    return;
                found = (await HashAsync(key, static _ => { }, cancellation).ConfigureAwait(false)).Hex;
            }
            catch (DataVersionException error) when (error.Kind == DataErrorKind.ObjectMissing)
            {
                // Another push may be giving its copy the name: some servers take away first what has it.
                if (attempt < 3)
                {
                    await Task.Delay(Glance * attempt, cancellation).ConfigureAwait(false);
                    continue;
                }
                throw new DataVersionException(DataErrorKind.TransferFailed, $"'{Storage.Place}' accepted '{key}', but has nothing there.", key,
                    "Check the options of the remote (method), and what the server does with uploads.", error);
            }
            if (found == upload.HashOfBytes())
                return;
            if (attempt == 3)
            {
                if (Storage.Traits.CanDelete)
                    await Storage.DeleteAsync(key, cancellation).ConfigureAwait(false);
                throw new DataVersionException(DataErrorKind.TransferFailed, $"What arrives at '{Storage.Place}' is not what was sent ('{key}' has the hash {found} there): the way to it damages data.",
                    key, "Use an address with TLS (https, webdavs, ftps), and look for what stands between here and there.");
            }
            await calls.RunAsync(async watch =>
            {
                upload.Passing = _ => watch.Pass();
                await Storage.PutAsync(key, upload, watch.Token).ConfigureAwait(false);
                return upload.Size;
            }, key, upload.Size, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsSameAsync(string key, RemoteUpload upload, CancellationToken cancellation)
    {
        ComparedBytes? came = null;
        await calls.RunAsync(async watch =>
        {
            came = new ComparedBytes(upload, watch);
            await Storage.GetAsync(key, came, ByteRange.Whole, watch.Token).ConfigureAwait(false);
            return came.Count;
        }, key, 0, cancellation).ConfigureAwait(false);
        return came!.IsSame;
    }

    private async Task<ContentBuffer> ReceiveOnceAsync(string key, long size, Action<long> passed, CancellationToken cancellation)
    {
        ContentBuffer? content = null;
        using (await budget.TakeAsync(Math.Max(size, 0), cancellation).ConfigureAwait(false))
            await calls.RunAsync(async watch =>
            {
                // What a failed attempt has left may still be written to, so it is not used again.
                content = new ContentBuffer(size is > 0 and <= MostInMemory ? (int)size : 1 << 16);
                await Storage.GetAsync(key, new CollectedBytes(content, watch), ByteRange.Whole, watch.Token).ConfigureAwait(false);
                return content.Length;
            }, key, 0, cancellation).ConfigureAwait(false);
        passed(content!.Length);
        return content;
    }

    private async Task<ContentHash> ReceiveInOneAsync(string key, string path, Action<long> passed, CancellationToken cancellation)
    {
        ContentHash hash = default;
        await calls.RunAsync(async watch =>
        {
            long came = 0;
            try
            {
                var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
                await using var stream = new HashingStream(file, bytes =>
                {
                    came += bytes;
                    watch.Pass();
                    passed(bytes);
                });
                await Storage.GetAsync(key, stream, ByteRange.Whole, watch.Token).ConfigureAwait(false);
                hash = stream.CurrentHash();
                return came;
            }
            catch
            {
                passed(-came);
                throw;
            }
        }, key, 0, cancellation).ConfigureAwait(false);
        return hash;
    }

    private sealed class ComparedBytes(RemoteUpload upload, StallWatch watch) : WriteOnlyStream
    {
        private bool isEqual = true;

        public long Count { get; private set; }

        /// <summary>All that has come so far is all of the value.</summary>
        public bool IsSame => isEqual && Count == upload.Size;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            isEqual = isEqual && upload.Holds(Count, buffer);
            Count += buffer.Length;
            watch.Pass();
        }
    }

    private sealed class CollectedBytes(ContentBuffer content, StallWatch watch) : WriteOnlyStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            buffer.CopyTo(content.Free(buffer.Length));
            content.Length += buffer.Length;
            watch.Pass();
        }
    }
}
