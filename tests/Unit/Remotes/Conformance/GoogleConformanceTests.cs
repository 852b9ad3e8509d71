using DataVersion.Engine.Remotes;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes;

/// <summary>Google Cloud Storage.</summary>
[Server("gcs")]
public sealed class GoogleConformanceTests : StorageConformance
{
    private protected override (string Host, int Port)? Server => TestServer.Get("gcs").Address;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => RemoteStorages.Open(GoogleRemotes.At(prefix, port));

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) =>
        RemoteStorages.Open(GoogleRemotes.At(prefix, null, ("credentialpath", TestServer.Get("gcs")["refusedAccountFile"])));

    private protected override IRemoteStorage OpenUnknownBucket() => RemoteStorages.Open(GoogleRemotes.At("x") with { Url = "gs://no-such-bucket/x" });
}
