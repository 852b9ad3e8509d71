using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;
using DataVersion.Remotes.Local;

namespace DataVersion.Tests.Remotes;

/// <summary>A folder of this machine.</summary>
public sealed class FolderConformanceTests : StorageConformance
{
    private readonly ScratchFolder folder = new();

    private protected override IRemoteStorage Open(string prefix, int? port = null) => new FolderStorage(folder.PathOf(prefix));

    private protected override IRemoteStorage OpenUnknownBucket() => new FolderStorage(folder.PathOf("nowhere"));
}
