using System.Security.Cryptography;
using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;

namespace DataVersion.Engine.Imports;

/// <summary>Receives files of an origin under temporary names, hashed on their way; what failed for now is tried again.</summary>
/// <param name="origin">Where they are.</param>
/// <param name="passed">Receives the number of bytes of each piece; negative when a piece is received again.</param>
/// <param name="repository">Notes what has come of large files of a service, so that they are gone on with; null for none.</param>
/// <param name="context">Trace.</param>
internal sealed class OriginDownload(IDataOrigin origin, Action<long>? passed, Repository? repository, OperationContext context)
{
    private readonly RemoteChannel? channel = repository is not null && origin is StorageOrigin storage ? storage.OpenChannel(repository, context) : null;

    /// <summary>How many files may be received at a time.</summary>
    public int Width => channel?.Width ?? origin.Connections;

    /// <summary>What has come of it before a break is not asked for again.</summary>
    public bool IsResumable(OriginFile file) => channel is not null && file.Size > RemoteChannel.MostInMemory;

    /// <summary>The temporary name for a file: a random one, or of a large file the one it has in each session.</summary>
    public string TemporaryName(string random, OriginFile file) =>
        IsResumable(file) ? channel!.TemporaryName(Path.GetDirectoryName(random)!, ((StorageOrigin)origin).IdentityOf(file)) : random;

    /// <summary>Reads one file without keeping it.</summary>
    /// <returns>The hash of the bytes and their number.</returns>
    /// <exception cref="DataVersionException">As the other.</exception>
    public Task<(ContentHash Hash, long Size)> HashAsync(OriginFile file, CancellationToken cancellation) =>
        ReceiveAsync(file, static () => Stream.Null, static () => { }, cancellation);

    /// <summary>Receives one file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="temporary">Absolute path that does not exist; on an error the caller removes what is there.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The hash of the bytes and their number.</returns>
    /// <exception cref="DataVersionException">ObjectCorrupt: other bytes than the origin's metadata names;
    /// FileChangedDuringRead: another number than was announced.</exception>
    public Task<(ContentHash Hash, long Size)> ReceiveAsync(OriginFile file, string temporary, CancellationToken cancellation) => channel is not null
        ? ReceiveAsync(channel, (StorageOrigin)origin, file, temporary, cancellation) : ReceiveAsync(file,
        () => new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous), () => FileRemoval.Try(temporary), cancellation);

    private async Task<(ContentHash Hash, long Size)> ReceiveAsync(RemoteChannel channel, StorageOrigin origin, OriginFile file, string temporary, CancellationToken cancellation)
    {
        var key = (string)file.Handle!;
        if (file.Size <= RemoteChannel.MostInMemory && file.Size >= 0)
        {
            ContentHash found = default;
            var content = await channel.ReceiveAsync(key, file.Size, bytes =>
            {
                found = new ContentHash(MD5.HashData(bytes.Span));
                return bytes.Length == file.Size && (file.Md5 is null || file.Md5 == found.Hex);
            }, passed ?? (static _ => { }), cancellation).ConfigureAwait(false);
            var came = content.Length;
            Check(file, found, came);
            await File.WriteAllBytesAsync(temporary, content.Memory, cancellation).ConfigureAwait(false);
            content.Release();
            return (found, came);
        }
        var hash = await channel.ReceiveAsync(key, file.Size, temporary, file.Md5, passed ?? (static _ => { }), cancellation).ConfigureAwait(false);
        var size = new FileInfo(temporary) is { Exists: true, Length: var length } ? length : -1;
        Check(file, hash, size);
        if (file.Size >= 0)
            await origin.RequireUnchangedAsync(file, context, cancellation).ConfigureAwait(false);
        return (hash, size);
    }

    private void Check(OriginFile file, ContentHash hash, long received)
    {
        if (file.Size >= 0 && received >= 0 && received != file.Size)
            throw new DataVersionException(DataErrorKind.FileChangedDuringRead,
                $"'{file.Path}' of '{origin.Place}' was announced with {file.Size} bytes, but {received} came: it changed while it was read.", file.Path, "Run the command again.");
        if ((file.Md5 ?? (file.Hash is { Algorithm: ContentHashAlgorithm.Md5 } tracked ? tracked.Hex : null)) is { } wanted && wanted != hash.Hex)
            throw new DataVersionException(DataErrorKind.ObjectCorrupt,
                $"'{file.Path}' of '{origin.Place}' is damaged: its bytes have the hash {hash.Hex}, not {wanted}. Nothing was stored.", file.Path, "Put it there again.");
    }

    private async Task<(ContentHash Hash, long Size)> ReceiveAsync(OriginFile file, Func<Stream> create, Action remove, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var received = 0L;
            try
            {
                var hash = await ReceiveOnceAsync(file, create, count => received += count, cancellation).ConfigureAwait(false);
                Check(file, hash, received);
                return (hash, received);
            }
            catch (TransientRemoteException error) when (attempt < RemoteRetry.Attempts)
            {
                passed?.Invoke(-received);
                remove();
                await Task.Delay(RemoteRetry.DelayAfter(attempt, error), cancellation).ConfigureAwait(false);
            }
        }
    }

    private async Task<ContentHash> ReceiveOnceAsync(OriginFile file, Func<Stream> create, Action<long> count, CancellationToken cancellation)
    {
        var stall = origin is StorageOrigin service ? service.Stall : Timeout.InfiniteTimeSpan;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(stall);
        var target = create();
        try
        {
            await using var stream = new HashingStream(target, bytes =>
            {
                limit.CancelAfter(stall);
                count(bytes);
                passed?.Invoke(bytes);
            });
            await origin.CopyAsync(file, stream, limit.Token).ConfigureAwait(false);
            return stream.CurrentHash();
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientRemoteException($"'{origin.Place}' sent nothing for {stall.TotalSeconds:0} s.", file.Path, error);
        }
    }
}
