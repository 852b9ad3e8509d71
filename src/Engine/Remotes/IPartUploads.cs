namespace DataVersion.Engine.Remotes;

/// <summary>How a service wants large values cut.</summary>
/// <param name="LeastPart">Least bytes of every part but the last.</param>
/// <param name="MostParts">Most parts of one value.</param>
/// <param name="IsSequential">Parts go one after the other, from the first (resumable uploads, appending to a file).</param>
public sealed record PartRules(long LeastPart, int MostParts, bool IsSequential);

/// <summary>A value cut into equal parts; the last one may be shorter.</summary>
/// <param name="Size">Bytes of the value.</param>
/// <param name="PartSize">Bytes of a part.</param>
/// <param name="Hash">What the value has as hash.</param>
public sealed record PartLayout(long Size, long PartSize, ContentHash Hash)
{
    /// <summary>Number of parts, at least one.</summary>
    public int Count => (int)Math.Max(1, (Size + PartSize - 1) / PartSize);

    /// <summary>Bytes of a part, numbered from 0.</summary>
    public long LengthOf(int number) => Math.Min(PartSize, Size - number * PartSize);
}

/// <summary>Large values in parts: several at a time where the service can, and gone on with after a break. The value appears
/// under its key when the upload is completed, not before.</summary>
public interface IPartUploads
{
    /// <summary>How the service wants values cut.</summary>
    PartRules Rules { get; }

    /// <summary>Begins an upload.</summary>
    Task<IPartUpload> BeginAsync(string key, PartLayout layout, CancellationToken cancellation);

    /// <summary>Goes on with an upload of this or an earlier session.</summary>
    /// <param name="key">The key.</param>
    /// <param name="token">What <see cref="IPartUpload.Token"/> said.</param>
    /// <param name="layout">The layout it was begun with.</param>
    /// <param name="cancellation">Ends the asking.</param>
    /// <returns>Null when the service knows nothing of it any more.</returns>
    Task<IPartUpload?> ResumeAsync(string key, string token, PartLayout layout, CancellationToken cancellation);
}

/// <summary>An upload in parts. Errors are those of <see cref="IRemoteStorage"/>; a part that failed can be sent again.</summary>
public interface IPartUpload : IAsyncDisposable
{
    /// <summary>What a later session needs to go on (upload id, session address, temporary name); never a secret that outlives
    /// the upload.</summary>
    string Token { get; }

    /// <summary>Which parts the service has, as it says now; of a sequential upload the first ones.</summary>
    IReadOnlyCollection<int> Present { get; }

    /// <summary>Sends a part.</summary>
    /// <param name="number">From 0.</param>
    /// <param name="bytes">All its bytes; may be used until the call has ended.</param>
    /// <param name="cancellation">Ends the sending.</param>
    Task PutAsync(int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellation);

    /// <summary>Gives the value its name. All parts are there, and their bytes have been found right.</summary>
    Task CompleteAsync(CancellationToken cancellation);

    /// <summary>After the completion what the service says it has stored; null when it does not tell.</summary>
    RemoteItem? Stored => null;

    /// <summary>Gives the upload up; the service forgets the parts.</summary>
    Task AbortAsync(CancellationToken cancellation);
}
