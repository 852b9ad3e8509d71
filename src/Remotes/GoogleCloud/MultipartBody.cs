using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.GoogleCloud;

/// <summary>The body of an upload in one request: what is said of the object in JSON, and its bytes, of known length.
/// Source: the JSON interface's multipart uploads (RFC 2387).</summary>
internal sealed class MultipartBody : HttpContent
{
    private readonly RemoteUpload content;
    private readonly byte[] before;
    private readonly byte[] after;

    public MultipartBody(byte[] metadata, RemoteUpload content)
    {
        this.content = content;
        var boundary = "dv-" + Guid.NewGuid().ToString("N");
        before = [.. Encoding.ASCII.GetBytes($"--{boundary}\r\nContent-Type: application/json; charset=UTF-8\r\n\r\n"), .. metadata,
            .. Encoding.ASCII.GetBytes($"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n\r\n")];
        after = Encoding.ASCII.GetBytes($"\r\n--{boundary}--\r\n");
        Headers.ContentType = MediaTypeHeaderValue.Parse($"multipart/related; boundary={boundary}");
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(before, cancellationToken).ConfigureAwait(false);
        var source = content.OpenRead();
        await using (source.ConfigureAwait(false))
            await source.CopyToAsync(stream, 1 << 17, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(after, cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = before.Length + content.Size + after.Length;
        return true;
    }
}
