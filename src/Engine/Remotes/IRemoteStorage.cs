namespace DataVersion.Engine.Remotes;

/// <summary>Something a remote holds.</summary>
/// <param name="Key">Its name: parts with <c>/</c> between them, relative to the remote.</param>
/// <param name="Size">Length in bytes; -1 when the service does not tell.</param>
/// <param name="IsSettled">False when the storage sees that it may have been altered or cut short since it was stored; its
/// bytes are read before it is trusted. (A folder: the mode is not the 0444 of a finished object.)</param>
public readonly record struct RemoteItem(string Key, long Size, bool IsSettled = true);

/// <summary>
/// A storage service as the engine sees it: whole values under keys, nothing about hashes or repositories. One instance
/// serves one command; all members may be called several at a time. What does not work is thrown as
/// <see cref="DataVersionException"/>: <see cref="DataErrorKind.RemoteFailed"/> when the service as a whole cannot be used,
/// <see cref="DataErrorKind.ObjectMissing"/> when there is nothing under a key, others for one value.
/// </summary>
public interface IRemoteStorage : IAsyncDisposable
{
    /// <summary>Where the remote is, for messages; without secrets.</summary>
    string Place { get; }

    /// <summary>How many calls at a time suit the service when the user does not say.</summary>
    int Connections { get; }

    /// <summary>Asks for many keys at once; how (one by one, by listing) is the storage's business.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>For each key what is there, or null.</returns>
    Task<IReadOnlyList<RemoteItem?>> ExistsAsync(IReadOnlyList<string> keys, CancellationToken cancellation);

    /// <summary>Everything whose key begins with a prefix; temporary names and unfinished uploads are left out.</summary>
    /// <param name="prefix">Whole parts that end with <c>/</c>; empty for everything.</param>
    /// <param name="cancellation">Ends the listing.</param>
    IAsyncEnumerable<RemoteItem> ListAsync(string prefix, CancellationToken cancellation);

    /// <summary>Writes the bytes under a key to a stream. The caller checks them.</summary>
    Task GetAsync(string key, Stream target, CancellationToken cancellation);

    /// <summary>
    /// Stores a value under a key, in the place of what may be there. It appears as a whole, and only after
    /// <see cref="RemoteUpload"/> has given its last byte without an exception: wrong bytes never get a name.
    /// </summary>
    Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation);

    /// <summary>Deletes what is under a key; false when nothing was there.</summary>
    Task<bool> DeleteAsync(string key, CancellationToken cancellation);

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
