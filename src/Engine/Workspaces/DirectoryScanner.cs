using System.IO.Enumeration;
using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Workspaces;

/// <summary>A file found below a tracked path.</summary>
/// <param name="Path">Path relative to the tracked path, with <c>/</c>; empty when the tracked path is the file itself.</param>
/// <param name="Stat">Of the content: links are followed.</param>
/// <param name="IsSymlink">Whether the name itself is a symbolic link.</param>
public readonly record struct ScannedFile(string Path, FileStat Stat, bool IsSymlink);

/// <summary>What was found at a tracked path.</summary>
/// <param name="Kind">File, folder, or nothing.</param>
/// <param name="IsSymlink">Whether the path itself is a symbolic link.</param>
/// <param name="Files">The file, or all files below the folder, in the order of the file system.</param>
/// <param name="Obstacles">Names that cannot be tracked: broken links, special files, names that are not UTF-8.</param>
public sealed record ScanResult(FileKind Kind, bool IsSymlink, IReadOnlyList<ScannedFile> Files, IReadOnlyList<ScanObstacle> Obstacles)
{
    /// <summary>Nothing is there.</summary>
    public static ScanResult Nothing { get; } = new(FileKind.None, false, [], []);
}

/// <summary>A name that is in the way of tracking.</summary>
/// <param name="Path">Path relative to the tracked path, with <c>/</c>.</param>
/// <param name="IsSymlink">A symbolic link (to nothing, or at the root of the tracked path to a folder).</param>
/// <param name="Problem">What is wrong with it.</param>
public sealed record ScanObstacle(string Path, bool IsSymlink, DataVersionException Problem);

/// <summary>
/// Lists the files of a tracked path: one call per entry at most, links to folders skipped, links to files followed,
/// <c>.dvcignore</c> applied (DVC's rules for what belongs to a directory).
/// </summary>
internal sealed class DirectoryScanner(IgnoreTree ignore, CancellationToken cancellation)
{
    private static readonly EnumerationOptions EveryEntry = new()
    {
        AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = false, ReturnSpecialDirectories = false,
    };

    private readonly List<ScannedFile> files = [];
    private readonly List<ScanObstacle> obstacles = [];

    /// <summary>Looks at one tracked path.</summary>
    public static ScanResult Scan(string absolute, RepositoryLayout layout, IgnoreTree ignore, CancellationToken cancellation)
    {
        var own = FileStat.Read(absolute);
        var isSymlink = own.Kind == FileKind.Symlink;
        var stat = isSymlink ? FileStat.Read(absolute, followLinks: true) : own;
        switch (stat.Kind)
        {
            case FileKind.File:
                return new ScanResult(FileKind.File, isSymlink, [new ScannedFile("", stat, isSymlink)], []);
            case FileKind.Directory when !isSymlink:
                var scanner = new DirectoryScanner(ignore, cancellation);
                scanner.ScanFolder(absolute, "", layout.ToRelative(absolute));
                return new ScanResult(FileKind.Directory, false, scanner.files, scanner.obstacles);
            case FileKind.None when !isSymlink:
                return ScanResult.Nothing;
            default:
                var reason = stat.Kind switch
                {
                    FileKind.None => "is a symbolic link to something that does not exist",
                    FileKind.Directory => "is a symbolic link to a folder",
                    _ => "is neither a file nor a folder",
                };
                return new ScanResult(own.Kind, isSymlink, [], [new ScanObstacle("", isSymlink, Unsupported(absolute, reason))]);
        }
    }

    private static DataVersionException Unsupported(string path, string reason) =>
        new(DataErrorKind.PathUnsupported, $"'{path}' {reason}.", path, "Remove it, or name it in .dvcignore.");

    private void ScanFolder(string folder, string prefix, string? relative)
    {
        cancellation.ThrowIfCancellationRequested();
        // FileSystemEntry.Attributes would cost a call per entry; IsDirectory does not, but says yes for a link to a folder.
        var entries = new FileSystemEnumerable<(string Name, bool IsFolder)>(
            folder, static (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), EveryEntry);
        List<string>? folders = null;
        var names = new List<string>();
        foreach (var (name, isFolder) in entries)
            if (isFolder)
                (folders ??= []).Add(name);
            else if (!IsIgnored(relative, name))
                names.Add(name);
        TakeFiles(folder, names, prefix);
        if (folders is null)
            return;
        foreach (var name in folders)
        {
            var below = relative is null ? null : relative.Length == 0 ? name : relative + "/" + name;
            if (below is not null && ignore.IsIgnored(below, isDirectory: true))
                continue;
            var path = Path.Join(folder, name);
            if (FileStat.Read(path).Kind == FileKind.Directory) // a link to a folder is neither recorded nor followed
                ScanFolder(path, prefix + name + "/", below);
        }
    }

    private bool IsIgnored(string? relative, string name) =>
        relative is not null && ignore.IsIgnored(relative.Length == 0 ? name : relative + "/" + name, isDirectory: false);

    private void TakeFiles(string folder, List<string> names, string prefix)
    {
        if (names.Count == 0)
            return;
        try
        {
            using var stats = new FolderStats(folder);
            var all = stats.ReadAll(names, cancellation);
            files.EnsureCapacity(files.Count + names.Count);
            for (var i = 0; i < all.Length; i++)
                TakeFile(folder, names[i], all[i], stats, prefix);
        }
        catch (DirectoryNotFoundException)
        {
            // Deleted since it was listed, with all that was in it.
        }
    }

    private void TakeFile(string folder, string name, FileStat stat, FolderStats stats, string prefix)
    {
        if (name == RepositoryLayout.IgnoreFileName)
        {
            obstacles.Add(new ScanObstacle(prefix + name, false, new DataVersionException(DataErrorKind.PathUnsupported,
                $"A {name} file must not be inside a tracked folder: '{Path.Join(folder, name)}'.", Path.Join(folder, name),
                "Move its patterns to the .dvcignore of a folder above.")));
            return;
        }
        var isLink = stat.Kind == FileKind.Symlink;
        if (isLink)
            stat = stats.Read(name, followLinks: true);
        if (stat.Kind == FileKind.File)
            files.Add(new ScannedFile(prefix + name, stat, isLink));
        else if (stat.Kind == FileKind.None && name.Contains('\uFFFD'))
            obstacles.Add(new ScanObstacle(prefix + name, isLink, Unsupported(Path.Join(folder, name), "has a name that is not valid UTF-8")));
        else if (stat.Kind == FileKind.None && isLink)
            obstacles.Add(new ScanObstacle(prefix + name, isLink, Unsupported(Path.Join(folder, name), "is a symbolic link to something that does not exist")));
        else if (stat.Kind == FileKind.Other)
            obstacles.Add(new ScanObstacle(prefix + name, isLink, Unsupported(Path.Join(folder, name), "is neither a file nor a folder")));
        // Otherwise it was deleted, or became a folder, since it was listed.
    }
}
