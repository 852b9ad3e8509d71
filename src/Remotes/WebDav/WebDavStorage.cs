using System.Net;
using System.Runtime.CompilerServices;
using System.Xml;
using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Http;

namespace DataVersion.Remotes.WebDav;

/// <summary>
/// A remote on a WebDAV server (RFC 4918; <c>webdav://</c> is HTTP, <c>webdavs://</c> HTTPS). Values go to a temporary name
/// next to their own and are moved when they are complete; listings go down folder by folder, because most servers refuse to
/// tell more at once.
/// </summary>
internal sealed class WebDavStorage : IRemoteStorage
{
    private const int ParallelListings = 8;

    private static readonly HttpMethod FindProperties = new("PROPFIND");
    private static readonly HttpMethod Move = new("MOVE");

    private readonly HttpAddress address;
    private readonly HttpCaller caller;
    private readonly DavFolders folders;
    private readonly string root;
    private volatile bool namesPathsOnly;

    /// <summary>Describes a remote; nothing is contacted.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: an option is wrong.</exception>
    public WebDavStorage(RemoteConfiguration remote)
    {
        var url = RemoteAddress.Parse(remote.Url);
        address = new HttpAddress(url, url.Scheme == "webdavs" ? "https" : "http");
        root = MultiStatus.PathOf(address.OfFolder("").AbsolutePath);
        Traits = new StorageTraits { Stall = HttpConnections.Seconds(remote, "timeout", 30), ChecksArrival = url.Scheme == "webdavs", CanBlock = url.Scheme == "webdav" }.Within(remote);
        caller = new HttpCaller(isBlocking => HttpConnections.Open(remote, Traits.MostConnections, isBlocking), LoginOf(remote, url), Place);
        folders = new DavFolders(caller, Traits.Stall);
    }

    /// <inheritdoc/>
    public string Place => address.Place;

    /// <inheritdoc/>
    public StorageTraits Traits { get; }

