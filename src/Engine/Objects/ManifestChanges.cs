using DataVersion.Engine.Files;

namespace DataVersion.Engine.Objects;

/// <summary>A change of one path of a directory.</summary>
/// <param name="Path">Path inside the directory, with <c>/</c>.</param>
/// <param name="Hash">The new content; null removes the file, or the folder with all that is in it.</param>
public readonly record struct ManifestChange(string Path, ContentHash? Hash);

/// <summary>A path that two manifests list differently.</summary>
/// <param name="Path">Path inside the directory.</param>
/// <param name="Old">Content in the old manifest; null when it was not there.</param>
/// <param name="New">Content in the new manifest; null when it is there no more.</param>
public readonly record struct ManifestDifference(string Path, ContentHash? Old, ContentHash? New);

public sealed partial class Manifest
{
    /// <summary>
    /// The manifest after some changes. What is new displaces what cannot stand beside it: a file displaces the folder of
    /// the same name, and a file inside a folder displaces a file of the folder's name. Of two changes of the same path
    /// the last one counts.
    /// </summary>
    /// <exception cref="DataVersionException">ManifestInvalid: the new files contradict each other or have paths that a
    /// manifest cannot hold.</exception>
    public Manifest With(IEnumerable<ManifestChange> changes)
    {
        var dropped = new bool[entries.Length];
        var added = new SortedDictionary<string, ContentHash>(Utf8Order.Instance);
        foreach (var (path, content) in changes)
        {
            var (start, end) = RangeUnder(path);
            dropped.AsSpan(start, end - start).Fill(true);
            Drop(path);
            added.Remove(path);
            if (content is not { } hash)
                continue;
            for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
                Drop(path.AsSpan(0, slash));
            added[path] = hash;
        }
        foreach (var entry in added)
            if (entry.Value.Algorithm != Algorithm || entry.Value.IsDirectory)
                throw Invalid("a directory", $"the entry '{Shown(entry.Key)}' has a hash of another kind ({entry.Value}).");

        var merged = new List<ManifestEntry>(entries.Length + added.Count);
        using var news = added.GetEnumerator();
        var more = news.MoveNext();
        for (var i = 0; i < entries.Length; i++)
        {
            if (dropped[i])
                continue;
            for (; more && Utf8Order.Instance.Compare(news.Current.Key, entries[i].Path) < 0; more = news.MoveNext())
                merged.Add(new ManifestEntry(news.Current.Key, news.Current.Value));
            merged.Add(entries[i]);
        }
        for (; more; more = news.MoveNext())
            merged.Add(new ManifestEntry(news.Current.Key, news.Current.Value));
        return FromEntries(merged.ToArray(), Algorithm, "a directory");

        void Drop(ReadOnlySpan<char> file)
        {
            if (IndexOf(file) is >= 0 and var index)
                dropped[index] = true;
        }
    }

    /// <summary>The paths that differ, in the order of the format. Either manifest may be null: nothing is in it.</summary>
    public static IEnumerable<ManifestDifference> Diff(Manifest? old, Manifest? @new)
    {
        var (before, after) = (old?.entries ?? [], @new?.entries ?? []);
        var (i, j) = (0, 0);
        while (i < before.Length || j < after.Length)
        {
            var order = i == before.Length ? 1 : j == after.Length ? -1 : Utf8Order.Instance.Compare(before[i].Path, after[j].Path);
            if (order < 0)
                yield return new ManifestDifference(before[i].Path, before[i++].Hash, null);
            else if (order > 0)
                yield return new ManifestDifference(after[j].Path, null, after[j++].Hash);
            else
            {
                if (before[i].Hash != after[j].Hash)
                    yield return new ManifestDifference(before[i].Path, before[i].Hash, after[j].Hash);
                i++;
                j++;
            }
        }
    }
}
