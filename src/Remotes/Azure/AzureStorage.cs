using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Http;

namespace DataVersion.Remotes.Azure;

/// <summary>
/// A container of Azure Blob Storage. Values are block blobs: small ones go in one request, larger ones in blocks that become
/// the value when their list is committed. Every request carries the MD5 of its bytes, which the service checks; the MD5 of the
/// whole is stored with the value, as we state it. A key that ends with <c>?versionid=…</c> is read in that version.
/// </summary>
internal sealed partial class AzureStorage : IRemoteStorage
{
    // As an object that nobody has: the zero hash.
    private const string Probe = RemoteKeys.Objects + "00/000000000000000000000000000000";
    private const int StreamPart = 8 << 20;

    private readonly RemoteAddress address;
    private readonly HttpClient client;
    private readonly AzureLogin login;
    private readonly AzureErrors errors;
    private readonly BlobContainerClient container;

    /// <summary>Describes a remote; nothing is contacted.</summary>
    /// <param name="remote">The remote.</param>
    /// <param name="chosen">Who we are; null to find that in the configuration.</param>
    /// <exception cref="DataVersionException">RemoteFailed: an option is wrong.</exception>
    public AzureStorage(RemoteConfiguration remote, AzureLogin? chosen = null)
    {
        address = RemoteAddress.Parse(remote.Url);
        login = chosen ?? AzureLogin.Find(remote, Environment.GetEnvironmentVariable);
        Traits = new StorageTraits
        {
            Connections = 16, MostConnections = 64, PageSize = 5000, Stall = HttpConnections.Seconds(remote, "read_timeout", 60),
            CanList = login.Rights?.Contains('l') ?? true, CanDelete = login.Rights?.Contains('d') ?? true,
        }.Within(remote);
        var handler = HttpConnections.Open(remote, Traits.MostConnections);
        handler.ConnectTimeout = HttpConnections.Seconds(remote, "connection_timeout", 60);
        client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        var options = new BlobClientOptions
        {
            Transport = new HttpClientTransport(client),
            // The engine repeats, and watches for calls that stand still.
            Retry = { MaxRetries = 0, NetworkTimeout = remote.Get("timeout") is null ? Timeout.InfiniteTimeSpan : HttpConnections.Seconds(remote, "timeout", 60) },
            Diagnostics = { IsLoggingEnabled = false, IsDistributedTracingEnabled = false, IsTelemetryEnabled = false },
        };
        options.AddPolicy(new BrokenAnswerPolicy(), HttpPipelinePosition.BeforeTransport);
        container = login.Open(options).GetBlobContainerClient(address.Host);
        errors = new AzureErrors(login, Place, address.Host);
        Parts = new AzureParts(this, errors);
    }

    /// <inheritdoc/>
    public string Place => address.ToString();

    /// <inheritdoc/>
    public StorageTraits Traits { get; }

    /// <inheritdoc/>
    public IPartUploads Parts { get; }