    /// <inheritdoc/>
    public async Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation)
    {
        var found = await AskAsync(address.Of(key), "0", key, cancellation).ConfigureAwait(false);
        return found is [{ IsFolder: false } entry, ..] ? ItemOf(key, entry) : null;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var waiting = new Queue<string>([prefix.TrimEnd('/')]);
        var asked = new List<Task<(List<RemoteItem> Items, List<string> Folders)>>();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            while (waiting.Count > 0 || asked.Count > 0)
            {
                while (asked.Count < ParallelListings && waiting.TryDequeue(out var folder))
                    asked.Add(ListFolderAsync(folder, end.Token));
                var done = await Task.WhenAny(asked).ConfigureAwait(false);
                asked.Remove(done);
                var (items, below) = await done.ConfigureAwait(false);
                below.ForEach(waiting.Enqueue);
                foreach (var item in items)
                    yield return item;
            }
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(asked).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation) =>
        HttpDownload.GetAsync(caller, address.Of(key), key, target, range, cancellation);

    /// <inheritdoc/>
    public async Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation)
    {
        var folder = key.LastIndexOf('/') is >= 0 and var slash ? key[..slash] : "";
        await folders.RequireAsync(address.OfFolder(folder), cancellation).ConfigureAwait(false);
        var temporary = (folder.Length == 0 ? "" : folder + "/") + AtomicFile.TemporaryName("");
        try
        {
            using (var response = await caller.SendAsync(new HttpCall(HttpMethod.Put, address.Of(temporary), content), cancellation).ConfigureAwait(false))
                RequireStored(response, key);
            await MoveAsync(temporary, key, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not TransientRemoteException { IsUnreachable: true })
        {
            await RemoveAsync(temporary).ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> DeleteAsync(string key, CancellationToken cancellation)
    {
        using var response = await caller.SendAsync(new HttpCall(HttpMethod.Delete, address.Of(key)), cancellation).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return false;
        return response.IsSuccessStatusCode ? true : throw caller.Describe(response, $"delete '{key}'", key);
    }

    /// <inheritdoc/>
    public async Task<StorageFacts> ExamineAsync(CancellationToken cancellation)
    {
        using var response = await QuestionAsync(address.OfFolder(""), "0", cancellation).ConfigureAwait(false);
        return response.StatusCode is HttpStatusCode.MultiStatus or HttpStatusCode.NotFound ? HttpFacts.Of(response, caller.Login) : throw Refused(response, "look around", "");
    }

    /// <inheritdoc/>
    public async Task RequireReadableAsync(CancellationToken cancellation)
    {
        if (await AskAsync(address.OfFolder(""), "0", "", cancellation).ConfigureAwait(false) is null)
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"There is no folder '{Place}'.", Place, "Check the URL of the remote; if nothing was ever pushed to it, push first.");
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        folders.Dispose();
        caller.Dispose();
        return ValueTask.CompletedTask;
    }

    private static HttpLogin LoginOf(RemoteConfiguration remote, RemoteAddress url)
    {
        var password = remote.Get("password") ?? url.GetPassword() ?? "";
        if (remote.Get("token") is { Length: > 0 } token)
            return new HeaderLogin("Authorization", "Bearer " + token, "bearer token of the configuration");
        if (remote.Get("bearer_token_command") is { Length: > 0 } command)
            return new TokenCommandLogin(command);
        if (remote.Get("custom_auth_header") is { Length: > 0 } header)
            return new HeaderLogin(header, password, $"header '{header}'");
        return (remote.Get("user") ?? url.User) is { Length: > 0 } user ? new PasswordLogin(user, password, null) { IsEager = url.Scheme == "webdavs" } : HttpLogin.None;
    }

    private static RemoteItem ItemOf(string key, DavEntry entry) => new(key, entry.Size) { ETag = entry.ETag, Modified = entry.Modified };

    private async Task<(List<RemoteItem> Items, List<string> Folders)> ListFolderAsync(string folder, CancellationToken cancellation)
    {
        var (items, below) = (new List<RemoteItem>(), new List<string>());
        var self = folder.Length == 0 ? root : $"{root}/{folder}";
        foreach (var entry in await AskAsync(address.OfFolder(folder), "1", folder, cancellation).ConfigureAwait(false) ?? [])
        {
            var name = entry.Path[(entry.Path.LastIndexOf('/') + 1)..];
            if (entry.Path == self || name.Length == 0 || AtomicFile.IsTemporaryName(name))
                continue;
            var key = folder.Length == 0 ? name : $"{folder}/{name}";
            if (entry.IsFolder)
                below.Add(key);
            else
                items.Add(ItemOf(key, entry));
        }
        return (items, below);
    }

    private Task<HttpResponseMessage> QuestionAsync(Uri where, string depth, CancellationToken cancellation) =>
        caller.SendAsync(new HttpCall(FindProperties, where) { Xml = MultiStatus.Question, Headers = [("Depth", depth)] }, cancellation);

    private async Task<List<DavEntry>?> AskAsync(Uri where, string depth, string key, CancellationToken cancellation)
    {
        using var response = await QuestionAsync(where, depth, cancellation).ConfigureAwait(false);
        if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone)
            return null;
        if (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.PermanentRedirect or HttpStatusCode.TemporaryRedirect)
            return []; // To the same name with a slash: a folder.
        if (response.StatusCode != HttpStatusCode.MultiStatus)
            throw Refused(response, $"look for '{key}'", key);
        try
        {
            await using var xml = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return await MultiStatus.ReadAsync(xml, cancellation).ConfigureAwait(false);
        }
        catch (XmlException error)
        {
            throw new TransientRemoteException($"'{Place}' gave an answer about '{key}' that cannot be read: {error.Message}", key, error);
        }
    }

    private DataVersionException Refused(HttpResponseMessage response, string what, string key) =>
        response.StatusCode is HttpStatusCode.OK or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented
            ? new DataVersionException(DataErrorKind.RemoteFailed, $"'{Place}' is no WebDAV folder: it answered PROPFIND with {(int)response.StatusCode} ({response.StatusCode}).", Place,
                "Check the URL of the remote; for a plain HTTP server use http:// or https://.")
            : caller.Describe(response, what, key);

    private void RequireStored(HttpResponseMessage response, string key)
    {
        if (response.IsSuccessStatusCode)
            return;
        // The folder has gone since it was made (Apache: 409, nginx: 500).
        folders.Forget();
        throw response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound
            ? new TransientRemoteException($"Could not store '{key}': '{Place}' answered {(int)response.StatusCode}, as if its folder were gone.", key)
            : caller.Describe(response, $"store '{key}'", key);
    }

    private async Task MoveAsync(string from, string to, CancellationToken cancellation)
    {
        var target = address.Of(to);
        var response = await TryMoveAsync(namesPathsOnly ? target.AbsolutePath : target.AbsoluteUri).ConfigureAwait(false);
        // A server behind a proxy that speaks TLS for it does not know itself by its address.
        if (response.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.BadRequest && !namesPathsOnly)
        {
            response.Dispose();
            response = await TryMoveAsync(target.AbsolutePath).ConfigureAwait(false);
            namesPathsOnly = response.IsSuccessStatusCode;
        }
        using (response)
            if (!response.IsSuccessStatusCode)
                throw caller.Describe(response, $"give '{to}' its name", to);

        Task<HttpResponseMessage> TryMoveAsync(string destination) =>
            caller.SendAsync(new HttpCall(Move, address.Of(from)) { Headers = [("Destination", destination), ("Overwrite", "T")] }, cancellation);
    }

    private async Task RemoveAsync(string temporary)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await DeleteAsync(temporary, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DataVersionException or OperationCanceledException or HttpRequestException or IOException)
        {
            // The first error is the one to tell; nobody takes the temporary name for a value.
        }
    }
}
