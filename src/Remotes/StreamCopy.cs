using System.Buffers;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes;

/// <summary>Answers of services on their way to the engine.</summary>
internal static class StreamCopy
{
    /// <summary>Copies a body, and requires it to be as long as announced.</summary>
    /// <param name="source">The body.</param>
    /// <param name="target">Receives it.</param>
    /// <param name="announced">Bytes that the service announced; negative when it did not.</param>
    /// <param name="place">Where the remote is.</param>
    /// <param name="key">What is read.</param>
    /// <param name="cancellation">Ends the copying.</param>
    /// <exception cref="TransientRemoteException">Fewer bytes came, or the connection broke.</exception>
    public static async Task CopyAsync(Stream source, Stream target, long announced, string place, string key, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 17);
        long copied = 0;
        try
        {
            while (true)
            {
                int read;
                try
                {
                    read = TransferThread.IsCurrent ? source.Read(buffer) : await source.ReadAsync(buffer, cancellation).ConfigureAwait(false);
                }
                // Of the source only: an error of the target is another matter.
                catch (Exception error) when (!cancellation.IsCancellationRequested && error is IOException or HttpRequestException)
                {
                    throw new TransientRemoteException($"The connection to '{place}' broke while '{key}' was read: {error.Message}", key, error);
                }
                if (read == 0)
                    break;
                await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
                copied += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
        if (announced >= 0 && copied < announced)
            throw new TransientRemoteException($"'{place}' sent {copied:N0} of {announced:N0} bytes of '{key}'.", key);
    }
}
