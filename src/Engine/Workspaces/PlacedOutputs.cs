using System.Text.Json;
using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// Which outputs this module put into the workspace (or found there when it tracked them), with their content. A checkout
/// removes those that no metadata names any more, and only while they still hold that content: this is how data leaves the
/// workspace when a version without it is checked out. Kept in <c>.dvc/tmp</c>: without it, leftovers stay.
/// </summary>
internal sealed class PlacedOutputs
{
    private readonly string file;
    private readonly SortedDictionary<string, string> placed = new(Utf8Order.Instance);
    private bool changed;

    private PlacedOutputs(string file) => this.file = file;

    /// <summary>Paths relative to the root, with the content each held.</summary>
    public IEnumerable<(string Path, ContentHash Hash)> All
    {
        get
        {
            foreach (var (path, text) in placed)
                if (TryParse(text, out var hash))
                    yield return (path, hash);
        }
    }

    /// <summary>Reads the table; an unreadable one counts as empty.</summary>
    public static PlacedOutputs Load(RepositoryLayout layout)
    {
        var table = new PlacedOutputs(Path.Combine(layout.StateFolder, "placed.json"));
        try
        {
            if (File.Exists(table.file))
                foreach (var (path, text) in JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(table.file)) ?? [])
                    table.placed[path] = text;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            table.placed.Clear();
        }
        return table;
    }

    public void Set(string path, ContentHash hash)
    {
        var text = hash.Algorithm == ContentHashAlgorithm.Md5 ? hash.ToString() : $"legacy:{hash}";
        if (placed.TryGetValue(path, out var old) && old == text)
            return;
        placed[path] = text;
        changed = true;
    }

    public void Remove(string path) => changed |= placed.Remove(path);

    /// <summary>Writes the table if it changed. Never fails the caller.</summary>
    public void Save()
    {
        if (!changed)
            return;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            AtomicFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(placed), durable: false);
            changed = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // The worst that happens is that a leftover stays in the workspace.
        }
    }

    private static bool TryParse(string text, out ContentHash hash) => text.StartsWith("legacy:", StringComparison.Ordinal)
        ? ContentHash.TryParse(text["legacy:".Length..], ContentHashAlgorithm.Md5Dos2Unix, out hash)
        : ContentHash.TryParse(text, ContentHashAlgorithm.Md5, out hash);
}
