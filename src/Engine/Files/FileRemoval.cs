namespace DataVersion.Engine.Files;

/// <summary>Deleting files, read-only ones too.</summary>
internal static class FileRemoval
{
    /// <summary>Deletes a file or a link (never what it points to); false when nothing was there.</summary>
    /// <exception cref="IOException">It cannot be deleted, or it is a folder.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static bool Delete(string path)
    {
        if (FileStat.Read(path).Kind == FileKind.None)
            return false;
        if (OperatingSystem.IsWindows())
            WindowsRename.Delete(path);
        else
            File.Delete(path);
        return true;
    }

    /// <summary>
    /// Deletes a folder with all folders in it, as long as there is nothing else in them; links are something else. True
    /// when it is gone as a whole.
    /// </summary>
    /// <exception cref="IOException">It cannot be read or deleted.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public static bool EmptyFolders(string folder)
    {
        var isEmpty = true;
        foreach (var inner in Directory.EnumerateFileSystemEntries(folder))
            isEmpty &= FileStat.Read(inner).Kind == FileKind.Directory && EmptyFolders(inner);
        if (isEmpty)
            Directory.Delete(folder);
        return isEmpty;
    }

    /// <summary>Deletes a temporary file of ours as far as it is possible; an error that is already under way counts more.</summary>
    public static void Try(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                Delete(path);
            else
                File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A left-over temporary name is ignored by every listing, ours and DVC's.
        }
    }

    /// <summary>Deletes a temporary folder of ours with everything in it, as far as it is possible.</summary>
    public static void TryFolder(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
                foreach (var file in new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories))
                    file.IsReadOnly = false;
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It lies among other temporary files.
        }
    }
}
