using System.Management.Automation;

namespace DataVersion.Cmdlets.Hosting;

/// <summary>Turns what a user types into absolute file system paths, also for tracked paths that are not there.</summary>
internal sealed class PathResolver(PathIntrinsics paths, Func<IEnumerable<string>>? trackedPaths = null)
{
    private static readonly char[] Separators = OperatingSystem.IsWindows() ? ['\\', '/'] : ['/'];
    private List<string[]>? tracked;

    /// <summary>A path taken literally; it need not exist.</summary>
    /// <exception cref="DataVersionException">It is not a path of the file system.</exception>
    public static string Literal(PathIntrinsics paths, string path)
    {
        if (!OperatingSystem.IsWindows() && path.AsSpan().IndexOfAny('\\', ':') >= 0 && AsItIs(paths, path) is { } exact)
            return exact;
        var full = Unresolved(paths, path, out var provider);
        if (provider.Name != "FileSystem")
            throw new DataVersionException(DataErrorKind.ArgumentInvalid,
                $"'{path}' is not a path of the file system but of the provider '{provider.Name}'.", path,
                "Give a path of the file system.");
        return System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(full));
    }

    /// <summary>A path with wildcards: what exists first, then tracked paths that do not. Without wildcards as it is.</summary>
    /// <exception cref="DataVersionException">The wildcards match nothing.</exception>
    public IReadOnlyList<string> Resolve(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
            return [Literal(paths, WildcardPattern.Unescape(path))];
        var found = Existing(path);
        var existing = found.ToHashSet(StringComparer.Ordinal);
        found.AddRange(Tracked(path).Where(t => !existing.Contains(t)));
        if (found.Count > 0)
            return found;
        // A file that is really called so, like img[1].png, typed without escaping.
        var literal = Literal(paths, path);
        return Path.Exists(literal) ? [literal] : throw new DataVersionException(DataErrorKind.PathNotFound,
            $"'{path}' matches no file, no folder and no tracked path.", path,
            "Check the spelling; use -LiteralPath for a name that contains [ ] * or ?.");
    }

    private static string Unresolved(PathIntrinsics paths, string path, out ProviderInfo provider)
    {
        try
        {
            return paths.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        catch (System.Management.Automation.DriveNotFoundException error)
        {
            throw new DataVersionException(DataErrorKind.PathNotFound, $"'{path}' begins with the name of a drive that does not exist.", path,
                "Check the spelling; put ./ in front of the name of a file that contains a colon.", error);
        }
    }

    // PowerShell takes every backslash for a separator and what is before a colon for a drive; on Unix they may belong to a
    // name, and then the file decides.
    private static string? AsItIs(PathIntrinsics paths, string path)
    {
        const string qualifier = "FileSystem::";
        var at = path.IndexOf(qualifier, StringComparison.OrdinalIgnoreCase);
        var plain = at < 0 ? path : path[(at + qualifier.Length)..];
        var full = System.IO.Path.GetFullPath(plain, paths.CurrentFileSystemLocation.ProviderPath);
        return System.IO.Path.Exists(full) ? System.IO.Path.TrimEndingDirectorySeparator(full) : null;
    }

    private List<string> Existing(string path)
    {
        try
        {
            var found = paths.GetResolvedPSPathFromPSPath(path);
            return found.Count > 0 && found[0].Provider.Name == "FileSystem"
                ? [.. ProviderPaths(found).Select(System.IO.Path.TrimEndingDirectorySeparator)] : [];
        }
        catch (ItemNotFoundException)
        {
            return [];
        }
    }

    // PathInfo.ProviderPath has the system list all that is mounted, each time, to see whether the drive is still there. Where it is
    // the same as the path of the drive for one file, it is for all plain names beside it.
    private static IEnumerable<string> ProviderPaths(IReadOnlyList<PathInfo> found)
    {
        var first = found[0];
        var isSame = first.Drive is not null && first.ProviderPath == first.Path;
        var folder = System.IO.Path.GetDirectoryName(first.Path) ?? "";
        foreach (var one in found)
            yield return isSame && one.Drive == first.Drive && IsPlainIn(folder, one.Path) ? one.Path : one.ProviderPath;
    }

    private static bool IsPlainIn(string folder, string path)
    {
        if (path.Length <= folder.Length + 1 || !path.StartsWith(folder, StringComparison.Ordinal) || path[folder.Length] != System.IO.Path.DirectorySeparatorChar)
            return false;
        foreach (var c in path.AsSpan(folder.Length + 1))
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                return false;
        return path[^1] != '.';
    }

    /// <summary>Name by name, so that a wildcard never reaches across folders, as in PowerShell's own matching.</summary>
    private IEnumerable<string> Tracked(string path)
    {
        tracked ??= [.. (trackedPaths?.Invoke() ?? []).Select(Split)];
        if (tracked.Count == 0)
            yield break;
        var pattern = Split(Literal(paths, path)).Select(name => WildcardPattern.Get(name, WildcardOptions.IgnoreCase)).ToArray();
        foreach (var names in tracked)
            if (names.Length == pattern.Length && !names.Where((name, i) => !pattern[i].IsMatch(name)).Any())
                yield return string.Join(System.IO.Path.DirectorySeparatorChar, names);
    }

    private static string[] Split(string path) => path.Split(Separators);
}
