using DataVersion.Engine.Remotes;
using DataVersion.Tests.Remotes.Http;
using DataVersion.Tests.Remotes.Servers;
using DataVersion.Tests.Remotes.Ssh;
using DataVersion.Tests.Remotes.WebDav;

namespace DataVersion.Tests.Remotes;

/// <summary>HTTP on threads that block.</summary>
[Server("http")]
public sealed class BlockingHttpConformanceTests : HttpPutConformanceTests
{
    private protected override IRemoteStorage Open(string prefix, int? port = null) => new BlockingStorage(base.Open(prefix, port));
}

/// <summary>HTTP over TLS on threads that block.</summary>
[Server("http")]
public sealed class BlockingHttpPostConformanceTests : HttpPostConformanceTests
{
    private protected override IRemoteStorage Open(string prefix, int? port = null) => new BlockingStorage(base.Open(prefix, port));
}

/// <summary>WebDAV on threads that block.</summary>
[Server("webdav")]
public sealed class BlockingWebDavConformanceTests : WebDavConformanceTests
{
    private protected override IRemoteStorage Open(string prefix, int? port = null) => new BlockingStorage(base.Open(prefix, port));
}

/// <summary>S3 on threads that block.</summary>
[Server("s3")]
public sealed class BlockingS3ConformanceTests : S3ConformanceTests
{
    private protected override IRemoteStorage Open(string prefix, int? port = null) => new BlockingStorage(base.Open(prefix, port));
}

/// <summary>SSH on threads that block.</summary>
[Server("ssh")]
public sealed class BlockingSshConformanceTests : OpenSshConformanceTests
{
    private protected override IRemoteStorage Open(string prefix, int? port = null) => new BlockingStorage(base.Open(prefix, port));
}
