using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Ftp;

/// <summary>Large values in parts, one after the other: each is put at its place in a temporary file (REST), whose length tells
/// how many are whole.</summary>
internal sealed class FtpPartUploads(FtpStorage storage) : IPartUploads
{
    /// <inheritdoc/>
    public PartRules Rules { get; } = new(16 << 20, 1_000_000, IsSequential: true);

    /// <inheritdoc/>
    public Task<IPartUpload> BeginAsync(string key, PartLayout layout, CancellationToken cancellation) => storage.UseAsync<IPartUpload>(async connection =>
    {
        var temporary = storage.TemporaryPathOf(connection, key);
        await storage.StoreAsync(connection, "STOR", temporary, 0, key, static _ => Task.CompletedTask, cancellation).ConfigureAwait(false);
        return new FtpPartUpload(storage, key, temporary, layout, 0);
    }, cancellation);

    /// <inheritdoc/>
    public Task<IPartUpload?> ResumeAsync(string key, string token, PartLayout layout, CancellationToken cancellation) => storage.UseAsync<IPartUpload?>(async connection =>
    {
        // A token comes from a file of state, which may hold anything.
        if (!AtomicFile.IsTemporaryName(token) || token.Contains('/', StringComparison.Ordinal))
            return null;
        var path = storage.TemporaryPathOf(connection, key);
        path = path[..(path.LastIndexOf('/') + 1)] + token;
        return await FtpStorage.SizeAsync(connection, path, cancellation).ConfigureAwait(false) is { } size && size <= layout.Size
            ? new FtpPartUpload(storage, key, path, layout, size == layout.Size ? layout.Count : (int)(size / layout.PartSize)) : null;
    }, cancellation);
}

/// <summary>An upload in parts.</summary>
internal sealed class FtpPartUpload(FtpStorage storage, string key, string temporary, PartLayout layout, int present) : IPartUpload
{
    /// <inheritdoc/>
    public string Token => temporary[(temporary.LastIndexOf('/') + 1)..];

    /// <inheritdoc/>
    public IReadOnlyCollection<int> Present { get; } = [.. Enumerable.Range(0, present)];

    /// <inheritdoc/>
    public Task PutAsync(int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => storage.UseAsync(async connection =>
    {
        var from = number * layout.PartSize;
        var size = await FtpStorage.SizeAsync(connection, temporary, cancellation).ConfigureAwait(false);
        // What is left of a part that broke off is written over.
        await storage.StoreAsync(connection, from > 0 && size == from ? "APPE" : "STOR", temporary, size == from ? 0 : from, key,
            target => target.WriteAsync(bytes, cancellation).AsTask(), cancellation).ConfigureAwait(false);
        var now = await FtpStorage.SizeAsync(connection, temporary, cancellation).ConfigureAwait(false);
        return now == from + bytes.Length ? true
            : throw new TransientRemoteException($"Could not store '{key}': the server has {now ?? 0} bytes of it, not {from + bytes.Length}.", key);
    }, cancellation);

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken cancellation) => storage.UseAsync(async connection =>
    {
        await storage.FinishAsync(connection, temporary, key, layout.Size, cancellation).ConfigureAwait(false);
        return true;
    }, cancellation);

    /// <inheritdoc/>
    public Task AbortAsync(CancellationToken cancellation) => storage.UseAsync(async connection => (await connection.SendAsync("DELE " + temporary, cancellation).ConfigureAwait(false)).IsSuccess, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
