namespace DataVersion.Engine.Repositories;

/// <summary>Tells whether a path equals, contains or lies in one of many, in time that does not grow with their number.</summary>
internal sealed class PathOverlap
{
    private readonly HashSet<string> paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> above = new(StringComparer.Ordinal);

    public PathOverlap(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var normal = Normalize(path);
            this.paths.Add(normal);
            foreach (var folder in Above(normal))
                above.Add(folder);
        }
    }

    public bool Meets(string path)
    {
        var normal = Normalize(path);
        return paths.Contains(normal) || above.Contains(normal) || Above(normal).Any(paths.Contains);
    }

    private static IEnumerable<string> Above(string path)
    {
        for (var slash = path.LastIndexOf('/'); slash >= 0; slash = slash == 0 ? -1 : path.LastIndexOf('/', slash - 1))
            yield return path[..slash];
    }

    private static string Normalize(string path) =>
        (OperatingSystem.IsWindows() ? path.Replace('\\', '/') : path).TrimEnd('/');
}
