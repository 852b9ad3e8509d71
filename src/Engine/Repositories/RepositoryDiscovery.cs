using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>Finding the repository that a folder belongs to.</summary>
public static class RepositoryDiscovery
{
    /// <summary>
    /// The first folder, from the start upwards, that holds a folder named <c>.dvc</c>. As in DVC the search ends at a mount
    /// point, so that a repository on another file system is never taken by accident; Git plays no part.
    /// </summary>
    /// <param name="startFolder">Absolute path; need not exist.</param>
    /// <exception cref="DataVersionException"><see cref="DataErrorKind.RepositoryNotFound"/>.</exception>
    public static RepositoryLayout Find(string startFolder) =>
        TryFind(startFolder, out var stoppedAt) ?? throw new DataVersionException(
            DataErrorKind.RepositoryNotFound,
            Path.GetPathRoot(stoppedAt) == stoppedAt
                ? $"'{startFolder}' is not inside a data repository: there is no folder '.dvc' in it or above it."
                : $"'{startFolder}' is not inside a data repository: there is no folder '.dvc' in it or above it up to the mount point '{stoppedAt}'.",
            startFolder,
            "Go to a folder of a repository, name one with -Repository, or make one with Initialize-DataRepository.");

    /// <summary>As <see cref="Find"/>, with null when there is none.</summary>
    public static RepositoryLayout? TryFind(string startFolder) => TryFind(startFolder, out _);

    /// <summary>
    /// The root of the Git work tree that holds a folder: the nearest folder, from it upwards, with a <c>.git</c> folder or
    /// file (work trees and submodules have a file). Null when there is none.
    /// </summary>
    /// <param name="root">Absolute path, normally the root of the repository.</param>
    public static string? FindGitRoot(string root)
    {
        for (var folder = Path.GetFullPath(root); folder is not null; folder = Path.GetDirectoryName(folder))
            if (HasGit(folder))
                return Path.TrimEndingDirectorySeparator(folder);
        return null;
    }

    /// <summary>True when the folder itself holds <c>.git</c>.</summary>
    internal static bool HasGit(string folder) => Path.Exists(Path.Combine(folder, ".git"));

    private static RepositoryLayout? TryFind(string startFolder, out string stoppedAt)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(startFolder));
        while (true)
        {
            stoppedAt = folder;
            if (Directory.Exists(Path.Combine(folder, RepositoryLayout.DvcFolderName)))
                return new RepositoryLayout(folder);
            var parent = Path.GetDirectoryName(folder);
            if (parent is null || IsMountPoint(folder, parent))
                return null;
            folder = parent;
        }
    }

    // The test of POSIX tools: another device than the parent, or the same inode. Windows mounts at drive roots, which end the walk anyway.
    private static bool IsMountPoint(string folder, string parent)
    {
        if (OperatingSystem.IsWindows())
            return false;
        try
        {
            var here = FileStat.Read(folder);
            if (here.Kind != FileKind.Directory) // a link is not a mount point; a missing folder cannot be one
                return false;
            var above = FileStat.Read(parent, followLinks: true);
            return above.Exists && (here.Device != above.Device || here.Inode == above.Inode);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
