using DataVersion.Engine.Files;

namespace DataVersion.Tests.Fixtures;

/// <summary>Edits of recorded listings, for what ours is instead.</summary>
internal static class ListingText
{
    /// <summary>Without the lines that contain one of the parts.</summary>
    public static string Without(string text, params string[] parts) =>
        string.Join('\n', text.Split('\n').Where(line => !parts.Any(part => line.Contains(part, StringComparison.Ordinal))));

    /// <summary>With further lines (cells separated by blanks), where the path puts them.</summary>
    public static string With(string text, params string[] lines) => string.Concat(text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Concat(lines.Select(line => string.Join('\t', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))))
        .OrderBy(PathOf, Utf8Order.Instance).Select(line => line + "\n"));

    /// <summary>With other lines for these paths.</summary>
    public static string Instead(string text, params string[] lines)
    {
        var tabbed = lines.Select(line => string.Join('\t', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ToDictionary(PathOf);
        return string.Join('\n', text.Split('\n').Select(line => line.Length > 0 && tabbed.TryGetValue(PathOf(line), out var other) ? other : line));
    }

    // Workspaces: type, mode, link, size, MD5, path; caches: mode, size, MD5, path; folders: mode, path.
    private static string PathOf(string line)
    {
        var cells = line.Split('\t');
        return cells.Length >= 6 ? cells[5] : cells[^1];
    }
}
