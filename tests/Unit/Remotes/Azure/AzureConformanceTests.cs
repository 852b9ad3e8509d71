using Azure.Storage;
using Azure.Storage.Sas;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;
using DataVersion.Remotes.Azure;
using DataVersion.Tests.Remotes.Http;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Azure;

/// <summary>azurite with a connection string that holds the account's key.</summary>
[Server("azure")]
public sealed class AzureConformanceTests : StorageConformance
{
    private static TestServer Azurite => TestServer.Get("azure");

    private protected override (string Host, int Port)? Server => Azurite.Address;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => AzureRemotes.Open(Azurite["container"], prefix, AzureRemotes.ConnectionString(port: port));

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) =>
        AzureRemotes.Open(Azurite["container"], prefix, AzureRemotes.ConnectionString(key: Convert.ToBase64String(new byte[64])));

    private protected override IRemoteStorage OpenUnknownBucket() => AzureRemotes.Open("nobodys", "x", AzureRemotes.ConnectionString());
}

/// <summary>azurite over TLS with a shared access signature.</summary>
[Server("azure")]
public sealed class AzureSignatureConformanceTests : StorageConformance
{
    private static TestServer Azurite => TestServer.Get("azure");

    private protected override (string Host, int Port)? Server => new Uri(Azurite["secureEndpoint"]) is var address ? (address.Host, address.Port) : null;

    private protected override IRemoteStorage Open(string prefix, int? port = null) =>
        AzureRemotes.Open(Azurite["container"], prefix, AzureRemotes.SignedConnectionString("rwdl", TimeSpan.FromHours(1), port), ("ssl_verify", Azurite["ca"]));

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) =>
        AzureRemotes.Open(Azurite["container"], prefix, AzureRemotes.SignedConnectionString("rwdl", TimeSpan.FromHours(1)).Replace("sig=", "sig=AAAA", StringComparison.Ordinal), ("ssl_verify", Azurite["ca"]));
}

/// <summary>Opens remotes in azurite.</summary>
internal static class AzureRemotes
{
    private static TestServer Azurite => TestServer.Get("azure");

    public static IRemoteStorage Open(string container, string prefix, string connection, params (string Option, string? Value)[] options) =>
        HttpRemotes.Open($"azure://{container}/{prefix}", [("connection_string", connection), .. options]);

    public static string ConnectionString(string? key = null, int? port = null) =>
        $"DefaultEndpointsProtocol=http;AccountName={Azurite["account"]};AccountKey={key ?? Azurite["key"]};BlobEndpoint={At(Azurite["endpoint"], port)};";

    public static string SignedConnectionString(string rights, TimeSpan validity, int? port = null)
    {
        var signature = new BlobSasBuilder { BlobContainerName = Azurite["container"], Resource = "c", StartsOn = DateTimeOffset.UtcNow.AddHours(-2), ExpiresOn = DateTimeOffset.UtcNow + validity };
        signature.SetPermissions(rights);
        return $"BlobEndpoint={At(Azurite["secureEndpoint"], port)};SharedAccessSignature={signature.ToSasQueryParameters(new StorageSharedKeyCredential(Azurite["account"], Azurite["key"]))}";
    }

    /// <summary>Opens a remote as somebody whom no configuration of azurite can describe.</summary>
    public static IRemoteStorage Open(string container, AzureLogin login)
    {
        var remote = new RemoteConfiguration("web", $"azure://{container}", new Dictionary<string, string> { ["ssl_verify"] = Azurite["ca"] }, [ConfigScope.Repository], false);
        return new GuardedStorage(new AzureStorage(remote, login), remote);
    }

    private static string At(string endpoint, int? port) => new UriBuilder(endpoint) is var builder && port is { } other ? $"{builder.Scheme}://{builder.Host}:{other}{builder.Path}" : endpoint;
}
