using System.Text.Json;

namespace DataVersion.Tests.Metadata;

/// <summary>Metadata files that real DVC wrote, and those that the recorded cases wrote by hand.</summary>
internal static class MetadataFixtures
{
    /// <summary>The text of a recorded file, for example <c>09-re-add-fields</c>, <c>snapshots/4-freeze.files/plain.txt.dvc</c>.</summary>
    public static string Read(string caseName, string path) =>
        File.ReadAllText(Path.Combine(Shared.Find("fixtures"), caseName, "expected", path));

    /// <summary>The text that a step of a case writes; the n-th write to that path, from 0.</summary>
    public static string Written(string caseName, string path, int occurrence = 0)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(Shared.Find("fixtures"), caseName, "case.json")));
        return document.RootElement.GetProperty("steps").EnumerateArray()
            .Where(step => step.TryGetProperty("write", out var write) && write.GetProperty("path").GetString() == path)
            .Select(step => step.GetProperty("write").GetProperty("text").GetString()!)
            .ElementAt(occurrence);
    }

    /// <summary>All recorded files of a kind: path relative to the set, and text.</summary>
    public static IEnumerable<(string Path, string Text)> All(Func<string, bool> isWanted)
    {
        var root = Shared.Find("fixtures");
        foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            if (path.Contains("expected", StringComparison.Ordinal) && isWanted(Path.GetFileName(path)))
                yield return (Path.GetRelativePath(root, path), File.ReadAllText(path));
    }
}
