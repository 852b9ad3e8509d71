using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Runtime.InteropServices;
using Amazon.S3;
using Amazon.S3.Model;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.S3;

/// <summary>Multipart uploads, made with the single calls: the SDK's own transfer class cannot be told to leave out what other
/// services than Amazon's refuse.</summary>
/// <param name="storage">The storage.</param>
/// <param name="options">What is said of every object.</param>
/// <param name="leastPart">Least bytes of a part that the user wants; 0 for no wish.</param>
internal sealed class S3PartUploads(S3Storage storage, S3ObjectOptions options, long leastPart) : IPartUploads
{
    public PartRules Rules { get; } = new(Math.Max(5 << 20, leastPart), 10_000, IsSequential: false);

    public async Task<IPartUpload> BeginAsync(string key, PartLayout layout, CancellationToken cancellation)
    {
        var begun = await storage.CallAsync($"begin to store '{key}'", key, client => client.InitiateMultipartUploadAsync(options.Apply(
            new InitiateMultipartUploadRequest { BucketName = storage.Bucket, Key = storage.FullKey(key) }), cancellation), cancellation).ConfigureAwait(false);
        return new Upload(storage, options, key, layout, begun.UploadId, []);
    }

    public async Task<IPartUpload?> ResumeAsync(string key, string token, PartLayout layout, CancellationToken cancellation)
    {
        var present = new ConcurrentDictionary<int, string>();
        try
        {
            var request = new ListPartsRequest { BucketName = storage.Bucket, Key = storage.FullKey(key), UploadId = token };
            for (bool? more = true; more == true;)
            {
                var page = await storage.CallAsync($"go on with '{key}'", key, client => client.ListPartsAsync(request, cancellation), cancellation).ConfigureAwait(false);
                foreach (var part in page.Parts ?? [])
                    if (part.PartNumber is { } number && number >= 1 && number <= layout.Count && part.Size == layout.LengthOf(number - 1))
                        present[number - 1] = part.ETag;
                (more, request.PartNumberMarker) = (page.IsTruncated, page.NextPartNumberMarker?.ToString(CultureInfo.InvariantCulture));
            }
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.ObjectMissing)
        {
            return null;
        }
        return new Upload(storage, options, key, layout, token, present);
    }

    private sealed class Upload(S3Storage storage, S3ObjectOptions options, string key, PartLayout layout, string id, ConcurrentDictionary<int, string> parts) : IPartUpload
    {
        public string Token => id;

        public RemoteItem? Stored { get; private set; }

        public IReadOnlyCollection<int> Present => [.. parts.Keys.Order()];

        public async Task PutAsync(int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            parts[number] = await storage.CallAsync($"store a part of '{key}'", key, async client =>
            {
                if (await PutDirectAsync(number, bytes, cancellation).ConfigureAwait(false) is { } tag)
                    return tag;
                using var content = MemoryMarshal.TryGetArray(bytes, out var array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(bytes.ToArray());
                var sent = await client.UploadPartAsync(options.Apply(new UploadPartRequest
                {
                    BucketName = storage.Bucket, Key = storage.FullKey(key), UploadId = id, PartNumber = number + 1, PartSize = bytes.Length, InputStream = content,
                    UseChunkEncoding = false, DisablePayloadSigning = storage.SignsPayload ? null : true,
                    MD5Digest = storage.SignsPayload ? null : Convert.ToBase64String(MD5.HashData(bytes.Span)),
                }), cancellation).ConfigureAwait(false);
                return sent.ETag;
            }, cancellation).ConfigureAwait(false);
        }

        public async Task CompleteAsync(CancellationToken cancellation)
        {
            var request = new CompleteMultipartUploadRequest
            {
                BucketName = storage.Bucket, Key = storage.FullKey(key), UploadId = id,
                PartETags = [.. parts.OrderBy(p => p.Key).Select(p => new PartETag(p.Key + 1, p.Value))],
            };
            try
            {
                var answer = await storage.CallAsync($"finish '{key}'", key, client => client.CompleteMultipartUploadAsync(request, cancellation), cancellation).ConfigureAwait(false);
                Stored = S3Storage.StoredAs(key, layout.Size, answer.ETag, answer.VersionId);
            }
            catch (DataVersionException error) when (error.Kind == DataErrorKind.ObjectMissing)
            {
                // Finished by a call whose answer was lost?
                if (await storage.FindAsync(key, cancellation).ConfigureAwait(false) is not { } found || found.Size != layout.Size || found.ETag != WholeTag())
                    throw;
                Stored = found;
            }
        }

        public async Task AbortAsync(CancellationToken cancellation)
        {
            try
            {
                await storage.CallAsync($"give up '{key}'", key, client => client.AbortMultipartUploadAsync(
                    new AbortMultipartUploadRequest { BucketName = storage.Bucket, Key = storage.FullKey(key), UploadId = id }, cancellation), cancellation).ConfigureAwait(false);
            }
            catch (DataVersionException error) when (error.Kind == DataErrorKind.ObjectMissing)
            {
                // It is gone already.
            }
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        private async Task<string?> PutDirectAsync(int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
        {
            if (storage.Direct is not { } direct)
                return null;
            var content = new ReadOnlyMemoryContent(bytes);
            content.Headers.ContentMD5 = storage.SignsPayload ? null : MD5.HashData(bytes.Span);
            var query = string.Create(CultureInfo.InvariantCulture, $"partNumber={number + 1}&uploadId={Uri.EscapeDataString(id)}");
            using var answer = await direct.SendAsync(HttpMethod.Put, storage.FullKey(key), query, direct.SendingPart, content,
                storage.SignsPayload ? Convert.ToHexStringLower(SHA256.HashData(bytes.Span)) : S3Signature.Unsigned, null, cancellation).ConfigureAwait(false);
            return answer is null ? null : S3Direct.Header(answer, "ETag");
        }

        // The ETag of an object in parts: MD5 of the MD5s, a dash, the number of parts. Of encrypted objects it is another.
        private string? WholeTag()
        {
            var all = new List<byte>();
            foreach (var (_, tag) in parts.OrderBy(p => p.Key))
            {
                if (S3Storage.Md5Of(tag) is not { } md5)
                    return null;
                all.AddRange(Convert.FromHexString(md5));
            }
            return $"{Convert.ToHexStringLower(MD5.HashData(CollectionsMarshal.AsSpan(all)))}-{parts.Count.ToString(CultureInfo.InvariantCulture)}";
        }
    }
}
