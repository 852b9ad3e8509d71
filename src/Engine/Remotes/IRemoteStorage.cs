using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>What a storage service can do and what suits it.</summary>
public sealed record StorageTraits
{
    /// <summary>Calls at a time to begin with, when the user does not say.</summary>
    public int Connections { get; init; } = 8;

    /// <summary>Most calls at a time that the engine may grow to, when the user does not say.</summary>
    public int MostConnections { get; init; } = 32;

    /// <summary>Keys can be listed.</summary>
    public bool CanList { get; init; } = true;

    /// <summary>Keys that one request of a listing gives, of whatever folders; 0 for services that list folder by folder.</summary>
    public int PageSize { get; init; }

    /// <summary>Values can be deleted.</summary>
    public bool CanDelete { get; init; } = true;

    /// <summary>Values that one request deletes; 1 where each takes a request.</summary>
    public int DeleteBatch { get; init; } = 1;

    /// <summary>Ranges can be read.</summary>
    public bool CanReadRanges { get; init; } = true;

    /// <summary>Bytes that the service sends, or is asked for, beyond a range that is read: calls should be large against it.</summary>
    public long ReadAhead { get; init; }

    /// <summary>The way to the service, or the service, checks that the bytes which arrive are those that were sent (TLS, SSH,
    /// Content-MD5). When nobody does, the engine reads what it has sent.</summary>
    public bool ChecksArrival { get; init; } = true;

    /// <summary>On a <see cref="TransferThread"/> values move without any other thread. Not over TLS: its handshake makes a socket one that
    /// never blocks again.</summary>
    public bool CanBlock { get; init; }

    /// <summary>An id of a version proves that old versions are kept. (Google gives each object a generation, kept or not.)</summary>
    public bool VersionsAreKept { get; init; } = true;

    /// <summary>A call during which no byte passes for so long has failed, and is tried again.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The same, with as many calls at a time as the remote's option <c>jobs</c> says, when it says something.</summary>
    public StorageTraits Within(RemoteConfiguration remote) => remote.Jobs is { } jobs ? this with { Connections = jobs, MostConnections = jobs } : this;
}

/// <summary>What a look at a service shows, for people who wonder why it does not work.</summary>
public sealed record StorageFacts
{
    /// <summary>Who the service takes us for: kind of credentials and where they came from, without any secret.</summary>
    public required string Credentials { get; init; }

    /// <summary>The clock of the service; null when it does not tell.</summary>
    public DateTimeOffset? Clock { get; init; }

    /// <summary>What the service calls itself (Server header, banner); null when it does not tell.</summary>
    public string? Service { get; init; }
}

/// <summary>
/// A storage service as the engine sees it: whole values under keys, nothing about hashes or repositories. One instance
/// serves one command; all members may be called several at a time. What does not work is thrown as
/// <see cref="DataVersionException"/>: <see cref="TransientRemoteException"/> when the same call may work a little later (the
/// engine repeats it: a storage never does, and switches off what its library does), <see cref="DataErrorKind.RemoteFailed"/>
/// when the service as a whole cannot be used (wrong credentials, no such bucket, refused certificate),
/// <see cref="DataErrorKind.ObjectMissing"/> when there is nothing under a key, others for one value. No message carries a secret.
/// </summary>
public interface IRemoteStorage : IAsyncDisposable
{
    /// <summary>Where the remote is, for messages; without secrets.</summary>
    string Place { get; }

    /// <summary>What the service can do.</summary>
    StorageTraits Traits { get; }

    /// <summary>Asks for one key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>What is there; null for nothing, and for a folder.</returns>
    Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation);

    /// <summary>Everything whose key begins with a prefix, in any order; temporary names and unfinished uploads are left out.
    /// Nothing there is no error. Only when <see cref="StorageTraits.CanList"/>.</summary>
    /// <param name="prefix">Whole parts that end with <c>/</c>; empty for everything.</param>
    /// <param name="cancellation">Ends the listing.</param>
    IAsyncEnumerable<RemoteItem> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>Writes the bytes under a key to a stream, in order. The caller checks them. Fewer bytes than the service
    /// announced are a <see cref="TransientRemoteException"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="target">Receives the bytes; not closed.</param>
    /// <param name="range">Which; a part only when <see cref="StorageTraits.CanReadRanges"/>.</param>
    /// <param name="cancellation">Ends the reading.</param>
    Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation);

    /// <summary>
    /// Stores a value under a key, in the place of what may be there. It appears as a whole, and only after
    /// <see cref="RemoteUpload"/> has given its last byte without an exception: wrong bytes never get a name. Of an upload that
    /// is cancelled or fails, nothing is seen under the key.
    /// </summary>
    Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation);

    /// <summary>Uploads of large values in parts; null when the service has no such thing.</summary>
    IPartUploads? Parts => null;

    /// <summary>Deletes what is under a key; false when nothing was there (true when the service does not tell).</summary>
    Task<bool> DeleteAsync(string key, CancellationToken cancellation);

    /// <summary>Deletes many values with one request. Only when <see cref="StorageTraits.DeleteBatch"/> is more than 1.</summary>
    /// <param name="keys">At most <see cref="StorageTraits.DeleteBatch"/>.</param>
    /// <param name="cancellation">Ends the waiting for the answer.</param>
    /// <returns>What could not be deleted, and why; a <see cref="TransientRemoteException"/> where it may work a little later.</returns>
    Task<IReadOnlyDictionary<string, DataVersionException>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Whether what a value replaces is kept as an old version; null when that cannot be found out without storing something.</summary>
    Task<bool?> KeepsVersionsAsync(CancellationToken cancellation) => Task.FromResult<bool?>(null);

    /// <summary>Logs in and looks around: who we are there, and its clock. Changes nothing.</summary>
    Task<StorageFacts> ExamineAsync(CancellationToken cancellation) => Task.FromResult(new StorageFacts { Credentials = "none" });

    /// <summary>
    /// The file behind a key, for storages that are folders of this machine, whether it exists or not: the engine then reads
    /// and clones it itself. Null for every other storage.
    /// </summary>
    string? LocalPathOf(string key) => null;

    /// <summary>
    /// The file behind a key, whose folder is made when it is not there: the engine then puts a value there itself, complete
    /// and right before it has its name, and in the place of what may be there. Null for every other storage.
    /// </summary>
    /// <exception cref="IOException">The folder cannot be made.</exception>
    string? PreparePathOf(string key) => null;

    /// <summary>
    /// Throws when the remote cannot be read at all (a folder that is not there, an unknown bucket), so that nobody is told
    /// that all objects are missing when only a disk is not mounted. Called before the first read.
    /// </summary>
    Task RequireReadableAsync(CancellationToken cancellation) => Task.CompletedTask;
}
