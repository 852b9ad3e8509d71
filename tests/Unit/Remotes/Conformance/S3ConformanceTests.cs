using DataVersion.Engine.Remotes;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes;

/// <summary>The S3 protocol of Ceph.</summary>
[Server("s3")]
public class S3ConformanceTests : StorageConformance
{
    private static TestServer Ceph => TestServer.Get("s3");

    private protected override (string Host, int Port)? Server => Ceph.Address;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => RemoteStorages.Open(S3Remotes.At(Ceph, prefix, port));

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) => RemoteStorages.Open(S3Remotes.At(Ceph, prefix, null, ("secret_access_key", "wrong")));

    private protected override IRemoteStorage OpenUnknownBucket() => RemoteStorages.Open(S3Remotes.At(Ceph, "x") with { Url = "s3://no-such-bucket/x" });
}

/// <summary>The same over TLS, with the server's authority.</summary>
[Server("s3")]
public sealed class S3TlsConformanceTests : StorageConformance
{
    private static TestServer Ceph => TestServer.Get("s3");

    private protected override IRemoteStorage Open(string prefix, int? port = null) =>
        RemoteStorages.Open(S3Remotes.At(Ceph, prefix, null, ("endpointurl", Ceph["secureEndpoint"]), ("ssl_verify", Ceph["ca"])));

    private protected override int ManyKeys => 50;
}

/// <summary>The S3 protocol of OpenStack Swift.</summary>
[Server("swift")]
public sealed class SwiftConformanceTests : StorageConformance
{
    private static TestServer Swift => TestServer.Get("swift");

    private protected override (string Host, int Port)? Server => Swift.Address;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => RemoteStorages.Open(S3Remotes.At(Swift, prefix, port));

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) => RemoteStorages.Open(S3Remotes.At(Swift, prefix, null, ("secret_access_key", "wrong")));

    private protected override IRemoteStorage OpenUnknownBucket() => RemoteStorages.Open(S3Remotes.At(Swift, "x") with { Url = "s3://no-such-bucket/x" });
}
