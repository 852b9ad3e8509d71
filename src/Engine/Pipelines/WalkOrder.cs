using DataVersion.Engine.Files;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// The order in which DVC comes upon metadata files: those of a folder before those of its subfolders; names by code points.
/// The order of stages that do not depend on each other follows from it.
/// </summary>
internal sealed class WalkOrder : IComparer<string>
{
    public static WalkOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (x == y)
            return 0;
        int start = 0, length = Math.Min(x!.Length, y!.Length);
        for (var i = 0; i < length && x[i] == y[i]; i++)
            if (x[i] == '/')
                start = i + 1;
        bool xIsFile = x.IndexOf('/', start) < 0, yIsFile = y.IndexOf('/', start) < 0;
        return xIsFile == yIsFile ? Utf8Order.Instance.Compare(x[start..].Replace('/', '\0'), y[start..].Replace('/', '\0')) : xIsFile ? -1 : 1;
    }
}
