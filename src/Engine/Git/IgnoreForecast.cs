using DataVersion.Engine.Files;

namespace DataVersion.Engine.Git;

/// <summary>
/// Says of paths whether Git ignores them, as far as that is certain from the files with the rules: Git compares every path with
/// every line, which for thousands of data files with a line each takes seconds. Made for one question; nothing is kept.
/// </summary>
/// <param name="git">The work tree.</param>
/// <param name="elsewhere">The rules that hold in all folders, of the repository and of the user; null when only Git knows them.</param>
internal sealed class IgnoreForecast(GitRepository git, IReadOnlyList<IgnoreLines>? elsewhere)
{
    private readonly Dictionary<string, IgnoreLines?> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool?> folders = new(StringComparer.Ordinal);

    /// <summary>Whether Git ignores a Git path; null when Git must be asked.</summary>
    public bool? IsIgnored(string path)
    {
        if (elsewhere is null || path is "" or "." || path.EndsWith('/') || path.Contains("//", StringComparison.Ordinal)
            || OperatingSystem.IsMacOS() && path.AsSpan().ContainsAnyExceptInRange('\0', '\x7f'))
            return null;
        var slash = path.LastIndexOf('/');
        if (slash < 0)
            return Judge(path);
        var above = path[..slash];
        if (!folders.TryGetValue(above, out var decided))
            folders[above] = decided = IsIgnored(above);
        // What lies in an ignored folder is ignored, whatever rules say of it.
        return decided is false ? Judge(path) : decided;
    }

    // The nearest file has the last word.
    private bool? Judge(string path)
    {
        for (var slash = path.LastIndexOf('/'); ; slash = path.LastIndexOf('/', slash - 1))
        {
            var folder = slash < 0 ? "" : path[..slash];
            if (!files.TryGetValue(folder, out var lines))
                files[folder] = lines = ReadBeside(git.ToAbsolutePath(folder));
            if (lines is null)
                return null;
            if (lines.Judge(path.AsSpan(slash + 1)) is var (certain, ignores))
                return certain ? ignores : null;
            if (slash <= 0)
                break;
        }
        foreach (var lines in elsewhere!)
            if (lines.Judge(path) is not null)
                return null;
        return false;
    }

    // Git does not follow a link in the place of the file.
    private static IgnoreLines? ReadBeside(string folder)
    {
        var path = Path.Join(folder, ".gitignore");
        return FileStat.Read(path).Kind switch
        {
            FileKind.None => IgnoreLines.None,
            FileKind.File => IgnoreLines.Read(path),
            _ => null,
        };
    }
}
