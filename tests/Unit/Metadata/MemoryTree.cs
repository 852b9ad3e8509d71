using DataVersion.Engine.Metadata;

namespace DataVersion.Tests.Metadata;

/// <summary>A tree of metadata files in memory.</summary>
internal sealed class MemoryTree : Dictionary<string, string>, IMetadataTree
{
    public string? RootFolder { get; init; }

    public IEnumerable<string> MetadataPaths() => Keys;

    public string ReadText(string repositoryPath) => this[repositoryPath];

    public bool Exists(string repositoryPath) => ContainsKey(repositoryPath);
}
