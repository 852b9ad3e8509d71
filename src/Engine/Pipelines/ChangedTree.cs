using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>A tree in which one file has another text: what would be, were it written.</summary>
internal sealed class ChangedTree(IMetadataTree tree, string path, string text) : IMetadataTree
{
    public string? RootFolder => tree.RootFolder;

    public IEnumerable<string> MetadataPaths() => tree.MetadataPaths().Append(path).Distinct(StringComparer.Ordinal);

    public string ReadText(string repositoryPath) => repositoryPath == path ? text : tree.ReadText(repositoryPath);

    public bool Exists(string repositoryPath) => repositoryPath == path || tree.Exists(repositoryPath);
}
