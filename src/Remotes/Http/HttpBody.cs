using System.Net;
using System.Net.Http.Headers;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Http;

/// <summary>A value as the body of a request. Its length goes ahead, so that a server can tell when it was broken off.</summary>
internal sealed class HttpBody : HttpContent
{
    private readonly RemoteUpload upload;

    public HttpBody(RemoteUpload upload)
    {
        this.upload = upload;
        Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
    }

    /// <summary>Why the value could not be read to its end; null when that was not the reason.</summary>
    public Exception? Failure { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        upload.IsLoaded ? upload.WriteToAsync(stream, cancellationToken) : ReadAndWriteAsync(stream, cancellationToken);

    private async Task ReadAndWriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent((int)Math.Clamp(upload.Size, 1, 1 << 18));
        try
        {
            await using var source = Read(upload.OpenRead);
            for (int count; (count = await ReadAsync(source, buffer, cancellationToken).ConfigureAwait(false)) > 0;)
                if (TransferThread.IsCurrent)
                    stream.Write(buffer, 0, count);
                else
                    await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override void SerializeToStream(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        SerializeToStreamAsync(stream, context, cancellationToken).GetAwaiter().GetResult();

    protected override bool TryComputeLength(out long length)
    {
        length = upload.Size;
        return true;
    }

    private async ValueTask<int> ReadAsync(Stream source, byte[] buffer, CancellationToken cancellation)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Failure = error;
            throw;
        }
    }

    private Stream Read(Func<Stream> open)
    {
        try
        {
            return open();
        }
        catch (Exception error)
        {
            Failure = error;
            throw;
        }
    }
}
