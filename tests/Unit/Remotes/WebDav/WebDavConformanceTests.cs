using DataVersion.Engine.Remotes;
using DataVersion.Tests.Remotes.Http;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.WebDav;

/// <summary>Apache with a basic password.</summary>
[Server("webdav")]
public class WebDavConformanceTests : StorageConformance
{
    private static TestServer Apache => TestServer.Get("webdav");

    private protected override (string Host, int Port)? Server => Apache.Address;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => Open("dav", prefix, Apache["password"], port);

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) => Open("dav", prefix, "guessed", null);

    private protected override IRemoteStorage OpenUnknownBucket() => Open("dav", "nobody/was/here", Apache["password"], null);

    internal static IRemoteStorage Open(string folder, string prefix, string password, int? port) =>
        HttpRemotes.Open(HttpRemotes.Url(Apache, folder, prefix, port).Replace("http:", "webdav:", StringComparison.Ordinal), ("user", Apache["user"]), ("password", password));
}

/// <summary>Apache with digest authentication.</summary>
[Server("webdav")]
public sealed class WebDavDigestConformanceTests : StorageConformance
{
    private static TestServer Apache => TestServer.Get("webdav");

    private protected override (string Host, int Port)? Server => Apache.Address;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => WebDavConformanceTests.Open("digest", prefix, Apache["password"], port);

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) => WebDavConformanceTests.Open("digest", prefix, "guessed", null);
}

/// <summary>nginx, which follows the standard less closely, over TLS.</summary>
[Server("webdav-nginx")]
public sealed class WebDavNginxConformanceTests : StorageConformance
{
    private static TestServer Nginx => TestServer.Get("webdav-nginx");

    private protected override (string Host, int Port)? Server => new Uri(Nginx["secureEndpoint"]) is var address ? (address.Host, address.Port) : null;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => Open(prefix, Nginx["password"], port);

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) => Open(prefix, "guessed", null);

    private protected override IRemoteStorage OpenUnknownBucket() => Open("nobody/was/here", Nginx["password"], null);

    // They are stored, and left out of listings.
    private protected override IReadOnlyCollection<string> ImpossibleNames => [".hidden"];

    private static IRemoteStorage Open(string prefix, string password, int? port) =>
        HttpRemotes.Open(HttpRemotes.Url(Nginx, "", prefix, port, "secureEndpoint").Replace("https:", "webdavs:", StringComparison.Ordinal),
            ("user", Nginx["user"]), ("password", password), ("ssl_verify", Nginx["ca"]));
}