    /// <inheritdoc/>
    public async Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation)
    {
        var (found, _) = await LookAsync(key, cancellation).ConfigureAwait(false);
        // Accounts with real folders show them as empty values.
        return found is null || IsFolder(found.Metadata) ? null : new RemoteItem(key, found.ContentLength)
        {
            Md5 = HexOf(found.ContentHash), IsMd5Stated = true, ETag = found.ETag.ToString().Trim('"'), Version = found.VersionId, Modified = found.LastModified,
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var start = address.Path.Length == 0 ? "" : address.Path + "/";
        await using var blobs = container.GetBlobsAsync(new GetBlobsOptions { Prefix = start + prefix, Traits = BlobTraits.Metadata }, cancellation).GetAsyncEnumerator(cancellation);
        while (await errors.CallAsync(() => blobs.MoveNextAsync().AsTask(), $"list '{prefix}'", prefix, cancellation).ConfigureAwait(false))
            if (!IsFolder(blobs.Current.Metadata))
                yield return new RemoteItem(blobs.Current.Name[start.Length..], blobs.Current.Properties.ContentLength ?? -1)
                {
                    Md5 = HexOf(blobs.Current.Properties.ContentHash), IsMd5Stated = true, ETag = blobs.Current.Properties.ETag?.ToString().Trim('"'),
                    Version = blobs.Current.VersionId, Modified = blobs.Current.Properties.LastModified,
                };
    }

    /// <inheritdoc/>
    public async Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation)
    {
        var options = new BlobDownloadOptions { Range = range.IsWhole ? default : new HttpRange(range.Offset, range.Length) };
        var answer = await errors.CallAsync(() => BlobOf(key).DownloadStreamingAsync(options, cancellation), $"read '{key}'", key, cancellation).ConfigureAwait(false);
        var announced = answer.Value.Details.ContentLength;
        await using var content = answer.Value.Content;
        var received = await HttpDownload.CopyAsync(content, target, 0, announced, cancellation).ConfigureAwait(false);
        if (received < announced)
            throw new TransientRemoteException($"'{Place}' gave {received} bytes of '{key}' instead of {announced}.", key);
    }

    /// <inheritdoc/>
    public async Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation)
    {
        if (!content.IsLoaded && content.Size > 0)
        {
            await PutInBlocksAsync(key, content, cancellation).ConfigureAwait(false);
            return;
        }
        var md5 = content.Md5;
        await using var source = content.OpenRead();
        var answer = await errors.CallAsync(() => BlobOf(key).UploadAsync(source, new BlobUploadOptions
        {
            HttpHeaders = new BlobHttpHeaders { ContentHash = md5, ContentType = "application/octet-stream" },
            TransferOptions = new() { InitialTransferSize = Math.Max(1, content.Size), MaximumTransferSize = Math.Max(1, content.Size) },
            // The SDK takes no hash that is known already for a request that it might cut.
            TransferValidation = Validation(null),
        }, cancellation), $"store '{key}'", key, cancellation).ConfigureAwait(false);
        content.Stored = StoredAs(key, content.Size, answer.Value);
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation) => await errors.CallAsync(async () =>
    {
        try
        {
            // Of a version nothing else goes.
            await BlobOf(key).DeleteAsync(VersionSuffix().IsMatch(key) ? DeleteSnapshotsOption.None : DeleteSnapshotsOption.IncludeSnapshots, null, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (RequestFailedException error) when (errors.IsMissing(error))
        {
            return false;
        }
    }, $"delete '{key}'", key, cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<StorageFacts> ExamineAsync(CancellationToken cancellation)
    {
        var (_, answer) = await LookAsync(Probe, cancellation).ConfigureAwait(false);
        return new StorageFacts
        {
            Credentials = login.Description, Clock = answer?.Headers.Date,
            Service = answer is not null && answer.Headers.TryGetValue("Server", out var name) ? name : null,
        };
    }

    /// <inheritdoc/>
    public Task RequireReadableAsync(CancellationToken cancellation) => LookAsync(Probe, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The blob behind a key.</summary>
    internal BlockBlobClient BlobOf(string key) => VersionSuffix().Match(key) is { Success: true } match
        ? container.GetBlockBlobClient(address.FullKey(key[..match.Index])).WithVersion(Uri.UnescapeDataString(match.Groups[1].Value))
        : container.GetBlockBlobClient(address.FullKey(key));

    /// <summary>Bytes that the service compares with their MD5 as they arrive.</summary>
    internal static global::Azure.Storage.UploadTransferValidationOptions Validation(byte[]? md5) => new()
    {
        ChecksumAlgorithm = global::Azure.Storage.StorageChecksumAlgorithm.MD5, PrecalculatedChecksum = md5,
    };

    /// <summary>What an answer says of a value that was stored.</summary>
    internal static RemoteItem StoredAs(string key, long size, BlobContentInfo said) => new(key, size) { ETag = said.ETag.ToString().Trim('"'), Version = said.VersionId };

    private static bool IsFolder(IDictionary<string, string>? metadata) =>
        metadata is not null && metadata.TryGetValue("hdi_isfolder", out var value) && value.Equals("true", StringComparison.OrdinalIgnoreCase);

    private static string? HexOf(byte[]? md5) => md5 is { Length: 16 } ? Convert.ToHexStringLower(md5) : null;

    private async Task<(BlobProperties? Found, Response? Answer)> LookAsync(string key, CancellationToken cancellation) => await errors.CallAsync(async () =>
    {
        try
        {
            var answer = await BlobOf(key).GetPropertiesAsync(null, cancellation).ConfigureAwait(false);
            return (answer.Value, answer.GetRawResponse());
        }
        catch (RequestFailedException error) when (errors.IsMissing(error))
        {
            return ((BlobProperties?)null, error.GetRawResponse());
        }
    }, $"look for '{key}'", key, cancellation).ConfigureAwait(false);

    // The list is committed after the last read, which throws when the bytes were not the right ones.
    private async Task PutInBlocksAsync(string key, RemoteUpload content, CancellationToken cancellation)
    {
        var layout = new PartLayout(content.Size, Math.Max(StreamPart, content.Size / Parts.Rules.MostParts + 1), default);
        await using var upload = await ((AzureParts)Parts).BeginAsync(key, layout, content.Md5, cancellation).ConfigureAwait(false);
        await using var source = content.OpenRead();
        var buffer = new byte[layout.LengthOf(0)];
        for (var number = 0; number < layout.Count; number++)
        {
            var part = buffer.AsMemory(0, (int)layout.LengthOf(number));
            await source.ReadExactlyAsync(part, cancellation).ConfigureAwait(false);
            await upload.PutAsync(number, part, cancellation).ConfigureAwait(false);
        }
        await upload.CompleteAsync(cancellation).ConfigureAwait(false);
        content.Stored = upload.Stored;
    }

    [GeneratedRegex(@"\?versionid=([^&?/]+)$", RegexOptions.IgnoreCase)]
    private static partial Regex VersionSuffix();
}
