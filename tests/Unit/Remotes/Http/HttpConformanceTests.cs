using DataVersion.Engine.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Http;

/// <summary>nginx, which takes uploads by PUT, with a password.</summary>
[Server("http")]
public class HttpPutConformanceTests : StorageConformance
{
    private static TestServer Nginx => TestServer.Get("http");

    private protected override (string Host, int Port)? Server => Nginx.Address;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => Open(prefix, Nginx["password"], port);

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) => Open(prefix, "guessed", null);

    private static IRemoteStorage Open(string prefix, string password, int? port) => HttpRemotes.Open(HttpRemotes.Url(Nginx, "basic", prefix, port),
        ("method", "PUT"), ("auth", "basic"), ("user", Nginx["user"]), ("password", password));
}

/// <summary>nginx over TLS, which takes uploads by POST, as DVC sends them; a header carries the secret.</summary>
[Server("http")]
public class HttpPostConformanceTests : StorageConformance
{
    private static TestServer Nginx => TestServer.Get("http");

    private protected override (string Host, int Port)? Server => new Uri(Nginx["secureEndpoint"]) is var address ? (address.Host, address.Port) : null;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => Open(prefix, Nginx["password"], port);

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) => Open(prefix, "guessed", null);

    private static IRemoteStorage Open(string prefix, string password, int? port) => HttpRemotes.Open(HttpRemotes.Url(Nginx, "post", prefix, port, "secureEndpoint"),
        ("auth", "custom"), ("custom_auth_header", "Authorization"), ("password", "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{Nginx["user"]}:{password}"))),
        ("ssl_verify", Nginx["ca"]));
}
