using DataVersion.Engine.Files;

namespace DataVersion.Engine.Workspaces;

/// <summary>A file of a tracked folder on one side of a comparison.</summary>
internal readonly record struct ComparedEntry(string Path, ContentHash Hash, long? Size);

/// <summary>A tracked path on one side of a comparison.</summary>
/// <param name="Path">Relative to the root, without a slash at its end.</param>
/// <param name="Hash">The content.</param>
/// <param name="Size">Bytes, when known.</param>
/// <param name="Stage">What tracks it.</param>
/// <param name="Entries">The files of a folder by UTF-8 bytes; null when its manifest is not at hand, or for a file.</param>
internal sealed record ComparedOutput(string Path, ContentHash Hash, long? Size, string Stage, IReadOnlyList<ComparedEntry>? Entries)
{
    /// <summary>The path as it is shown: a folder's ends with a slash.</summary>
    public string Shown => Hash.IsDirectory ? Path + "/" : Path;
}

/// <summary>One difference between two sides.</summary>
internal sealed record Difference(DataChangeKind Change, string Path, string? OldPath, ContentHash? Hash, ContentHash? OldHash,
    long? Size, long? OldSize, string Stage);

/// <summary>Compares two sets of tracked paths: whole outputs, or also the files in them (DVC: data status, diff).</summary>
internal sealed class VersionComparison
{
    private readonly bool granular;
    private readonly bool unchanged;
    private readonly List<Difference> found = [];

    private VersionComparison(bool granular, bool unchanged) => (this.granular, this.unchanged) = (granular, unchanged);

    /// <summary>Compares.</summary>
    /// <param name="old">The older side by path.</param>
    /// <param name="new">The newer side by path.</param>
    /// <param name="granular">Compare the files of folders too.</param>
    /// <param name="unchanged">Report what does not differ.</param>
    /// <returns>Differences by path; a deletion and an addition of the same content are one renaming.</returns>
    public static IReadOnlyList<Difference> Compare(IReadOnlyDictionary<string, ComparedOutput> old, IReadOnlyDictionary<string, ComparedOutput> @new,
        bool granular, bool unchanged)
    {
        var comparison = new VersionComparison(granular, unchanged);
        foreach (var path in old.Keys.Union(@new.Keys).Order(Utf8Order.Instance))
            comparison.CompareOutput(old.GetValueOrDefault(path), @new.GetValueOrDefault(path));
        return comparison.WithRenames();
    }

    private void CompareOutput(ComparedOutput? old, ComparedOutput? @new)
    {
        if (old is not null && @new is not null && old.Hash.IsDirectory != @new.Hash.IsDirectory)
        {
            // A file became a folder, or the other way round: one modification of the path as it was, and its files.
            Report(old.Shown, old.Hash, old.Size, @new.Hash, @new.Size, @new.Stage);
            if (granular)
                CompareEntries((old.Hash.IsDirectory ? old : @new).Shown, old.Entries ?? [], @new.Entries ?? [], @new.Stage);
            return;
        }
        var shown = (@new ?? old)!.Shown;
        var stage = (@new ?? old)!.Stage;
        Report(shown, old?.Hash, old?.Size, @new?.Hash, @new?.Size, stage);
        if (!granular || !(@new ?? old)!.Hash.IsDirectory)
            return;
        if (old is not null && @new is not null && (old.Entries is null || @new.Entries is null))
            ReportUnknown(shown, old.Entries ?? @new.Entries ?? [], stage);
        else if (old?.Hash != @new?.Hash || unchanged)
            CompareEntries(shown, old?.Entries ?? [], @new?.Entries ?? [], stage);
    }

    private void CompareEntries(string folder, IReadOnlyList<ComparedEntry> old, IReadOnlyList<ComparedEntry> @new, string stage)
    {
        int i = 0, j = 0;
        while (i < old.Count || j < @new.Count)
        {
            var order = i == old.Count ? 1 : j == @new.Count ? -1 : Utf8Order.Compare(old[i].Path, @new[j].Path);
            var (before, after) = (order <= 0 ? old[i++] : (ComparedEntry?)null, order >= 0 ? @new[j++] : (ComparedEntry?)null);
            Report(folder + (before ?? after)!.Value.Path, before?.Hash, before?.Size, after?.Hash, after?.Size, stage);
        }
    }

    /// <summary>Without the manifest of one side nothing can be said of the files on the other; DVC names their folders too.</summary>
    private void ReportUnknown(string folder, IReadOnlyList<ComparedEntry> entries, string stage)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var entry in entries)
        {
            for (var slash = entry.Path.IndexOf('/'); slash > 0; slash = entry.Path.IndexOf('/', slash + 1))
                if (folders.Add(entry.Path[..(slash + 1)]))
                    found.Add(new Difference(DataChangeKind.Unknown, folder + entry.Path[..(slash + 1)], null, null, null, null, null, stage));
            found.Add(new Difference(DataChangeKind.Unknown, folder + entry.Path, null, entry.Hash, null, entry.Size, null, stage));
        }
    }

    private void Report(string path, ContentHash? oldHash, long? oldSize, ContentHash? hash, long? size, string stage)
    {
        var change = oldHash is null ? DataChangeKind.Added : hash is null ? DataChangeKind.Deleted
            : oldHash == hash ? DataChangeKind.Unchanged : DataChangeKind.Modified;
        if (change != DataChangeKind.Unchanged || unchanged)
            found.Add(new Difference(change, path, null, hash, oldHash, size, oldSize, stage));
    }

    private IReadOnlyList<Difference> WithRenames()
    {
        var deleted = new Dictionary<ContentHash, Queue<Difference>>();
        foreach (var difference in found.Where(d => d.Change == DataChangeKind.Deleted).OrderBy(d => d.Path, Utf8Order.Instance))
        {
            if (!deleted.TryGetValue(difference.OldHash!.Value, out var queue))
                deleted[difference.OldHash.Value] = queue = new();
            queue.Enqueue(difference);
        }
        if (deleted.Count == 0)
            return found;
        var gone = new HashSet<Difference>(ReferenceEqualityComparer.Instance);
        var renamed = new Dictionary<Difference, Difference>(ReferenceEqualityComparer.Instance);
        foreach (var added in found.Where(d => d.Change == DataChangeKind.Added).OrderBy(d => d.Path, Utf8Order.Instance))
            if (deleted.TryGetValue(added.Hash!.Value, out var queue) && queue.TryDequeue(out var from))
            {
                gone.Add(from);
                renamed[added] = added with { Change = DataChangeKind.Renamed, OldPath = from.Path, OldHash = from.OldHash, OldSize = from.OldSize };
            }
        return [.. found.Where(d => !gone.Contains(d)).Select(d => renamed.GetValueOrDefault(d, d))];
    }
}
