namespace DataVersion.Engine.Repositories;

/// <summary>Where the files of a repository are. All paths are absolute and in the form of the operating system.</summary>
public sealed class RepositoryLayout
{
    /// <summary>Name of the folder that makes a folder a repository.</summary>
    public const string DvcFolderName = ".dvc";

    /// <summary>Name of the files that hold ignore patterns.</summary>
    public const string IgnoreFileName = ".dvcignore";

    private static readonly StringComparison PathComparison =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    private readonly string prefix;

    /// <summary>Describes the repository at this folder; nothing is read.</summary>
    /// <param name="root">Absolute path of the folder that holds <c>.dvc</c>.</param>
    public RepositoryLayout(string root)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        prefix = Path.EndsInDirectorySeparator(Root) ? Root : Root + Path.DirectorySeparatorChar;
        DvcFolder = Path.Combine(Root, DvcFolderName);
        ConfigFile = Path.Combine(DvcFolder, "config");
        LocalConfigFile = Path.Combine(DvcFolder, "config.local");
        GitIgnoreFile = Path.Combine(DvcFolder, ".gitignore");
        TmpFolder = Path.Combine(DvcFolder, "tmp");
        LockFile = Path.Combine(TmpFolder, "lock");
        RwLockFile = Path.Combine(TmpFolder, "rwlock");
        StateFolder = Path.Combine(TmpFolder, "dataversion");
        DefaultCacheFolder = Path.Combine(DvcFolder, "cache");
        IgnoreFile = Path.Combine(Root, IgnoreFileName);
    }

    /// <summary>The folder that holds <c>.dvc</c>; ends without a separator unless it is the root of a file system.</summary>
    public string Root { get; }

    /// <summary><c>.dvc</c></summary>
    public string DvcFolder { get; }

    /// <summary><c>.dvc/config</c>, shared through Git.</summary>
    public string ConfigFile { get; }

    /// <summary><c>.dvc/config.local</c>, of this clone only.</summary>
    public string LocalConfigFile { get; }

    /// <summary><c>.dvc/.gitignore</c></summary>
    public string GitIgnoreFile { get; }

    /// <summary><c>.dvc/tmp</c>, never in Git.</summary>
    public string TmpFolder { get; }

    /// <summary><c>.dvc/tmp/lock</c>, held by one command at a time.</summary>
    public string LockFile { get; }

    /// <summary><c>.dvc/tmp/rwlock</c>, the paths that running commands read and write.</summary>
    public string RwLockFile { get; }

    /// <summary><c>.dvc/tmp/dataversion</c>, our own state, unknown to DVC; may be missing, is created on demand, may be deleted at any time.</summary>
    public string StateFolder { get; }

    /// <summary><c>.dvc/cache</c>, the cache unless <c>cache.dir</c> says otherwise.</summary>
    public string DefaultCacheFolder { get; }

    /// <summary><c>.dvcignore</c> of the root.</summary>
    public string IgnoreFile { get; }

    /// <summary>The path from the root with <c>/</c> between the names, "" for the root itself, null when it lies outside.</summary>
    /// <param name="absolute">An absolute path; <c>.</c> and <c>..</c> segments are resolved, links are not.</param>
    public string? ToRelative(string absolute)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(absolute));
        if (full.Equals(Root, PathComparison))
            return "";
        if (!full.StartsWith(prefix, PathComparison))
            return null;
        var relative = full[prefix.Length..];
        return Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    /// <summary>The absolute path of a path from the root; "" and "." give the root.</summary>
    /// <param name="relative">Names with <c>/</c> between; <c>..</c> may lead out of the repository, which is the caller's to judge.</param>
    public string ToAbsolute(string relative)
    {
        if (relative is "" or ".")
            return Root;
        var native = Path.DirectorySeparatorChar == '/' ? relative : relative.Replace('/', Path.DirectorySeparatorChar);
        var path = prefix + native;
        return HasDots(relative) ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : Path.TrimEndingDirectorySeparator(path);
    }

    /// <summary>Shows the root.</summary>
    public override string ToString() => Root;

    // "./", "../", "//" make GetFullPath necessary; it is costly for a million entries, and rarely needed.
    private static bool HasDots(string relative) =>
        relative.StartsWith('.') || relative.StartsWith('/') || relative.Contains("/.", StringComparison.Ordinal) || relative.Contains("//", StringComparison.Ordinal);
}
