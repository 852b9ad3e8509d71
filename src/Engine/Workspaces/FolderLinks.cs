using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Workspaces;

/// <summary>Finds out whether a path is reached through a symbolic link: writing there would leave the repository.</summary>
internal sealed class FolderLinks(RepositoryLayout layout)
{
    private readonly Dictionary<string, DataVersionException?> known = new(StringComparer.Ordinal);

    /// <summary>Null when no folder above the path is a symbolic link or a file.</summary>
    /// <param name="path">Relative to the root, with <c>/</c>.</param>
    public DataVersionException? ProblemAbove(string path)
    {
        var slash = path.LastIndexOf('/');
        if (slash < 0)
            return null;
        return known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path.AsSpan(0, slash), out var problem) ? problem : Find(path[..slash]);
    }

    private DataVersionException? Find(string folder)
    {
        var problem = ProblemAbove(folder);
        if (problem is null && FileStat.Read(layout.ToAbsolute(folder)).Kind is FileKind.Symlink)
            problem = new DataVersionException(DataErrorKind.PathUnsupported,
                $"'{folder}' is a symbolic link, so nothing below it can be tracked or checked out.", folder,
                "Put a real folder in the place of the link, or work on the folder it points to.");
        return known[folder] = problem;
    }
}
