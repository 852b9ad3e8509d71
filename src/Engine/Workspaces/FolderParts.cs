using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>The parts of one tracked folder that are added together: all of them go into one new manifest.</summary>
internal sealed class FolderParts
{
    private readonly Manifest old;
    private readonly Dictionary<string, ContentHash> entries;

    /// <summary>Begins with what is recorded of the folder.</summary>
    public FolderParts(TrackedOutput output, Manifest old)
    {
        this.old = old;
        entries = old.List.ToDictionary(entry => entry.Path, entry => entry.Hash, StringComparer.Ordinal);
        Size = output.Size;
    }

    /// <summary>
    /// Bytes of the whole, by the rule of DVC: known as long as parts are only added and none replaced, or nothing changes.
    /// </summary>
    public long? Size { get; private set; }

    /// <summary>Puts a part in the place of what was recorded below its path.</summary>
    /// <param name="inner">Path of the part inside the folder.</param>
    /// <param name="files">Its files now, by path inside the folder; none when the part is gone.</param>
    /// <param name="bytes">Sum of their sizes.</param>
    public void Replace(string inner, IReadOnlyList<ManifestEntry> files, long bytes)
    {
        var replaced = new Dictionary<string, ContentHash>(StringComparer.Ordinal);
        if (old.TryGet(inner, out var single))
            replaced[inner] = single;
        foreach (var entry in old.Under(inner))
            replaced[entry.Path] = entry.Hash;
        var unchanged = replaced.Count == files.Count && files.All(file => replaced.TryGetValue(file.Path, out var hash) && hash == file.Hash);
        foreach (var path in replaced.Keys)
            entries.Remove(path);
        foreach (var file in files)
            entries[file.Path] = file.Hash;
        if (replaced.Count == 0 && Size > 0 && bytes > 0)
            Size += bytes;
        else if (!unchanged)
            Size = null;
    }

    /// <summary>The manifest with all parts in place.</summary>
    public Manifest ToManifest() => Manifest.Create(entries.Select(entry => new ManifestEntry(entry.Key, entry.Value)));
}
