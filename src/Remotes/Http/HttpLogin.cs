using System.Net.Http.Headers;
using System.Text;

namespace DataVersion.Remotes.Http;

/// <summary>How requests say who we are. Only requests to the host of the remote say it: never those that follow a redirect elsewhere.</summary>
internal abstract class HttpLogin
{
    /// <summary>No login.</summary>
    public static HttpLogin None { get; } = new NoLogin();

    /// <summary>Kind of credentials and where they came from, without any secret.</summary>
    public abstract string Description { get; }

    /// <summary>Adds to a request what says who we are.</summary>
    public abstract ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellation);

    /// <summary>Looks at a refusal (401).</summary>
    /// <returns>True when the same request may be accepted now.</returns>
    public virtual ValueTask<bool> AnswerAsync(HttpResponseMessage refusal, CancellationToken cancellation) => new(false);

    private sealed class NoLogin : HttpLogin
    {
        public override string Description => "none";

        public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}

/// <summary>A header with a secret: a bearer token, or what a service wants.</summary>
/// <param name="name">Name of the header.</param>
/// <param name="value">The secret.</param>
/// <param name="description">What to call it.</param>
internal sealed class HeaderLogin(string name, string value, string description) : HttpLogin
{
    public override string Description => description;

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        request.Headers.TryAddWithoutValidation(name, value);
        return ValueTask.CompletedTask;
    }
}

/// <summary>A user and a password: sent with every request (basic), or as the answer to what the server asks (digest, RFC 7616).</summary>
/// <param name="user">The user.</param>
/// <param name="password">The password.</param>
/// <param name="scheme"><c>basic</c>, <c>digest</c>, or null for what the server asks for.</param>
internal sealed class PasswordLogin(string user, string password, string? scheme) : HttpLogin
{
    private readonly AuthenticationHeaderValue basic = new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    private volatile bool sendsBasic = scheme == "basic";
    private volatile DigestAnswer? digest;

    /// <summary>The password is sent (basic) before the server has asked for anything, as DVC does for WebDAV; only where nobody
    /// listens. A server that wants a digest gets one after its first refusal.</summary>
    public bool IsEager { init => sendsBasic |= value; }

    public override string Description => $"user '{user}' with a password ({(digest is not null ? "digest" : sendsBasic ? "basic" : scheme ?? "not asked for")})";

    public override ValueTask ApplyAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        if (digest is { } answer)
            request.Headers.Authorization = new AuthenticationHeaderValue("Digest", answer.To(request.Method.Method, request.RequestUri!.PathAndQuery));
        else if (sendsBasic)
            request.Headers.Authorization = basic;
        return ValueTask.CompletedTask;
    }

    public override ValueTask<bool> AnswerAsync(HttpResponseMessage refusal, CancellationToken cancellation)
    {
        if (scheme != "basic" && refusal.Headers.WwwAuthenticate.Where(c => Is(c, "Digest")).Select(c => DigestAnswer.Read(user, password, c.Parameter ?? "")).FirstOrDefault(a => a is not null) is { } answer)
        {
            digest = answer;
            return new(true);
        }
        // Many requests are refused at the same moment; each may be sent again when it did not carry the password.
        if (scheme is null && refusal.RequestMessage?.Headers.Authorization is null && refusal.Headers.WwwAuthenticate.Any(c => Is(c, "Basic")))
            return new(sendsBasic = true);
        return new(false);
    }

    private static bool Is(AuthenticationHeaderValue challenge, string name) => challenge.Scheme.Equals(name, StringComparison.OrdinalIgnoreCase);
}
