using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Util;
using Amazon.S3;
using Amazon.S3.Model;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Http;
using ByteRange = DataVersion.Engine.Remotes.ByteRange;

namespace DataVersion.Remotes.S3;

/// <summary>
/// A bucket of Amazon S3 or of a service that speaks its protocol. A key that ends with <c>?versionId=…</c> is read in that
/// version, as in DVC's addresses.
/// </summary>
internal sealed partial class S3Storage : IRemoteStorage
{
    private readonly RemoteAddress address;
    private readonly S3Settings settings;
    private readonly S3ObjectOptions options;
    private readonly SemaphoreSlim opening = new(1, 1);
    private readonly S3PartUploads parts;
    private readonly S3Deletions deletions;
    private S3Session? session;

    /// <summary>Takes the options of a remote; nothing is contacted.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: options that cannot be.</exception>
    public S3Storage(RemoteConfiguration remote)
        : this(remote, Environment.GetEnvironmentVariable, Environment.GetFolderPath(Environment.SpecialFolder.UserProfile))
    {
    }

    /// <summary>The same with an environment and a home folder of the caller's.</summary>
    internal S3Storage(RemoteConfiguration remote, Func<string, string?> environment, string home)
    {
        address = RemoteAddress.Parse(remote.Url);
        settings = new S3Settings(remote, environment, home);
        options = new S3ObjectOptions(settings);
        var most = int.TryParse(settings.S3("max_concurrent_requests"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : 64;
        Traits = new StorageTraits { Connections = Math.Min(12, most), MostConnections = most, PageSize = 1000, DeleteBatch = 1000, CanBlock = !settings.IsTls, Stall = HttpConnections.Seconds(remote, "read_timeout", 60) }.Within(remote);
        deletions = new S3Deletions(this);
        parts = new S3PartUploads(this, options, settings.S3Bytes("multipart_chunksize") ?? 0);
    }

    public string Place => address.ToString();

    public StorageTraits Traits { get; }

    public IPartUploads Parts => parts;

    /// <summary>The bucket.</summary>
    internal string Bucket => address.Host;

    /// <summary>The bytes of requests are signed; else the encryption of the way and Content-MD5 answer for them.</summary>
    internal bool SignsPayload => !settings.IsTls || settings.IsS3True("payload_signing_enabled");

    public Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation) => CallAsync($"look for '{key}'", key, async client =>
    {
        var (name, version) = Split(key);
        try
        {
            var found = await client.GetObjectMetadataAsync(options.Apply(new GetObjectMetadataRequest { BucketName = Bucket, Key = name, VersionId = version }), cancellation).ConfigureAwait(false);
            var isPlain = found.ServerSideEncryptionCustomerMethod is null or { Value: null or "" or "None" }
                && found.ServerSideEncryptionMethod is var method && (method is null || method.Value is null or "" or "None" or "AES256");
            return new RemoteItem(key, found.ContentLength)
            {
                ETag = found.ETag?.Trim('"'), Md5 = isPlain ? Md5Of(found.ETag) : null, Modified = TimeOf(found.LastModified),
                Version = VersionOf(found.VersionId),
            };
        }
        catch (AmazonServiceException error) when (error.StatusCode == HttpStatusCode.NotFound && error.ErrorCode != "NoSuchBucket")
        {
            return null;
        }
        catch (AmazonServiceException error) when (S3Errors.IsBare(error))
        {
            // The answer to HEAD has no text; a listing tells why.
            await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, Prefix = name, MaxKeys = 1 }, cancellation).ConfigureAwait(false);
            throw;
        }
    }, cancellation);

    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var root = address.Path.Length == 0 ? "" : address.Path + "/";
        var request = new ListObjectsV2Request { BucketName = Bucket, Prefix = root + prefix };
        // Pages need not be full: only IsTruncated tells the last one.
        for (bool? more = true; more == true;)
        {
            var page = await CallAsync($"list '{prefix}'", prefix, client => client.ListObjectsV2Async(request, cancellation), cancellation).ConfigureAwait(false);
            foreach (var found in page.S3Objects ?? [])
            {
                var etag = Md5Of(found.ETag);
                yield return new RemoteItem(found.Key[root.Length..], found.Size ?? -1)
                {
                    ETag = found.ETag?.Trim('"'), Modified = TimeOf(found.LastModified),
                    // A listing does not tell how an object is encrypted, and so not whether the ETag is the MD5. It is, when the
                    // object is called so.
                    Md5 = etag is not null && options.IsEtagMd5 && IsNamed(found.Key, etag) ? etag : null,
                };
            }
            (more, request.ContinuationToken) = (page.IsTruncated, page.NextContinuationToken);
        }
    }

    public Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation) => CallAsync($"read '{key}'", key, async client =>
    {
        var (name, version) = Split(key);
        if (await ReadDirectAsync(key, name, version, range, cancellation).ConfigureAwait(false) is { } answer)
            using (answer)
            {
                RequirePart(key, range, answer.StatusCode, answer.Content.Headers.ContentLength ?? -1);
                // A reading that blocks ends with its connection only.
                using var end = TransferThread.IsCurrent ? cancellation.UnsafeRegister(static reading => ((HttpResponseMessage)reading!).Dispose(), answer) : default;
                await using var body = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
                await StreamCopy.CopyAsync(body, target, answer.Content.Headers.ContentLength ?? -1, Place, key, cancellation).ConfigureAwait(false);
                return true;
            }
        var request = options.Apply(new GetObjectRequest { BucketName = Bucket, Key = name, VersionId = version });
        if (range.Length is { } length)
            request.ByteRange = new Amazon.S3.Model.ByteRange(range.Offset, range.Offset + length - 1);
        else if (range.Offset > 0)
            request.ByteRange = new Amazon.S3.Model.ByteRange($"bytes={range.Offset.ToString(CultureInfo.InvariantCulture)}-");
        using var response = await client.GetObjectAsync(request, cancellation).ConfigureAwait(false);
        RequirePart(key, range, response.HttpStatusCode, response.ContentLength);
        await StreamCopy.CopyAsync(BodyOf(response, key), target, response.ContentLength, Place, key, cancellation).ConfigureAwait(false);
        return true;
    }, cancellation);

    public Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation) => CallAsync($"store '{key}'", key, async client =>
    {
        if (await StoreDirectAsync(key, content, cancellation).ConfigureAwait(false))
            return true;
        Stream source = content.IsLoaded ? content.OpenRead() : new RepeatedStream(content.OpenRead, content.Size);
        await using (source.ConfigureAwait(false))
        {
            var request = options.Apply(new PutObjectRequest
            {
                BucketName = Bucket, Key = address.FullKey(key), InputStream = source, AutoCloseStream = false, UseChunkEncoding = false,
                DisablePayloadSigning = SignsPayload ? null : true, MD5Digest = content.Md5 is { } md5 ? Convert.ToBase64String(md5) : null,
            });
            request.Headers.ContentLength = content.Size;
            var answer = await client.PutObjectAsync(request, cancellation).ConfigureAwait(false);
            content.Stored = StoredAs(key, content.Size, answer.ETag, answer.VersionId);
        }
        return true;
    }, cancellation);

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => CallAsync($"delete '{key}'", key, async client =>
    {
        var (name, version) = Split(key);
        await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = Bucket, Key = name, VersionId = version }, cancellation).ConfigureAwait(false);
        // S3 does not tell whether there was anything.
        return true;
    }, cancellation);

    public Task<IReadOnlyDictionary<string, DataVersionException>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellation) => deletions.RunAsync(keys, cancellation);

    public Task<bool?> KeepsVersionsAsync(CancellationToken cancellation) => CallAsync<bool?>("read the settings of the bucket", "", async client =>
    {
        try
        {
            var answer = await client.GetBucketVersioningAsync(new GetBucketVersioningRequest { BucketName = Bucket }, cancellation).ConfigureAwait(false);
            return answer.VersioningConfig?.Status == VersionStatus.Enabled;
        }
        catch (AmazonServiceException error) when ((int)error.StatusCode is >= 400 and < 500 and not 404 or 501)
        {
            // Not allowed, or not known to a service that speaks a part of the protocol. The answer to a value that is stored tells it, too.
            return null;
        }
    }, cancellation);

    public Task RequireReadableAsync(CancellationToken cancellation) => CallAsync("read the bucket", "", async client =>
    {
        try
        {
            await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket, Prefix = address.Path, MaxKeys = 1 }, cancellation).ConfigureAwait(false);
        }
        catch (AmazonServiceException error) when (error.ErrorCode == "AccessDenied" && !settings.IsAnonymous)
        {
            // The bucket is there and knows us; who may not list may still read.
        }
        return true;
    }, cancellation);

    public async Task<StorageFacts> ExamineAsync(CancellationToken cancellation)
    {
        await RequireReadableAsync(cancellation).ConfigureAwait(false);
        return new StorageFacts { Credentials = session!.Credentials.Origin, Clock = session.Clock, Service = session.Service };
    }

    public ValueTask DisposeAsync()
    {
        session?.Dispose();
        opening.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The key as the service knows it.</summary>
    internal string FullKey(string key) => address.FullKey(key);

    /// <summary>Makes a call and describes its error.</summary>
    internal async Task<T> CallAsync<T>(string what, string key, Func<IAmazonS3, Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return await call(await OpenAsync(cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested
            && S3Errors.Describe(error, what, Place, key, session?.Credentials.Origin ?? "no credentials") is { } described && !ReferenceEquals(described, error))
        {
            throw described;
        }
    }

    /// <summary>The MD5 that an ETag is, for objects in one part without encryption; else null.</summary>
    internal static string? Md5Of(string? etag) => etag?.Trim('"') is { Length: 32 } text && !text.AsSpan().ContainsAnyExcept("0123456789abcdefABCDEF") ? text.ToLowerInvariant() : null;

    /// <summary>What an answer says of a value that was stored.</summary>
    internal static RemoteItem StoredAs(string key, long size, string? etag, string? version) => new(key, size) { ETag = etag?.Trim('"') is { Length: > 0 } tag ? tag : null, Version = VersionOf(version) };

    // A bucket without versions calls the only one "null".
    private static string? VersionOf(string? version) => version is { Length: > 0 } and not "null" ? version : null;

    /// <summary>The calls that move content; null where they are left to the SDK. Known when a call is made.</summary>
    internal S3Direct? Direct => session!.Direct;

    private async Task<IAmazonS3> OpenAsync(CancellationToken cancellation)
    {
        if (session is { } open)
            return open.Client;
        await opening.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return (session ??= await S3Session.OpenAsync(settings, options, Bucket, Traits.MostConnections, cancellation).ConfigureAwait(false)).Client;
        }
        finally
        {
            opening.Release();
        }
    }

    // The SDK compares with the ETag by an MD5 of its own, which takes more time than all the rest and allocates more than the
    // body. What is named by its hash the engine checks anyway. (An SDK that has not read everything does not compare.)
    private static Stream BodyOf(GetObjectResponse response, string key) =>
        response.ResponseStream is WrapperStream wrapped && response.ContentLength > 0 && RemoteKeys.TryParse(key, out _) ? wrapped.GetNonWrapperBaseStream() : response.ResponseStream;

    private void RequirePart(string key, ByteRange range, HttpStatusCode status, long length)
    {
        if (!range.IsWhole && status != HttpStatusCode.PartialContent && length != range.Length)
            throw new DataVersionException(DataErrorKind.TransferFailed, $"'{Place}' sent all of '{key}' when a part was asked for.", key, "Check what stands between here and there.");
    }

    // What is not named by its hash is left to the SDK, which compares it with the ETag.
    private Task<HttpResponseMessage?> ReadDirectAsync(string key, string name, string? version, ByteRange range, CancellationToken cancellation) =>
        Direct is { } direct && RemoteKeys.TryParse(key, out _)
            ? direct.SendAsync(HttpMethod.Get, name, version is null ? "" : "versionId=" + Uri.EscapeDataString(version), direct.Reading, null, S3Signature.Empty,
                range.IsWhole ? null : new RangeHeaderValue(range.Offset, range.Offset + range.Length - 1), cancellation)
            : Task.FromResult<HttpResponseMessage?>(null);

    private async Task<bool> StoreDirectAsync(string key, RemoteUpload content, CancellationToken cancellation)
    {
        if (Direct is not { } direct || !content.IsLoaded)
            return false;
        var body = new HttpBody(content);
        body.Headers.ContentMD5 = content.Md5;
        using var answer = await direct.SendAsync(HttpMethod.Put, address.FullKey(key), "", direct.Storing, body, SignsPayload ? content.HashOfLoaded() : S3Signature.Unsigned, null, cancellation).ConfigureAwait(false);
        if (answer is null)
            return false;
        content.Stored = StoredAs(key, content.Size, S3Direct.Header(answer, "ETag"), S3Direct.Header(answer, "x-amz-version-id"));
        return true;
    }

    private (string Key, string? Version) Split(string key) => address.FullKey(key) is var full && VersionSuffix().Match(full) is { Success: true } match
        ? (full[..match.Index], Uri.UnescapeDataString(match.Groups[1].Value)) : (full, null);

    private static DateTimeOffset? TimeOf(DateTime? time) => time is { } known && known > DateTime.UnixEpoch ? new DateTimeOffset(known.ToUniversalTime()) : null;

    private static bool IsNamed(string key, string md5)
    {
        // files/md5/ab/cdef…, a directory's with .dir after it.
        var name = key.EndsWith(".dir", StringComparison.Ordinal) ? key.AsSpan(0, key.Length - 4) : key;
        return name.Length >= 33 && name[^31] == '/' && name[^30..].SequenceEqual(md5.AsSpan(2)) && name[^33..^31].SequenceEqual(md5.AsSpan(0, 2));
    }

    [GeneratedRegex(@"\?versionId=([^&?/]+)$")]
    private static partial Regex VersionSuffix();
}
