using DataVersion.Engine.Files;

namespace DataVersion.Engine.Git;

/// <summary>
/// Says of paths whether Git ignores them, as far as that is certain from the files with the rules: Git compares every path with
/// every line, which for thousands of data files with a line each takes seconds. Made for one question; nothing is kept.
/// </summary>
/// <param name="git">The work tree.</param>
/// <param name="readElsewhere">
/// Reads the rules that hold in all folders, of the repository and of the user; null when only Git knows them. Called once at most,
/// and only when the files beside the paths leave something open: to find the user's takes a process.
/// </param>
internal sealed class IgnoreForecast(GitRepository git, Func<IReadOnlyList<IgnoreLines>?> readElsewhere)
{
    private readonly Dictionary<string, IgnoreLines?> files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool?> folders = new(StringComparer.Ordinal);
    private readonly Lazy<IReadOnlyList<IgnoreLines>?> elsewhere = new(readElsewhere);

    /// <summary>Whether Git ignores a Git path; null when Git must be asked.</summary>
    public bool? IsIgnored(string path)
    {
        if (path is "" or "." || path.EndsWith('/') || path.Contains("//", StringComparison.Ordinal)
            || OperatingSystem.IsMacOS() && path.AsSpan().ContainsAnyExceptInRange('\0', '\x7f'))
            return null;
        var near = JudgeNear(path);
        // What lies in an ignored folder is ignored, whatever rules say of it; so only who may be let through has to look above.
        if (near == Answer.Ignored)
            return true;
        var slash = path.LastIndexOf('/');
        if (slash >= 0)
        {
            var above = path[..slash];
            if (!folders.TryGetValue(above, out var decided))
                folders[above] = decided = IsIgnored(above);
            if (decided is not false)
                return decided;
        }
        return near == Answer.Kept || near == Answer.None && IsUnknownElsewhere(path) ? false : null;
    }

    private enum Answer
    {
        None,
        Ignored,
        Kept,
        Unsure,
    }

    // The nearest file has the last word.
    private Answer JudgeNear(string path)
    {
        for (var slash = path.LastIndexOf('/'); ; slash = path.LastIndexOf('/', slash - 1))
        {
            var folder = slash < 0 ? "" : path[..slash];
            if (!files.TryGetValue(folder, out var lines))
                files[folder] = lines = ReadBeside(git.ToAbsolutePath(folder));
            if (lines is null)
                return Answer.Unsure;
            if (lines.Judge(path.AsSpan(slash + 1)) is var (certain, ignores))
                return !certain ? Answer.Unsure : ignores ? Answer.Ignored : Answer.Kept;
            if (slash <= 0)
                return Answer.None;
        }
    }

    private bool IsUnknownElsewhere(string path)
    {
        foreach (var lines in elsewhere.Value ?? [])
            if (lines.Judge(path) is not null)
                return false;
        return elsewhere.Value is not null;
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
