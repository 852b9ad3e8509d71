using System.Net;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Remotes.Http;

/// <summary>
/// A remote behind a plain HTTP server, which gives values by GET and takes them by POST or PUT (format: dvc-compat 10.5). There
/// is no temporary name: the length of each value goes ahead of it, what arrived is looked at afterwards, and what is left of a
/// broken upload is removed where the server allows it.
/// </summary>
internal sealed class HttpStorage : IRemoteStorage
{
    // As an object that nobody has: the zero hash.
    private const string Probe = RemoteKeys.Objects + "00/000000000000000000000000000000";

    private readonly HttpAddress address;
    private readonly HttpCaller caller;
    private readonly HttpMethod method;
    private volatile bool knowsNoHead;

    /// <summary>Describes a remote; nothing is contacted.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: an option is wrong.</exception>
    public HttpStorage(RemoteConfiguration remote)
    {
        var url = RemoteAddress.Parse(remote.Url);
        address = new HttpAddress(url, url.Scheme);
        method = new HttpMethod((remote.Get("method") ?? "POST").ToUpperInvariant());
        // What takes forms (POST) rarely knows how to delete; what keeps files (PUT) does mostly.
        Traits = new StorageTraits { CanList = false, CanDelete = method == HttpMethod.Put, Stall = HttpConnections.Seconds(remote, "read_timeout", 60), ChecksArrival = url.Scheme == "https", CanBlock = url.Scheme == "http" }.Within(remote);
        caller = new HttpCaller(isBlocking => HttpConnections.Open(remote, Traits.MostConnections, isBlocking), LoginOf(remote, url), Place);
    }

    /// <inheritdoc/>
    public string Place => address.Place;

    /// <inheritdoc/>
    public StorageTraits Traits { get; }

    /// <inheritdoc/>
    public async Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation)
    {
        var (item, _) = await LookAsync(key, cancellation).ConfigureAwait(false);
        return item;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RemoteItem> ListAsync(string prefix, CancellationToken cancellation) => throw new DataVersionException(DataErrorKind.RemoteFailed,
        $"What is at '{Place}' cannot be listed: HTTP has no way to ask for that.", Place, "Use a remote of another kind for what needs a listing.");

    /// <inheritdoc/>
    public Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation) =>
        HttpDownload.GetAsync(caller, address.Of(key), key, target, range, cancellation);

    /// <inheritdoc/>
    public async Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation)
    {
        try
        {
            using (var response = await caller.SendAsync(new HttpCall(method, address.Of(key), content), cancellation).ConfigureAwait(false))
                if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.SeeOther)
                    throw response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented or HttpStatusCode.NotFound
                        ? new DataVersionException(DataErrorKind.RemoteFailed, $"'{Place}' takes no uploads by {method}: it answered {(int)response.StatusCode} ({response.StatusCode}).", Place,
                            $"Try the option method = {(method == HttpMethod.Put ? "POST" : "PUT")}, or allow {method} at the server.")
                        : caller.Describe(response, $"store '{key}'", key);
        }
        catch (Exception error) when (error is not TransientRemoteException { IsUnreachable: true })
        {
            await RemoveBrokenAsync(key, content.Size).ConfigureAwait(false);
            throw;
        }
        // Servers that take a POST for a form say OK and store nothing; others store what arrived before the line broke.
        if (content.IsReadBack)
            return;
        if (await FindAsync(key, cancellation).ConfigureAwait(false) is not { } item)
            throw new DataVersionException(DataErrorKind.TransferFailed, $"'{Place}' accepted '{key}', but has nothing there.", key,
                $"Check the option method ({method}), and what the server does with uploads.");
        if (item.Size >= 0 && item.Size != content.Size)
        {
            await RemoveBrokenAsync(key, content.Size).ConfigureAwait(false);
            throw new TransientRemoteException($"'{Place}' stored {item.Size} bytes of '{key}' instead of {content.Size}.", key);
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
        var (_, answer) = await LookAsync(Probe, cancellation).ConfigureAwait(false);
        return HttpFacts.Of(answer, caller.Login);
    }

    /// <inheritdoc/>
    public Task RequireReadableAsync(CancellationToken cancellation) => LookAsync(Probe, cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        caller.Dispose();
        return ValueTask.CompletedTask;
    }

    private static HttpLogin LoginOf(RemoteConfiguration remote, RemoteAddress url)
    {
        var (user, password, auth) = (remote.Get("user") ?? url.User, remote.Get("password") ?? url.GetPassword() ?? "", remote.Get("auth")?.ToLowerInvariant());
        return auth switch
        {
            "custom" => remote.Get("custom_auth_header") is { Length: > 0 } header
                ? new HeaderLogin(header, password, $"header '{header}'")
                : throw new DataVersionException(DataErrorKind.RemoteFailed, $"The remote '{remote.Name}' has auth = custom, but no header is named.", null, "Set its option custom_auth_header."),
            "basic" or "digest" when user is null => throw new DataVersionException(DataErrorKind.RemoteFailed, $"The remote '{remote.Name}' has auth = {auth}, but no user.", null, "Set its option user."),
            "basic" or "digest" => new PasswordLogin(user, password, auth),
            _ => user is null ? HttpLogin.None : new PasswordLogin(user, password, null),
        };
    }

    private async Task<(RemoteItem? Item, HttpResponseMessage Answer)> LookAsync(string key, CancellationToken cancellation)
    {
        if (!knowsNoHead)
        {
            var answer = await caller.SendAsync(new HttpCall(HttpMethod.Head, address.Of(key)), cancellation).ConfigureAwait(false);
            if (answer.StatusCode is not (HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented or HttpStatusCode.BadRequest or HttpStatusCode.Forbidden))
                return Understand(key, answer);
            knowsNoHead = answer.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented;
            answer.Dispose();
        }
        // DVC asks so. A body that comes in spite of the range is not read.
        return Understand(key, await caller.SendAsync(new HttpCall(HttpMethod.Get, address.Of(key)) { Headers = [("Range", "bytes=0-0")] }, cancellation).ConfigureAwait(false));
    }

    private (RemoteItem? Item, HttpResponseMessage Answer) Understand(string key, HttpResponseMessage answer)
    {
        using (answer)
            return answer.StatusCode switch
            {
                HttpStatusCode.OK or HttpStatusCode.PartialContent or HttpStatusCode.RequestedRangeNotSatisfiable => (HttpFacts.ItemOf(key, answer), answer),
                HttpStatusCode.NoContent => (HttpFacts.ItemOf(key, answer) with { Size = 0 }, answer),
                HttpStatusCode.NotFound or HttpStatusCode.Gone or >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => (null, answer),
                _ => throw caller.Describe(answer, $"look for '{key}'", key),
            };
    }

    // Nobody may take a part for the whole. What has the right length was there before, or arrived after all. Only under the
    // name of an object: another file with another length may be what somebody has there, and wants to keep.
    private async Task RemoveBrokenAsync(string key, long size)
    {
        if (!RemoteKeys.TryParse(key, out _))
            return;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            if (await FindAsync(key, limit.Token).ConfigureAwait(false) is { Size: >= 0 } item && item.Size != size)
                await DeleteAsync(key, limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DataVersionException or OperationCanceledException or HttpRequestException or IOException)
        {
            // The first error is the one to tell.
        }
    }
}
