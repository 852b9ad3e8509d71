using System.Collections.Concurrent;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// The <c>.dvcignore</c> rules of a repository, read folder by folder when a path in them is first asked for. Patterns are
/// those of <c>.gitignore</c>, judged as DVC judges them: each folder of a path from the root down, then the path; the
/// last pattern that matches decides; below an ignored folder nothing is included again. Unlike in Git a pattern matches
/// also what lies inside the folder it matches, which shows where <c>!folder</c> follows <c>*.ext</c>. Thread-safe.
/// </summary>
public sealed class IgnoreTree
{
    // A walk comes back to the folders above; those far away are cheap to make again.
    private const int RememberedFolders = 100_000;

    private static readonly string[] BuiltInPatterns = [".hg/", ".git/", ".git", ".dvc/"];

    private readonly Func<string, string?> readFile;
    private readonly Func<string, bool>? isRepository;
    private readonly ConcurrentDictionary<string, IgnoreFolder> folders = new(StringComparer.Ordinal);
    private readonly Lazy<IgnoreFolder> root;
    private IgnoreFolder? latest;
    private int remembered;

    /// <summary>The rules of a working tree, or of anything else that the two functions tell about.</summary>
    /// <param name="layout">The repository.</param>
    /// <param name="readFile">
    /// The text of a <c>.dvcignore</c> file, by its path from the root with <c>/</c>; null when there is none. Without this
    /// function the working tree is read.
    /// </param>
    /// <param name="isRepository">
    /// Whether a folder (path from the root) has a <c>.dvc</c> of its own and so belongs to another repository. Without this
    /// function the working tree is asked, or with <paramref name="readFile"/> no folder is one.
    /// </param>
    public IgnoreTree(RepositoryLayout layout, Func<string, string?>? readFile = null, Func<string, bool>? isRepository = null)
    {
        this.readFile = readFile ?? (path => ReadWorkingFile(layout.ToAbsolute(path)));
        this.isRepository = isRepository ?? (readFile is not null ? null
            : folder => Path.Exists(Path.Join(layout.ToAbsolute(folder), RepositoryLayout.DvcFolderName)));
        root = new Lazy<IgnoreFolder>(() => LoadFile(IgnoreFolder.Root(
            BuiltInPatterns.Select(pattern => IgnoreRule.TryParse(pattern, "", 0, isNested: false)!))));
    }

    /// <summary>Whether a path is ignored, by itself or with a folder above it.</summary>
    /// <param name="relativePath">Path from the root with <c>/</c>; one outside (<c>../x</c>) is never ignored.</param>
    /// <param name="isDirectory">Whether it is a folder.</param>
    /// <exception cref="DataVersionException">A <c>.dvcignore</c> file cannot be read.</exception>
    public bool IsIgnored(string relativePath, bool isDirectory) => Match(relativePath, isDirectory) is { IsNegated: false };

    /// <summary>The rule that decides about a path; a negated one says that it is not ignored. Null: no rule speaks of it.</summary>
    /// <inheritdoc cref="IsIgnored"/>
    public IgnoreMatch? Match(string relativePath, bool isDirectory)
    {
        if (!IsInside(ref relativePath))
            return null;
        if (isDirectory)
            return Folder(relativePath).Decision;
        var slash = relativePath.LastIndexOf('/');
        var parent = Folder(slash < 0 ? "" : relativePath.AsSpan(0, slash));
        return parent.IsIgnored ? parent.Decision : parent.Decide(relativePath.AsSpan(slash + 1), isDirectory: false);
    }

    /// <summary>
    /// All rules that match a path, or the first folder on the way to it that is ignored; the last one decides.
    /// </summary>
    /// <inheritdoc cref="IsIgnored"/>
    public IEnumerable<IgnoreMatch> Matches(string relativePath, bool isDirectory)
    {
        if (!IsInside(ref relativePath))
            return [];
        for (var start = 0; ;)
        {
            var slash = relativePath.IndexOf('/', start);
            var prefix = slash < 0 ? relativePath : relativePath[..slash];
            if (slash >= 0 && !IsIgnored(prefix, true))
            {
                start = slash + 1;
                continue;
            }
            var asFolder = isDirectory || slash >= 0;
            var rules = Folder(start == 0 ? "" : relativePath.AsSpan(0, start - 1)).All(prefix[start..], asFolder);
            return Match(prefix, asFolder) is { } decision && !rules.Contains(decision) ? [.. rules, decision] : rules;
        }
    }

    private static bool IsInside(ref string path)
    {
        path = path.TrimEnd('/');
        return path.Length > 0 && path is not ("." or "..") && path[0] != '/' && !path.StartsWith("../", StringComparison.Ordinal);
    }

    private IgnoreFolder Folder(ReadOnlySpan<char> path)
    {
        if (path.IsEmpty)
            return root.Value;
        if (latest is { } last && path.SequenceEqual(last.Path))
            return last;
        if (!folders.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(path, out var folder))
        {
            folder = Make(path.ToString());
            // ConcurrentDictionary.Count would take all its locks.
            if (Interlocked.Increment(ref remembered) > RememberedFolders)
            {
                Interlocked.Exchange(ref remembered, 1);
                folders.Clear();
            }
            folders[folder.Path] = folder;
        }
        return latest = folder;
    }

    private IgnoreFolder Make(string path)
    {
        var slash = path.LastIndexOf('/');
        var parent = Folder(slash < 0 ? "" : path.AsSpan(0, slash));
        var name = path.AsSpan(slash + 1);
        if (parent.IsIgnored)
            return parent.Below(path, name, parent.Decision);
        var decision = parent.Decide(name, isDirectory: true);
        if (decision is not { IsNegated: false } && isRepository?.Invoke(path) is true)
            decision = new IgnoreMatch("", 0, $"/{name}/", false);
        var folder = parent.Below(path, name, decision);
        return folder.IsIgnored ? folder : LoadFile(folder);
    }

    // An ignored .dvcignore has no say.
    private IgnoreFolder LoadFile(IgnoreFolder folder)
    {
        if (folder.Decide(RepositoryLayout.IgnoreFileName, isDirectory: false) is { IsNegated: false })
            return folder;
        var path = folder.Path.Length == 0 ? RepositoryLayout.IgnoreFileName : folder.Path + "/" + RepositoryLayout.IgnoreFileName;
        return readFile(path) is { } text ? folder.With(IgnoreRule.ParseFile(text, path, isNested: folder.Path.Length > 0)) : folder;
    }

    private static string? ReadWorkingFile(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllText(path) : null;
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, path, "read");
        }
    }
}
