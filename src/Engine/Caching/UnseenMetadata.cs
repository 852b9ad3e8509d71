using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Caching;

/// <summary>
/// The metadata of a revision without the files whose content was met in an earlier revision: which objects a file names
/// depends on its content only, so a history of thousands of commits is parsed file by file, each version once.
/// </summary>
/// <param name="tree">The revision.</param>
/// <param name="seen">Contents met so far; receives the new ones.</param>
internal sealed class UnseenMetadata(RevisionMetadataTree tree, HashSet<string> seen) : IMetadataTree
{
    /// <inheritdoc/>
    public string? RootFolder => tree.RootFolder;

    /// <inheritdoc/>
    public IEnumerable<string> MetadataPaths()
    {
        // A dvc.yaml and its dvc.lock are read together, so both are listed or none.
        var own = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in tree.MetadataPaths())
        {
            var key = MetadataPath.NameOf(path) is PipelineFile.FileName or LockFile.FileName
                ? IdIn(path, PipelineFile.FileName) + ":" + IdIn(path, LockFile.FileName)
                : tree.ContentId(path) ?? path;
            if (own.Contains(key) || seen.Add(key) && own.Add(key))
                yield return path;
        }
    }

    /// <inheritdoc/>
    public string ReadText(string repositoryPath) => tree.ReadText(repositoryPath);

    /// <inheritdoc/>
    public bool Exists(string repositoryPath) => tree.Exists(repositoryPath);

    private string? IdIn(string path, string name) => tree.ContentId(MetadataPath.Join(MetadataPath.FolderOf(path), name));
}
