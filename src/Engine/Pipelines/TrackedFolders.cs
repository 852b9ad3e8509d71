using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>Finds the folders that metadata files track, so that a search for more metadata need not enter them.</summary>
internal static class TrackedFolders
{
    /// <summary>The outputs of these metadata files that may be folders, by their paths from the root; unreadable files have none here.</summary>
    /// <param name="tree">Reads the files.</param>
    /// <param name="metadataPaths">The files.</param>
    public static IEnumerable<string> Of(IMetadataTree tree, IReadOnlyCollection<string> metadataPaths) =>
        DataIndexLoader.Load(new Selection(tree, metadataPaths), []).Outputs
            .Where(MayBeFolder)
            .Select(output => output.Path);

    private static bool MayBeFolder(TrackedOutput output) =>
        !output.IsExternal && (output.Hash is null || output.IsDirectory || output.Files.Count > 0);

    /// <summary>Some files of a tree. A <c>.dvc</c> file that speaks of no folder is not worth the parsing, and there may be many.</summary>
    private sealed class Selection(IMetadataTree tree, IReadOnlyCollection<string> paths) : IMetadataTree
    {
        public string? RootFolder => tree.RootFolder;

        public string? FileOf(string repositoryPath) => tree.FileOf(repositoryPath);

        public string? ContentId(string repositoryPath) => tree.ContentId(repositoryPath);

        public IEnumerable<string> MetadataPaths() => paths.Where(path => !MetadataPath.IsDataFile(path) || MayTrackFolder(path));

        public string ReadText(string repositoryPath) => tree.ReadText(repositoryPath);

        public bool Exists(string repositoryPath) => tree.Exists(repositoryPath);

        // A hash of a folder ends with ".dir"; one without a hash has a list of files, or nothing yet.
        private bool MayTrackFolder(string path)
        {
            if (tree.RootFolder is { } root && tree.FileOf(path) is { } file && KnownDataFiles.TryGet(root, file) is { } known)
                return known.Any(MayBeFolder);
            try
            {
                var text = tree.ReadText(path);
                return text.Contains(".dir", StringComparison.Ordinal) || text.Contains("files:", StringComparison.Ordinal)
                    || !text.Contains("md5:", StringComparison.Ordinal);
            }
            catch (DataVersionException)
            {
                return false;
            }
        }
    }
}
