using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>The store of the unit tests is held to what every service is held to.</summary>
public sealed class MemoryConformanceTests : StorageConformance
{
    private readonly MemoryStorage memory = new() { HasParts = true };

    private protected override IRemoteStorage Open(string prefix, int? port = null) => memory;
}
