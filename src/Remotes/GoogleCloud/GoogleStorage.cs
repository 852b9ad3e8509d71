using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Remotes.GoogleCloud;

/// <summary>
/// A bucket of Google Cloud Storage, by its JSON interface. A key that ends with <c>#</c> and a generation is read in that
/// version, as in DVC's addresses.
/// </summary>
internal sealed partial class GoogleStorage : IRemoteStorage
{
    private const string Fields = "name,size,md5Hash,etag,generation,updated";

    private readonly RemoteAddress address;
    private readonly GoogleCalls calls;

    /// <summary>Takes the options of a remote; nothing is contacted.</summary>
    public GoogleStorage(RemoteConfiguration remote)
        : this(remote, Environment.GetEnvironmentVariable, GoogleLogin.DefaultSettings)
    {
    }

    /// <summary>The same with an environment and a folder of gcloud's settings of the caller's.</summary>
    internal GoogleStorage(RemoteConfiguration remote, Func<string, string?> environment, string settings)
    {
        address = RemoteAddress.Parse(remote.Url);
        Traits = new StorageTraits { Connections = 12, MostConnections = 64, PageSize = 1000, VersionsAreKept = false }.Within(remote);
        calls = new GoogleCalls(remote, address.ToString(), Traits.MostConnections, environment, settings);
        Parts = new GoogleUploads(calls, address);
    }

    public string Place => address.ToString();

    public StorageTraits Traits { get; }

    public IPartUploads Parts { get; }

