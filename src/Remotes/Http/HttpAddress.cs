using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Http;

/// <summary>The addresses of what lies below a URL. The URL is taken as it is written (it may be escaped already), keys are
/// escaped. A query of the URL goes with every request.</summary>
internal sealed class HttpAddress
{
    private readonly string origin;
    private readonly string path;
    private readonly string query;

    /// <summary>Describes a remote.</summary>
    /// <param name="address">Its address.</param>
    /// <param name="scheme"><c>http</c> or <c>https</c>.</param>
    public HttpAddress(RemoteAddress address, string scheme)
    {
        var mark = address.Path.IndexOf('?');
        (path, query) = mark < 0 ? (address.Path, "") : (address.Path[..mark].TrimEnd('/'), address.Path[mark..]);
        origin = $"{scheme}://{address.Host}{(address.Port is { } port ? $":{port}" : "")}";
        Place = new RemoteAddress(address.Scheme, address.User, address.Host, address.Port, path).ToString();
    }

    /// <summary>The remote, for messages.</summary>
    public string Place { get; }

    /// <summary>The address of a value; of the remote itself for an empty key.</summary>
    public Uri Of(string key) => new($"{origin}/{path}{(key.Length > 0 && path.Length > 0 ? "/" : "")}{Escape(key)}{query}");

    /// <summary>The address of a folder below the remote; ends with <c>/</c>.</summary>
    public Uri OfFolder(string key) => new($"{origin}/{string.Join('/', ((string[])[path, Escape(key)]).Where(p => p.Length > 0).Append(""))}{query}");

    private static string Escape(string key) => string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
}
