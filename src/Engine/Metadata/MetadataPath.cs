namespace DataVersion.Engine.Metadata;

/// <summary>Paths as metadata writes them: with <c>/</c>, relative to the folder of the file and its working directory.</summary>
internal static class MetadataPath
{
    /// <summary>The folder of a repository-relative path; empty for the root.</summary>
    public static string FolderOf(string path) => path.LastIndexOf('/') is >= 0 and var slash ? path[..slash] : "";

    /// <summary>The last part of a path.</summary>
    public static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>Folder and name joined; an empty folder is the root.</summary>
    public static string Join(string folder, string name) => folder.Length == 0 ? name : folder + "/" + name;

    /// <summary>True for a <c>.dvc</c> file.</summary>
    public static bool IsDataFile(string path) => path.EndsWith(".dvc", StringComparison.Ordinal) && NameOf(path).Length > 4;

    /// <summary>
    /// The path of an entry relative to the repository, and whether it lies outside of it. URLs and absolute paths outside
    /// stay as they are; a relative path that climbs out begins with <c>..</c>.
    /// </summary>
    public static (string Path, bool IsExternal) Resolve(string folder, string? workingDirectory, string path, string? absoluteRoot)
    {
        if (MetadataSchema.IsUrl(path))
            return (path, true);
        if (workingDirectory is not null && !IsAbsolute(path))
        {
            if (IsAbsolute(workingDirectory))
                path = workingDirectory.TrimEnd('/') + "/" + path;
            else
                folder = Join(folder, workingDirectory);
        }
        if (IsAbsolute(path))
        {
            var absolute = "/" + Normalize(path);
            var root = absoluteRoot?.Replace('\\', '/').TrimEnd('/');
            if (root is not null && Normalize(root) is var normalRoot && absolute.StartsWith("/" + normalRoot + "/", StringComparison.Ordinal))
                return (absolute[(normalRoot.Length + 2)..], false);
            return (path, true);
        }
        var relative = Normalize(Join(folder, path));
        return (relative, relative == ".." || relative.StartsWith("../", StringComparison.Ordinal));
    }

    /// <summary>
    /// True for the root, and for what is or lies in a folder of Git or DVC: data there could be a hook or a setting. As in
    /// Git also in other case, which some file systems do not tell apart, and under the short name of Windows.
    /// </summary>
    public static bool IsReserved(ReadOnlySpan<char> path)
    {
        foreach (var part in path.Split('/'))
        {
            var name = path[part].TrimEnd(". ");
            if (name.Equals(".git", StringComparison.OrdinalIgnoreCase) || name.Equals(".dvc", StringComparison.OrdinalIgnoreCase)
                || name.Equals("git~1", StringComparison.OrdinalIgnoreCase))
                return true;
        }
        return path.IsEmpty;
    }

    /// <summary>The path without empty parts and <c>.</c>, and with <c>..</c> carried out as far as there is a folder to leave.</summary>
    public static string Normalize(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
                parts.RemoveAt(parts.Count - 1);
            else
                parts.Add(part);
        }
        return string.Join('/', parts);
    }

    private static bool IsAbsolute(string path) =>
        path.StartsWith('/') || path.Length >= 3 && path[1] == ':' && path[2] is '/' or '\\' && char.IsAsciiLetter(path[0]);
}
