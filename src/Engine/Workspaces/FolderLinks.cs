using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Workspaces;

/// <summary>Finds out whether a path is reached through a symbolic link: writing there would leave the repository.</summary>
internal sealed class FolderLinks(RepositoryLayout layout)
{
    private readonly Dictionary<string, DataVersionException?> known = [];

    /// <summary>Null when no folder above the path is a symbolic link or a file.</summary>
    /// <param name="path">Relative to the root, with <c>/</c>.</param>
    public DataVersionException? ProblemAbove(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash < 0 ? null : ProblemAt(path[..slash]);
    }

    private DataVersionException? ProblemAt(string folder)
    {
        if (known.TryGetValue(folder, out var problem))
            return problem;
        problem = ProblemAbove(folder);
        if (problem is null && FileStat.Read(layout.ToAbsolute(folder)).Kind is FileKind.Symlink)
            problem = new DataVersionException(DataErrorKind.PathUnsupported,
                $"'{folder}' is a symbolic link, so nothing below it can be tracked or checked out.", folder,
                "Replace the link by a real folder, or work on the folder it points to.");
        return known[folder] = problem;
    }
}