    public async Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ObjectAddress(key) + "fields=" + Fields);
        using var answer = await calls.SendAsync(request, $"look for '{key}'", key, cancellation, HttpStatusCode.NotFound).ConfigureAwait(false);
        if (answer.StatusCode != HttpStatusCode.NotFound)
            return await ItemOfAsync(answer, Place, key, cancellation).ConfigureAwait(false);
        var error = await GoogleErrors.DescribeAsync(answer, $"look for '{key}'", Place, key, calls.Login!, cancellation).ConfigureAwait(false);
        return error.Kind == DataErrorKind.ObjectMissing ? null : throw error;
    }

    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var root = address.Path.Length == 0 ? "" : address.Path + "/";
        for (string? page = "", first = BucketAddress() + $"/o?maxResults=1000&fields=nextPageToken,items({Fields})&prefix=" + Uri.EscapeDataString(root + prefix); page is not null;)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, page.Length == 0 ? first : first + "&pageToken=" + Uri.EscapeDataString(page));
            using var answer = await calls.SendAsync(request, $"list '{prefix}'", prefix, cancellation).ConfigureAwait(false);
            using var json = await ReadAsync(answer, Place, prefix, cancellation).ConfigureAwait(false);
            if (json.RootElement.TryGetProperty("items", out var items))
                foreach (var item in items.EnumerateArray())
                    yield return ItemOf(item.GetProperty("name").GetString()![root.Length..], item);
            page = json.RootElement.TryGetProperty("nextPageToken", out var next) ? next.GetString() : null;
        }
    }

    public async Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, ObjectAddress(key) + "alt=media");
        // As it is stored: what was stored compressed would be unpacked on the way.
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        if (!range.IsWhole)
            request.Headers.Range = new RangeHeaderValue(range.Offset, range.Length is { } length ? range.Offset + length - 1 : null);
        using var answer = await calls.SendAsync(request, $"read '{key}'", key, cancellation).ConfigureAwait(false);
        if (!range.IsWhole && answer.StatusCode != HttpStatusCode.PartialContent && (range.Offset > 0 || answer.Content.Headers.ContentLength != range.Length))
            throw new DataVersionException(DataErrorKind.TransferFailed, $"'{Place}' sent all of '{key}' when a part was asked for.", key, "Check what stands between here and there.");
        var source = await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        await using (source.ConfigureAwait(false))
            await StreamCopy.CopyAsync(source, target, answer.Content.Headers.ContentLength ?? -1, Place, key, cancellation).ConfigureAwait(false);
    }

    public async Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{calls.Service}/upload/storage/v1/b/{Uri.EscapeDataString(address.Host)}/o?uploadType=multipart&fields={Fields}")
        {
            Content = new MultipartBody(Describe(address.FullKey(key), content.Md5), content),
        };
        using var answer = await calls.SendAsync(request, $"store '{key}'", key, cancellation).ConfigureAwait(false);
        content.Stored = await ItemOfAsync(answer, Place, key, cancellation).ConfigureAwait(false);
    }

    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Delete, ObjectAddress(key));
        try
        {
            using var answer = await calls.SendAsync(request, $"delete '{key}'", key, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.ObjectMissing)
        {
            return false;
        }
    }

    public async Task<bool?> KeepsVersionsAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, BucketAddress() + "?fields=versioning");
        using var answer = await calls.SendAsync(request, "read the settings of the bucket", "", cancellation, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized).ConfigureAwait(false);
        // The right to read them is another one than that to objects.
        if (!answer.IsSuccessStatusCode)
            return null;
        using var json = await ReadAsync(answer, Place, "", cancellation).ConfigureAwait(false);
        return json.RootElement.TryGetProperty("versioning", out var said) && said.TryGetProperty("enabled", out var enabled) && enabled.ValueKind == JsonValueKind.True;
    }

    public async Task RequireReadableAsync(CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, BucketAddress() + "/o?maxResults=1&fields=nextPageToken&prefix=" + Uri.EscapeDataString(address.Path));
        using var answer = await calls.SendAsync(request, "read the bucket", "", cancellation).ConfigureAwait(false);
    }

    public async Task<StorageFacts> ExamineAsync(CancellationToken cancellation)
    {
        await RequireReadableAsync(cancellation).ConfigureAwait(false);
        return new StorageFacts { Credentials = calls.Login!, Clock = calls.Clock, Service = calls.Server };
    }

    public ValueTask DisposeAsync()
    {
        calls.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>What is said of an object when it is stored: its name, and the checksum that the service is to compare.</summary>
    internal static byte[] Describe(string name, byte[]? md5) => JsonSerializer.SerializeToUtf8Bytes(md5 is null
        ? new Dictionary<string, string> { ["name"] = name }
        : new Dictionary<string, string> { ["name"] = name, ["md5Hash"] = Convert.ToBase64String(md5) });

    private string BucketAddress() => $"{calls.Service}/storage/v1/b/{Uri.EscapeDataString(address.Host)}";

    // Ends where a parameter can follow.
    private string ObjectAddress(string key)
    {
        var name = address.FullKey(key);
        var generation = Generation().Match(name);
        return generation.Success ? $"{BucketAddress()}/o/{Uri.EscapeDataString(name[..generation.Index])}?generation={generation.Groups[1].Value}&"
            : $"{BucketAddress()}/o/{Uri.EscapeDataString(name)}?";
    }

    /// <summary>What an answer says of an object.</summary>
    /// <exception cref="TransientRemoteException">The answer is damaged.</exception>
    internal static async Task<RemoteItem> ItemOfAsync(HttpResponseMessage answer, string place, string key, CancellationToken cancellation)
    {
        using var json = await ReadAsync(answer, place, key, cancellation).ConfigureAwait(false);
        return ItemOf(key, json.RootElement);
    }

    private static async Task<JsonDocument> ReadAsync(HttpResponseMessage answer, string place, string key, CancellationToken cancellation)
    {
        try
        {
            return await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false), default, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (!cancellation.IsCancellationRequested && error is JsonException or IOException or HttpRequestException)
        {
            throw new TransientRemoteException($"'{place}' sent an answer that is cut short or damaged.", key, error);
        }
    }

    private static RemoteItem ItemOf(string key, JsonElement item)
    {
        string? Of(string name) => item.TryGetProperty(name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString() : value.GetRawText() : null;
        return new RemoteItem(key, long.TryParse(Of("size"), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : -1)
        {
            // Objects that were composed of others have none.
            Md5 = Of("md5Hash") is { Length: 24 } md5 ? Convert.ToHexStringLower(Convert.FromBase64String(md5)) : null,
            ETag = Of("etag")?.Trim('"'), Version = Of("generation"),
            Modified = DateTimeOffset.TryParse(Of("updated"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null,
        };
    }

    // Generations are times since 1970 in microseconds; shorter numbers are part of a name.
    [GeneratedRegex("#([0-9]{13,})$")]
    private static partial Regex Generation();
}
