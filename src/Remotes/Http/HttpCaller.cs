using System.Net;
using System.Runtime.ExceptionServices;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Http;

/// <summary>A request, to be made more than once when a server asks who we are or sends us elsewhere.</summary>
/// <param name="Method">The method.</param>
/// <param name="Address">Where to.</param>
/// <param name="Content">What is sent; null for nothing.</param>
internal sealed record HttpCall(HttpMethod Method, Uri Address, RemoteUpload? Content = null)
{
    /// <summary>Other things that are sent, as text in XML; null for nothing.</summary>
    public string? Xml { get; init; }

    /// <summary>Headers.</summary>
    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];
}

/// <summary>Makes requests: says who we are, follows redirects without telling another host who we are, and describes refusals.</summary>
/// <param name="open">Makes connections, for threads that block or for others; does not follow redirects. Closed with the caller.</param>
/// <param name="login">Who we are.</param>
/// <param name="place">The remote, for messages.</param>
internal sealed class HttpCaller(Func<bool, HttpMessageHandler> open, HttpLogin login, string place) : IDisposable
{
    private const int MostRedirects = 10;

    /// <summary>Larger bodies are sent when the server has said that it takes them.</summary>
    private const long LargeBody = 1 << 20;

    private readonly HttpMessageInvoker client = new(open(false));

    // Connections of its own: a socket that was waited for in another way once never blocks again.
    private readonly Lazy<HttpMessageInvoker> blocking = new(() => new HttpMessageInvoker(open(true)));
    private volatile bool isAccepted;

    /// <summary>Who we are.</summary>
    public HttpLogin Login => login;

    /// <summary>The remote, for messages.</summary>
    public string Place => place;

    /// <summary>Makes a request.</summary>
    /// <returns>The answer, whatever it says; its body has not been read.</returns>
    /// <exception cref="DataVersionException">What was to be sent is wrong, or the redirects do not end.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpCall call, CancellationToken cancellation)
    {
        var (address, method, content, isAnswered) = (call.Address, call.Method, call.Content, false);
        for (var redirects = 0; ;)
        {
            var isHome = IsHome(call.Address, address);
            var response = await SendOnceAsync(call with { Method = method, Address = address, Content = content }, isHome, cancellation).ConfigureAwait(false);
            if (isHome && response.StatusCode != HttpStatusCode.Unauthorized)
                isAccepted = true;
            if (isHome && response.StatusCode == HttpStatusCode.Unauthorized && !isAnswered && await login.AnswerAsync(response, cancellation).ConfigureAwait(false))
                isAnswered = true;
            else if (Follow(method, address, response) is { } next)
            {
                if (++redirects > MostRedirects)
                    using (response)
                        throw new DataVersionException(DataErrorKind.TransferFailed, $"'{place}' redirects without end ('{call.Address.AbsolutePath}').", place,
                            "Correct the URL of the remote with Set-DataRemote -Url.");
                address = next;
                if (response.StatusCode == HttpStatusCode.SeeOther)
                    (method, content) = (method == HttpMethod.Head ? method : HttpMethod.Get, null);
            }
            else
                return response;
            response.Dispose();
        }
    }

    /// <summary>Throws what an answer means that is no success.</summary>
    /// <param name="response">The answer; closed.</param>
    /// <param name="what">What was done, as "read 'key'".</param>
    /// <param name="key">What it happened to.</param>
    public DataVersionException Describe(HttpResponseMessage response, string what, string key)
    {
        using (response)
        {
            var says = response.StatusCode switch
            {
                HttpStatusCode.Unauthorized => response.Headers.WwwAuthenticate.Count == 0 ? null
                    : $"it asks for {string.Join(" or ", response.Headers.WwwAuthenticate.Select(c => c.Scheme).Distinct(StringComparer.OrdinalIgnoreCase))} authentication, and got: {login.Description}",
                >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest => $"it redirects to '{RemoteSecrets.Hide(response.Headers.Location?.ToString() ?? "")}'",
                _ => null,
            };
            return RemoteErrors.Describe(response.StatusCode, what, place, key, says, response.Headers.RetryAfter);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
        if (blocking.IsValueCreated)
            blocking.Value.Dispose();
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpCall call, bool isHome, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(call.Method, call.Address);
        foreach (var (name, value) in call.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var body = call.Content is { } content ? new HttpBody(content) : null;
        request.Content = body is not null ? body : (call.Xml is { } xml ? new StringContent(xml, System.Text.Encoding.UTF8, "application/xml") : null);
        if (isHome)
            await login.ApplyAsync(request, cancellation).ConfigureAwait(false);
        if (body is not null && (call.Content!.Size > LargeBody || !isAccepted && call.Content.Size > 0))
            request.Headers.ExpectContinue = true;
        try
        {
            return TransferThread.IsCurrent ? blocking.Value.Send(request, cancellation) : await client.SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (body?.Failure is not null && error is not OperationCanceledException)
        {
            // The connection is not to blame: what was to be sent is wrong or cannot be read.
            ExceptionDispatchInfo.Throw(body.Failure);
            throw;
        }
    }

    // What a form (POST) is redirected to is another thing; a name with a slash behind it is the folder of that name.
    private Uri? Follow(HttpMethod method, Uri address, HttpResponseMessage response)
    {
        var follows = response.StatusCode switch
        {
            HttpStatusCode.MovedPermanently or HttpStatusCode.Found => method != HttpMethod.Post,
            HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect => true,
            HttpStatusCode.SeeOther => method == HttpMethod.Get || method == HttpMethod.Head,
            _ => false,
        };
        if (!follows || response.Headers.Location is not { } location)
            return null;
        var next = new Uri(address, location);
        if (next.AbsolutePath == address.AbsolutePath + "/")
            return null;
        if (next.Scheme is not ("http" or "https") || address.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
            using (response)
                throw new DataVersionException(DataErrorKind.RemoteFailed, $"'{place}' redirects to '{next.GetLeftPart(UriPartial.Authority)}', which is not encrypted.", place,
                    "Correct the URL of the remote with Set-DataRemote -Url.");
        return next;
    }

    private static bool IsHome(Uri home, Uri address) => home.Host.Equals(address.Host, StringComparison.OrdinalIgnoreCase)
        && (home.Scheme == address.Scheme && home.Port == address.Port || home is { Scheme: "http", IsDefaultPort: true } && address is { Scheme: "https", IsDefaultPort: true });
}
