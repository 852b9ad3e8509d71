using System.Net;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Http;

namespace DataVersion.Remotes.GoogleCloud;

/// <summary>Requests to the JSON interface of Google Cloud Storage: addresses, login, errors. Nothing is repeated here.</summary>
internal sealed class GoogleCalls : IDisposable
{
    private readonly RemoteConfiguration remote;
    private readonly Func<string, string?> environment;
    private readonly string settings;
    private readonly HttpClient http;
    private readonly SemaphoreSlim finding = new(1, 1);
    private GoogleLogin? login;

    public GoogleCalls(RemoteConfiguration remote, string place, int connections, Func<string, string?> environment, string settings)
    {
        (this.remote, Place, this.environment, this.settings) = (remote, place, environment, settings);
        var given = remote.Get("endpointurl") is { Length: > 0 } option ? option : environment("STORAGE_EMULATOR_HOST") is { Length: > 0 } emulator ? emulator : "https://storage.googleapis.com";
        Service = (given.Contains("://", StringComparison.Ordinal) ? given : "http://" + given).TrimEnd('/');
        var handler = HttpConnections.Open(remote, connections);
        // 308 is no redirect here, but "go on" of a resumable upload.
        handler.AllowAutoRedirect = false;
        http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Where the remote is.</summary>
    public string Place { get; }

    /// <summary>The address of the service, without a slash at its end.</summary>
    public string Service { get; }

    /// <summary>Who we are; null before the first call.</summary>
    public string? Login => login?.Description;

    /// <summary>The service's clock when it last answered; null before.</summary>
    public DateTimeOffset? Clock { get; private set; }

    /// <summary>What the service calls itself; null when it does not tell.</summary>
    public string? Server { get; private set; }

    /// <summary>Makes a request; gives the answer when its status is a success, or among those expected.</summary>
    /// <param name="request">The request.</param>
    /// <param name="what">What it does, as "read 'key'".</param>
    /// <param name="key">The key.</param>
    /// <param name="cancellation">Ends the call.</param>
    /// <param name="expected">Further statuses that are no error.</param>
    /// <exception cref="DataVersionException">As <see cref="IRemoteStorage"/> says.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string what, string key, CancellationToken cancellation, params HttpStatusCode[] expected)
    {
        try
        {
            await (await FindLoginAsync(cancellation).ConfigureAwait(false)).SignAsync(request, cancellation).ConfigureAwait(false);
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            (Clock, Server) = (answer.Headers.Date ?? Clock, answer.Headers.Server.Count > 0 ? answer.Headers.Server.ToString() : Server);
            if (answer.IsSuccessStatusCode || expected.Contains(answer.StatusCode))
                return answer;
            using (answer)
                throw await GoogleErrors.DescribeAsync(answer, what, Place, key, Login!, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not DataVersionException && !cancellation.IsCancellationRequested
            && GoogleErrors.Describe(error, Place, Login ?? "no credentials") is { } described)
        {
            throw described;
        }
    }

    public void Dispose()
    {
        http.Dispose();
        finding.Dispose();
    }

    private async Task<GoogleLogin> FindLoginAsync(CancellationToken cancellation)
    {
        if (login is { } found)
            return found;
        await finding.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            return login ??= await GoogleLogin.FindAsync(remote, environment, settings, cancellation).ConfigureAwait(false);
        }
        finally
        {
            finding.Release();
        }
    }
}
