using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>Deleting <c>.dvc</c> with everything in it; symbolic links in it are deleted, never followed.</summary>
internal static class DvcFolderRemoval
{
    /// <summary>Deletes the folder; nothing else of the repository is touched.</summary>
    /// <exception cref="RepositoryBusyException">A command runs in the repository.</exception>
    /// <exception cref="IOException">Something cannot be deleted.</exception>
    public static void Remove(RepositoryLayout layout)
    {
        if (RepositoryLock.Holders(layout) is { Count: > 0 } holders)
            throw new RepositoryBusyException($"'{layout.DvcFolder}' cannot be deleted: the repository is held by {string.Join(", ", holders)}.", layout.LockFile, holders);
        // The name goes first: half of a repository must not pass for a whole one when this is interrupted.
        var doomed = AtomicFile.TemporaryName(layout.Root);
        Directory.Move(layout.DvcFolder, doomed);
        FaultPoint.Reach("init.renamed");
        Delete(new DirectoryInfo(doomed));
    }

    private static void Delete(DirectoryInfo folder)
    {
        if (OperatingSystem.IsWindows() && folder.LinkTarget is null)
            // Objects are read-only, which keeps Windows from deleting them. The mark belongs to the file, so another name
            // of an object in the workspace loses it too.
            foreach (var file in folder.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint }))
                if (file.IsReadOnly)
                    file.IsReadOnly = false;
        folder.Delete(recursive: folder.LinkTarget is null);
    }
}
