using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;

namespace DataVersion.Engine.Imports;

/// <summary>Receives files of an origin under temporary names, hashed on their way; what failed for now is tried again.</summary>
/// <param name="origin">Where they are.</param>
/// <param name="passed">Receives the number of bytes of each piece; negative when a piece is received again.</param>
internal sealed class OriginDownload(IDataOrigin origin, Action<long>? passed = null)
{
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
    public Task<(ContentHash Hash, long Size)> ReceiveAsync(OriginFile file, string temporary, CancellationToken cancellation) => ReceiveAsync(file,
        () => new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous), () => FileRemoval.Try(temporary), cancellation);

    private async Task<(ContentHash Hash, long Size)> ReceiveAsync(OriginFile file, Func<Stream> create, Action remove, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var received = 0L;
            try
            {
                var hash = await ReceiveOnceAsync(file, create, count => received += count, cancellation).ConfigureAwait(false);
                if (file.Size >= 0 && received != file.Size)
                    throw new DataVersionException(DataErrorKind.FileChangedDuringRead,
                        $"'{file.Path}' of '{origin.Place}' was announced with {file.Size} bytes, but {received} came: it changed while it was read.", file.Path, "Run the command again.");
                if (file.Hash is { Algorithm: ContentHashAlgorithm.Md5 } wanted && wanted.Hex != hash.Hex)
                    throw new DataVersionException(DataErrorKind.ObjectCorrupt,
                        $"The object {wanted} of '{origin.Place}' is damaged: its bytes have the hash {hash.Hex}. Nothing was stored.", file.Path, "Push it there again from a clone that has it.");
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
        var stall = origin is StorageOrigin storage ? storage.Stall : Timeout.InfiniteTimeSpan;
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
