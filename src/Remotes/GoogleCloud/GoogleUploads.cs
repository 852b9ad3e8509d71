using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.GoogleCloud;

/// <summary>
/// Resumable uploads. The service takes bytes in order, says with 308 and Range how many it has, and makes the object as soon as
/// it has all; so the last bytes are held back until the upload is to be completed. Source: the JSON interface's resumable uploads.
/// </summary>
internal sealed class GoogleUploads(GoogleCalls calls, RemoteAddress address) : IPartUploads
{
    private const HttpStatusCode GoOn = (HttpStatusCode)308;

    /// <summary>All pieces but the last are multiples of this.</summary>
    private const int Unit = 256 << 10;

    public PartRules Rules { get; } = new(Unit, int.MaxValue, IsSequential: true);

    public async Task<IPartUpload> BeginAsync(string key, PartLayout layout, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{calls.Service}/upload/storage/v1/b/{Uri.EscapeDataString(address.Host)}/o?uploadType=resumable")
        {
            Content = new ByteArrayContent(GoogleStorage.Describe(address.FullKey(key), Md5Of(layout.Hash))) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "UTF-8") } },
        };
        request.Headers.Add("X-Upload-Content-Type", "application/octet-stream");
        request.Headers.Add("X-Upload-Content-Length", layout.Size.ToString(CultureInfo.InvariantCulture));
        using var answer = await calls.SendAsync(request, $"begin to store '{key}'", key, cancellation).ConfigureAwait(false);
        var session = answer.Headers.Location ?? throw new DataVersionException(DataErrorKind.TransferFailed, $"'{calls.Place}' gave no address for the upload of '{key}'.", key, "Check the option endpointurl of the remote.");
        return new Upload(calls, key, layout, session.ToString(), 0);
    }

    public async Task<IPartUpload?> ResumeAsync(string key, string token, PartLayout layout, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(token, UriKind.Absolute, out _))
            return null;
        var upload = new Upload(calls, key, layout, token, -1);
        try
        {
            await upload.AskAsync(cancellation).ConfigureAwait(false);
            return upload;
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.ObjectMissing)
        {
            return null;
        }
    }

    private static byte[]? Md5Of(ContentHash hash) => hash.Equals(default) || (hash.Algorithm != ContentHashAlgorithm.Md5 && !hash.IsDirectory) ? null : Convert.FromHexString(hash.Hex);

    private sealed class Upload(GoogleCalls calls, string key, PartLayout layout, string session, long received) : IPartUpload
    {
        // Bytes that the service has; -1 when that must be asked first.
        private long received = received;
        private byte[] held = [];
        private bool isComplete;

        public string Token => session;

        public RemoteItem? Stored { get; private set; }

        public IReadOnlyCollection<int> Present => [.. Enumerable.Range(0, isComplete ? layout.Count : (int)(Math.Max(0, received) / layout.PartSize))];

        /// <summary>Asks how many bytes the service has.</summary>
        /// <exception cref="DataVersionException">ObjectMissing: it has forgotten the upload.</exception>
        public async Task AskAsync(CancellationToken cancellation)
        {
            using var content = new ByteArrayContent([]) { Headers = { ContentRange = new ContentRangeHeaderValue(layout.Size) } };
            await SendAsync(content, $"go on with '{key}'", cancellation).ConfigureAwait(false);
        }

        public async Task PutAsync(int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            if (received < 0)
                await AskAsync(cancellation).ConfigureAwait(false);
            if (isComplete)
                return;
            var start = number * layout.PartSize;
            var end = start + bytes.Length;
            if (received < start)
                throw new DataVersionException(DataErrorKind.ObjectMissing, $"'{calls.Place}' has lost a part of '{key}' that it had confirmed.", key, "Run the command again: it is sent from the start.");
            // With the last byte the object would be there.
            var last = end == layout.Size ? (end - 1) / Unit * Unit : end;
            while (received < last && !isComplete)
            {
                var before = received;
                using var content = new ReadOnlyMemoryContent(bytes[(int)(received - start)..(int)(last - start)]);
                content.Headers.ContentRange = new ContentRangeHeaderValue(received, last - 1, layout.Size);
                await SendAsync(content, $"store a part of '{key}'", cancellation).ConfigureAwait(false);
                if (received <= before && !isComplete)
                    throw new TransientRemoteException($"'{calls.Place}' took none of the bytes of '{key}'.", key);
            }
            if (end == layout.Size)
                held = bytes[(int)(last - start)..].ToArray();
        }

        public async Task CompleteAsync(CancellationToken cancellation)
        {
            if (!isComplete && received < 0)
                await AskAsync(cancellation).ConfigureAwait(false);
            if (isComplete)
                return;
            if (received != layout.Size - held.Length)
                throw new DataVersionException(DataErrorKind.ObjectMissing, $"'{calls.Place}' has lost a part of '{key}' that it had confirmed.", key, "Run the command again: it is sent from the start.");
            using var content = new ByteArrayContent(held);
            content.Headers.ContentRange = layout.Size == 0 ? new ContentRangeHeaderValue(0) : new ContentRangeHeaderValue(received, layout.Size - 1, layout.Size);
            await SendAsync(content, $"finish '{key}'", cancellation).ConfigureAwait(false);
            if (!isComplete)
                throw new TransientRemoteException($"'{calls.Place}' did not take the last bytes of '{key}'.", key);
        }

        public async Task AbortAsync(CancellationToken cancellation)
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, session) { Content = new ByteArrayContent([]) };
            using var answer = await calls.SendAsync(request, $"give up '{key}'", key, cancellation, (HttpStatusCode)499, HttpStatusCode.NotFound, HttpStatusCode.Gone).ConfigureAwait(false);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task SendAsync(HttpContent content, string what, CancellationToken cancellation)
        {
            // Unknown until an answer tells.
            received = -1;
            using var request = new HttpRequestMessage(HttpMethod.Put, session) { Content = content };
            using var answer = await calls.SendAsync(request, what, key, cancellation, GoOn).ConfigureAwait(false);
            // Of an answer that is damaged the service is asked once more.
            if (answer.StatusCode != GoOn)
                Stored = await GoogleStorage.ItemOfAsync(answer, calls.Place, key, cancellation).ConfigureAwait(false);
            isComplete = Stored is not null;
            received = isComplete ? layout.Size
                : answer.Headers.TryGetValues("Range", out var values) && values.First() is var range && long.TryParse(range.AsSpan(range.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var lastByte)
                    ? lastByte + 1 : 0;
        }
    }
}
