using System.Globalization;

namespace DataVersion.Engine.Remotes;

/// <summary>The parts of a remote's URL, as they are written: nothing is unescaped.</summary>
/// <param name="Scheme">In lower case.</param>
/// <param name="User">Before the <c>@</c>, without password; null when there is none.</param>
/// <param name="Host">Host, bucket or container.</param>
/// <param name="Port">Port; null when there is none.</param>
/// <param name="Path">What follows the host, without slashes at its ends; empty for the root.</param>
public sealed record RemoteAddress(string Scheme, string? User, string Host, int? Port, string Path)
{
    /// <summary>The password of a URL <c>scheme://user:password@host</c>; null when there is none. Not shown by ToString.</summary>
    private string? Password { get; init; }

    /// <summary>The password that the URL carries; null when there is none.</summary>
    public string? GetPassword() => Password;

    /// <summary>Takes a URL apart.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: it has no host.</exception>
    public static RemoteAddress Parse(string url)
    {
        var scheme = Repositories.RemoteSchema.SchemeOf(url);
        if (scheme.Length == 0)
            throw Invalid(url);
        var rest = url[(scheme.Length + 3)..];
        var slash = rest.IndexOf('/');
        var (authority, path) = slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
        string? user = null, password = null;
        if (authority.LastIndexOf('@') is >= 0 and var at)
        {
            var login = authority[..at];
            authority = authority[(at + 1)..];
            var colon = login.IndexOf(':');
            user = Uri.UnescapeDataString(colon < 0 ? login : login[..colon]);
            password = colon < 0 ? null : Uri.UnescapeDataString(login[(colon + 1)..]);
        }
        int? port = null;
        if (authority.LastIndexOf(':') is >= 0 and var mark && mark > authority.LastIndexOf(']')
            && int.TryParse(authority.AsSpan(mark + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            (authority, port) = (authority[..mark], number);
        if (authority.Length == 0)
            throw Invalid(url);
        return new RemoteAddress(scheme, user, authority, port, path.Trim('/')) { Password = password };
    }

    /// <summary>The address without what could be a secret.</summary>
    public override string ToString() =>
        $"{Scheme}://{(User is null ? "" : User + "@")}{Host}{(Port is { } port ? ":" + port.ToString(CultureInfo.InvariantCulture) : "")}{(Path.Length == 0 ? "" : "/" + Path)}";

    /// <summary>The key of a value below this address as the service knows it: the path, a slash, the key.</summary>
    public string FullKey(string key) => Path.Length == 0 ? key : key.Length == 0 ? Path : Path + "/" + key;

    private static DataVersionException Invalid(string url) => new(DataErrorKind.RemoteFailed,
        $"'{RemoteSecrets.Hide(url)}' is not an address of a remote: it has no host or bucket.", RemoteSecrets.Hide(url), "Correct it with Set-DataRemote -Url.");
}
