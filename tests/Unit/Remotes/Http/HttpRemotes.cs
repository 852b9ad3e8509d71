using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Http;

/// <summary>Opens remotes as a configuration describes them.</summary>
internal static class HttpRemotes
{
    /// <summary>Opens a remote.</summary>
    public static IRemoteStorage Open(string url, params (string Option, string? Value)[] options) => RemoteStorages.Open(new RemoteConfiguration("web", url,
        options.Where(o => o.Value is not null).ToDictionary(o => o.Option, o => o.Value!), [ConfigScope.Repository], false));

    /// <summary>The address of a server, with the port of a <see cref="FaultProxy"/> in the place of its own.</summary>
    public static string Url(TestServer server, string folder, string prefix, int? port = null, string value = "endpoint")
    {
        var builder = new UriBuilder(server[value]);
        builder.Path = $"{builder.Path.TrimEnd('/')}/{folder}/{prefix}".Replace("//", "/", StringComparison.Ordinal);
        builder.Port = port ?? builder.Port;
        return builder.Uri.ToString();
    }
}
