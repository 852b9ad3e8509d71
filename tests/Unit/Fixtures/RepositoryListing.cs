using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DataVersion.Engine.Files;

namespace DataVersion.Tests.Fixtures;

/// <summary>
/// The listings of <c>expected/</c>: cache, workspace, remotes and metadata files of a repository as they are on disk,
/// computed as <c>replay.py</c> does, without any code of the product but the system call that reads a file's inode.
/// </summary>
internal sealed partial class RepositoryListing
{
    private static readonly HashSet<string> MetadataNames = ["dvc.yaml", "dvc.lock", ".gitignore", ".dvcignore"];
    private readonly string repository;
    private readonly string root;
    private readonly string cache;

    public RepositoryListing(string repository, string root)
    {
        this.repository = repository;
        this.root = root;
        cache = CacheOf(repository);
    }

    /// <summary>Everything that is listed of a repository: name below <c>expected/</c> and bytes.</summary>
    public SortedDictionary<string, byte[]> All()
    {
        var all = new SortedDictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["cache.txt"] = Cache(),
            ["workspace.txt"] = Workspace(),
        };
        if (OddFolders() is { Length: > 0 } odd)
            all["cache-folders.txt"] = odd;
        foreach (var (relative, path) in MetadataFiles())
            all["files/" + RecordedText.Portable(relative)] = File.ReadAllBytes(path);
        return all;
    }

    /// <summary>mode, size, MD5 and path of every file of the effective cache.</summary>
    public byte[] Cache() => Directory.Exists(cache) ? Tree(cache) : [];

    /// <summary>mode, size, MD5 and path of every file below a folder.</summary>
    public static byte[] Tree(string folder)
    {
        var lines = new List<(string Path, string Line)>();
        foreach (var path in FilesBelow(folder))
        {
            var stat = FileStat.Read(path, followLinks: true);
            var relative = RecordedText.WithoutTemporaryName(RecordedText.Escape(Relative(folder, path)));
            lines.Add((relative, $"{Octal(stat.Mode)}\t{stat.Size}\t{Md5(path)}\t{relative}\n"));
        }
        return Joined(lines);
    }

    /// <summary>mode and path of every cache folder that is not 0755.</summary>
    public byte[] OddFolders()
    {
        if (!Directory.Exists(cache))
            return [];
        var lines = new List<(string, string)>();
        foreach (var folder in Directory.EnumerateDirectories(cache, "*", Everything).Prepend(cache))
        {
            var mode = FileStat.Read(folder, followLinks: true).Mode;
            var relative = Relative(cache, folder);
            if (mode != 0b111_101_101)
                lines.Add((relative, $"{Octal(mode)}\t{relative}\n"));
        }
        return Joined(lines);
    }

    /// <summary>type, mode, link kind, size, MD5, path and target of all but <c>.git</c>, cache and <c>.dvc/tmp</c>.</summary>
    public byte[] Workspace()
    {
        var inodes = Directory.Exists(cache)
            ? FilesBelow(cache).Select(path => FileStat.Read(path, followLinks: true).Inode).ToHashSet()
            : [];
        var lines = new List<(string, string)>();
        foreach (var entry in WalkWorkspace(new DirectoryInfo(repository)))
        {
            var relative = RecordedText.Escape(Relative(repository, entry.FullName));
            lines.Add((relative, WorkspaceLine(entry, relative, inodes) + "\n"));
        }
        return Joined(lines);
    }

    /// <summary>Relative and absolute path of every metadata file.</summary>
    public IEnumerable<(string Relative, string Path)> MetadataFiles()
    {
        foreach (var entry in WalkWorkspace(new DirectoryInfo(repository)))
            if (entry is FileInfo { LinkTarget: null } file && IsMetadata(file))
                yield return (Relative(repository, file.FullName), file.FullName);
    }

    private static bool IsMetadata(FileInfo file) =>
        MetadataNames.Contains(file.Name)
        || (file.Name.EndsWith(".dvc", StringComparison.Ordinal) && file.Name != ".dvc")
        || (file.Directory!.Name == ".dvc" && file.Name is "config" or "config.local");

    private string WorkspaceLine(FileSystemInfo entry, string relative, HashSet<ulong> inodes)
    {
        var stat = FileStat.Read(entry.FullName);
        var mode = Octal(stat.Mode);
        if (stat.Kind == FileKind.Symlink)
        {
            var target = entry.LinkTarget!;
            var kind = target.StartsWith(cache + "/", StringComparison.Ordinal) ? "symlink" : "link";
            var behind = FileStat.Read(entry.FullName, followLinks: true);
            var (size, md5) = behind.Kind == FileKind.File ? (behind.Size.ToString(), Md5(entry.FullName)) : ("-", "-");
            return $"l\t{mode}\t{kind}\t{size}\t{md5}\t{relative}\t{RecordedText.Tokens(RecordedText.Escape(target), root)}";
        }
        return stat.Kind == FileKind.Directory
            ? $"d\t{mode}\t-\t-\t-\t{relative}"
            : $"f\t{mode}\t{(inodes.Contains(stat.Inode) ? "hardlink" : "copy")}\t{stat.Size}\t{Md5(entry.FullName)}\t{relative}";
    }

    // Everything but .git, and cache and tmp of any .dvc; links are listed, not followed.
    private static IEnumerable<FileSystemInfo> WalkWorkspace(DirectoryInfo folder)
    {
        foreach (var entry in folder.EnumerateFileSystemInfos("*", OneFolder))
        {
            if (entry.Name == ".git" || (folder.Name == ".dvc" && entry is DirectoryInfo && entry.Name is "cache" or "tmp"))
                continue;
            yield return entry;
            if (entry is DirectoryInfo { LinkTarget: null } below)
                foreach (var inner in WalkWorkspace(below))
                    yield return inner;
        }
    }

    // cache.dir of .dvc/config.local or .dvc/config, else .dvc/cache.
    private static string CacheOf(string repository)
    {
        foreach (var name in (string[])["config.local", "config"])
        {
            var file = Path.Combine(repository, ".dvc", name);
            if (!File.Exists(file))
                continue;
            var section = CacheSection().Match(File.ReadAllText(file));
            var folder = CacheFolder().Match(section.Success ? section.Groups[1].Value : "");
            if (folder.Success)
                return Path.GetFullPath(Path.Combine(repository, ".dvc", folder.Groups[1].Value));
        }
        return Path.Combine(repository, ".dvc", "cache");
    }

    private static readonly EnumerationOptions OneFolder = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false, RecurseSubdirectories = true };

    private static IEnumerable<string> FilesBelow(string folder)
    {
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", OneFolder))
        {
            if (entry is not DirectoryInfo { LinkTarget: null })
                yield return entry.FullName;
            else
                foreach (var path in FilesBelow(entry.FullName))
                    yield return path;
        }
    }

    private static byte[] Joined(List<(string Path, string Line)> lines) => Encoding.UTF8.GetBytes(string.Concat(
        lines.OrderBy(line => line.Path, Utf8Order.Instance).ThenBy(line => line.Line, Utf8Order.Instance).Select(line => line.Line)));

    private static string Relative(string folder, string path) => path.Length == folder.Length ? "." : path[(folder.Length + 1)..];

    private static string Octal(int mode) => Convert.ToString(mode, 8).PadLeft(4, '0');

    private static string Md5(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(MD5.HashData(stream));
    }

    [GeneratedRegex(@"^\[cache\]\n((?:    .*\n)*)", RegexOptions.Multiline)]
    private static partial Regex CacheSection();

    [GeneratedRegex("^    dir = (.*)$", RegexOptions.Multiline)]
    private static partial Regex CacheFolder();
}
