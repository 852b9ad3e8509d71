using DataVersion.Engine.Files;

namespace DataVersion.Engine.Linking;

public sealed partial class Linker
{
    /// <summary>
    /// The kind a workspace file has now; null when nothing is there, or a folder, or a symbolic link to something else.
    /// A clone is told from a copy by its blocks (Linux only; elsewhere and for empty or tiny files that the file system
    /// stores inside its own records the answer is Copy).
    /// </summary>
    /// <param name="path">Absolute path in the workspace.</param>
    /// <param name="stat">Its stat, links not followed.</param>
    /// <param name="objectPath">Absolute path of the object with the recorded content.</param>
    /// <param name="objectStat">The object's stat, links followed; may not exist.</param>
    /// <param name="lookAtBlocks">Tell clones from copies; costs two opened files.</param>
    public static LinkKind? KindOf(
        string path, in FileStat stat, string objectPath, in FileStat objectStat, bool lookAtBlocks = true)
    {
        if (stat.Kind == FileKind.Symlink)
            return PointsTo(path, objectPath) ? LinkKind.Symlink : null;
        if (stat.Kind != FileKind.File)
            return null;
        if (!objectStat.Exists || stat.Device != objectStat.Device)
            return LinkKind.Copy;
        if (stat.Inode == objectStat.Inode)
            return LinkKind.Hardlink;
        return lookAtBlocks && stat.Size > 0 && stat.Size == objectStat.Size && OperatingSystem.IsLinux()
            && LinuxLinks.SharesBlocks(path, objectPath)
            ? LinkKind.Reflink
            : LinkKind.Copy;
    }

    /// <summary>
    /// Makes a file private and writable: a link is replaced by a copy of its content (a clone where possible), then the
    /// mode is that of a new file. The stat of the outcome is the new one; <c>Used</c> tells how the private copy was made
    /// and is null when the file was private already.
    /// </summary>
    /// <param name="path">Absolute path in the workspace.</param>
    /// <param name="executable">Keep the owner's execute permission (recorded as <c>isexec</c>).</param>
    public LinkOutcome Unprotect(string path, bool executable = false)
    {
        try
        {
            var stat = FileStat.Read(path);
            if (stat.Kind is not (FileKind.File or FileKind.Symlink))
                return LinkOutcome.Failed(new DataVersionException(DataErrorKind.PathNotFound,
                    $"Cannot unprotect '{path}': it is no file.", path, "Check the path, or bring the file back with Switch-DataVersion -Path."));
            LinkKind? used = null;
            if (stat.Kind == FileKind.Symlink || stat.LinkCount > 1)
            {
                var source = stat.Kind == FileKind.Symlink
                    ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path
                    : path;
                used = ReplaceByPrivateCopy(source, path, executable);
            }
            else
                FileModes.Release(path, sharedGroup, executable);
            return new LinkOutcome(used, FileStat.Read(path), [], null);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return LinkOutcome.Failed(FileErrors.Describe(error, path, "unprotect"));
        }
    }

    /// <summary>Makes a hard-linked file read-only again: 0444, on Windows the read-only attribute.</summary>
    public static void Protect(string path) => FileModes.Protect(path);

    private LinkKind ReplaceByPrivateCopy(string source, string path, bool executable)
    {
        var temporary = AtomicFile.TemporaryName(Path.GetDirectoryName(path)!);
        var mode = FileModes.Private(sharedGroup) | (executable ? OwnerExecutes : 0);
        try
        {
            var used = LinkCalls.Make(LinkKind.Reflink, source, temporary, mode) == 0 ? LinkKind.Reflink : LinkKind.Copy;
            if (used == LinkKind.Copy)
                LinkCalls.Copy(source, temporary, mode);
            FileModes.Set(temporary, mode);
            FaultPoint.Reach("unprotect.before-rename");
            FileRename.Replace(temporary, path);
            return used;
        }
        catch
        {
            FileRemoval.Try(temporary);
            throw;
        }
    }

    private static bool PointsTo(string link, string objectPath)
    {
        try
        {
            var target = new FileInfo(link).LinkTarget;
            return target is not null
                && Path.GetFullPath(target, Path.GetDirectoryName(link)!) == Path.GetFullPath(objectPath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
