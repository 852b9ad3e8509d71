using System.Runtime.InteropServices;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Linking;

/// <summary>
/// Places objects in the workspace by reflink, hard link, symbolic link or copy. Everything is complete under its
/// temporary name before it takes the final one; nothing is ever written through an existing file or link. Thread-safe.
/// </summary>
/// <param name="sharedGroup">Private files get 0664 whatever the umask is (<c>cache.shared = group</c>).</param>
public sealed partial class Linker(bool sharedGroup = false)
{
    private const int OwnerExecutes = 0b001_000_000;

    /// <summary>
    /// Places one object. The caller has verified it (the object verifier) and made the folder.
    /// </summary>
    /// <param name="objectPath">Absolute path of the object; the target of a symbolic link.</param>
    /// <param name="objectStat">Its stat, links followed.</param>
    /// <param name="destinationPath">Absolute path in the workspace.</param>
    /// <param name="order">The kinds to try, best first.</param>
    /// <param name="executable">Give the owner the execute permission. With hard and symbolic links that shows on the
    /// object too, as with DVC; the next verification takes it back.</param>
    /// <param name="expected">
    /// What the caller found at the destination (links not followed). When something else is there now, nothing is done
    /// and the error says so: FileChangedDuringRead, or PathExists when nothing was there before. Null: replace what is there.
    /// </param>
    public LinkOutcome Place(
        string objectPath, in FileStat objectStat, string destinationPath, IReadOnlyList<LinkKind> order, bool executable,
        FileStat? expected = null)
    {
        List<LinkFailure>? failures = null;
        try
        {
            if (expected is { Exists: true } known && !known.SameContentAs(FileStat.Read(destinationPath)))
                return LinkOutcome.Failed(Changed(destinationPath));
            foreach (var kind in order)
            {
                var error = PlaceAs(kind, objectPath, objectStat, destinationPath, executable, expected);
                if (error == 0)
                    return new LinkOutcome(kind, StatOf(kind, destinationPath, objectStat, executable), failures ?? [], null);
                var reason = Reason(error);
                (failures ??= []).Add(new LinkFailure(kind, reason));
                if (!LinkCalls.MeansUnsupported(error))
                    throw NativeError.ToException(error, destinationPath);
            }
            return LinkOutcome.Failed(new DataVersionException(DataErrorKind.LinkFailed,
                $"Cannot place '{destinationPath}' from the cache: "
                + string.Join("; ", failures?.Select(f => $"{f.Kind}: {f.Reason}") ?? ["no link kind is configured"]) + ".",
                destinationPath, "Add 'copy' to cache.type, which works everywhere."), failures);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataVersionException)
        {
            return LinkOutcome.Failed(FileErrors.Describe(error, destinationPath, "write"), failures);
        }
    }

    // A link has the stat of its object; it need not be asked for, unless placing changed the mode.
    private static FileStat StatOf(LinkKind kind, string destination, in FileStat objectStat, bool executable) =>
        kind is LinkKind.Copy or LinkKind.Reflink || objectStat.Size == 0 || objectStat.Mode != (executable ? FileModes.Object | OwnerExecutes : FileModes.Object)
            ? FileStat.Read(destination, followLinks: true)
            : kind == LinkKind.Hardlink ? objectStat with { LinkCount = objectStat.LinkCount + 1 } : objectStat;

    // 0, or the error number of the attempt; what cannot be helped by another kind is thrown.
    private int PlaceAs(
        LinkKind kind, string source, in FileStat sourceStat, string destination, bool executable, FileStat? expected)
    {
        var mode = FileModes.Private(sharedGroup) | (executable ? OwnerExecutes : 0);
        var isNew = expected is { Exists: false };
        // An empty file takes no space; as a hard link it would tie together every empty file of the workspace.
        var call = kind == LinkKind.Hardlink && sourceStat.Size == 0 ? LinkKind.Copy : kind;
        var isLink = call is LinkKind.Hardlink or LinkKind.Symlink;
        if (isNew && isLink)
        {
            // A link is there at once and as a whole, and making it never replaces anything.
            var direct = LinkCalls.Make(call, source, destination, mode);
            if (direct != 0 && !LinkCalls.MeansUnsupported(direct) && FileStat.Read(destination).Exists)
                throw InTheWay(destination);
            if (direct == 0)
                FinishLink(call, sourceStat, destination, executable);
            return direct;
        }
        if (call == LinkKind.Reflink)
            return PlaceClone(source, destination, mode, isNew);
        var temporary = AtomicFile.TemporaryName(Path.GetDirectoryName(destination)!);
        try
        {
            var error = LinkCalls.Make(call, source, temporary, mode);
            if (error != 0)
                return error;
            if (isLink)
                FinishLink(call, sourceStat, temporary, executable);
            else if (sharedGroup || !OperatingSystem.IsLinux())
                FileModes.Set(temporary, mode);
            FaultPoint.Reach("link.before-rename");
            if (!isNew)
                FileRename.Replace(temporary, destination);
            else if (!FileRename.ToNewName(temporary, destination))
                throw InTheWay(destination);
            // The same inode under both names: rename(2) does nothing then and the temporary name stays.
            if (call == LinkKind.Hardlink)
                FileRemoval.Try(temporary);
            return 0;
        }
        catch
        {
            FileRemoval.Try(temporary);
            throw;
        }
    }

    private int PlaceClone(string source, string destination, int mode, bool isNew)
    {
        using var from = SourceFile.Open(source);
        var error = NewFile.Clone(from, source, Path.GetDirectoryName(destination)!, mode, out var made);
        if (error != 0)
            return error;
        using (made)
        {
            if (sharedGroup || !OperatingSystem.IsLinux())
                made!.SetMode(mode);
            made!.Settle();
            FaultPoint.Reach("link.before-rename");
            if (!isNew)
                made!.Replace(destination);
            else if (!made!.TryName(destination))
                throw InTheWay(destination);
        }
        return 0;
    }

    private static void FinishLink(LinkKind kind, in FileStat sourceStat, string path, bool executable)
    {
        if (kind == LinkKind.Hardlink && (sourceStat.Mode & 0b010_010_010) != 0)
            FileModes.Protect(path);
        if (executable && (sourceStat.Mode & OwnerExecutes) == 0)
            FileModes.SetExecutable(path, true);
    }

    private static string Reason(int error) => Marshal.GetPInvokeErrorMessage(error);

    private static DataVersionException InTheWay(string path) => new(DataErrorKind.PathExists,
        $"'{path}' appeared while it was about to be created, so it was left alone.", path,
        "Move it away, or record it with Add-DataFile, and run the command again.");

    private static DataVersionException Changed(string path) => new(DataErrorKind.FileChangedDuringRead,
        $"'{path}' changed after it was checked, so it was left alone.", path,
        "Let the program that writes it finish, then run the command again.");
}
