// Provisional: the `ignore` engineer deletes this file when IgnoreTree and WorkingMetadataTree land.
#pragma warning disable CS1591
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Repositories;

public sealed record IgnoreMatch(string File, int Line, string Pattern, bool IsNegated);

public sealed class IgnoreTree(RepositoryLayout layout)
{
    public bool IsIgnored(string path, bool isDirectory) => Match(path, isDirectory) is not null;

    public IgnoreMatch? Match(string path, bool isDirectory) => isDirectory && path is ".git" or ".dvc" or ".hg"
        ? new IgnoreMatch(layout.IgnoreFile, 0, path + "/", false) : null;
}

public sealed class WorkingMetadataTree(RepositoryLayout layout, IgnoreTree ignore, Func<IReadOnlyList<string>, IReadOnlySet<string>>? gitIgnored) : IMetadataTree
{
    public string RootFolder => layout.Root;

    public IEnumerable<string> MetadataPaths() => Walk("");

    public string ReadText(string repositoryPath) => File.ReadAllText(layout.ToAbsolute(repositoryPath));

    public bool Exists(string repositoryPath) => File.Exists(layout.ToAbsolute(repositoryPath));

    private IEnumerable<string> Walk(string folder)
    {
        foreach (var entry in new DirectoryInfo(layout.ToAbsolute(folder)).EnumerateFileSystemInfos())
        {
            var path = folder.Length == 0 ? entry.Name : folder + "/" + entry.Name;
            if (entry is FileInfo && (entry.Name.EndsWith(".dvc", StringComparison.Ordinal) || entry.Name is "dvc.yaml" or "dvc.lock"))
                yield return path;
            else if (entry is DirectoryInfo && entry.LinkTarget is null && !ignore.IsIgnored(path, true)
                && gitIgnored?.Invoke([layout.ToAbsolute(path) + "/"]).Count is null or 0)
                foreach (var below in Walk(path))
                    yield return below;
        }
    }
}
