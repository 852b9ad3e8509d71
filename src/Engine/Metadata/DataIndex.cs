using DataVersion.Engine.Files;

namespace DataVersion.Engine.Metadata;

/// <summary>Where metadata files are read from: the working tree, or a revision.</summary>
public interface IMetadataTree
{
    /// <summary>The absolute folder of the repository, to recognise absolute paths that lie inside it; null when there is none.</summary>
    string? RootFolder => null;

    /// <summary>Absolute path of the file that <see cref="ReadText"/> reads; null when the text comes from elsewhere.</summary>
    string? FileOf(string repositoryPath) => null;

    /// <summary>The name that Git gives the content of the file; null when the tree is not one of Git's, or there is none.</summary>
    string? ContentId(string repositoryPath) => null;

    /// <summary>Repository-relative paths of all <c>*.dvc</c>, <c>dvc.yaml</c> and <c>dvc.lock</c>, without ignored ones, in any order.</summary>
    IEnumerable<string> MetadataPaths();

    /// <summary>The text of a file.</summary>
    /// <exception cref="DataVersionException">The file cannot be read.</exception>
    string ReadText(string repositoryPath);

    /// <summary>True when there is such a file.</summary>
    bool Exists(string repositoryPath);
}

/// <summary>All outputs of a tree, found by path. Immutable.</summary>
public sealed class DataIndex
{
    private readonly Dictionary<string, TrackedOutput> byPath = new(StringComparer.Ordinal);
    private readonly TrackedOutput[] sorted;
    private ILookup<string, TrackedOutput>? byMetadata;

    internal DataIndex(IReadOnlyList<TrackedOutput> outputs, IReadOnlyList<TrackedOutput> staleOutputs, IReadOnlyList<string> metadataPaths)
    {
        Outputs = outputs;
        StaleOutputs = staleOutputs;
        MetadataPaths = metadataPaths;
        foreach (var output in outputs)
            byPath.TryAdd(output.Path, output);
        sorted = [.. outputs.Where(output => !output.IsExternal)];
        // A stable order also for outputs that claim the same path.
        var rank = new int[sorted.Length];
        for (var i = 0; i < rank.Length; i++)
            rank[i] = i;
        Array.Sort(rank, (x, y) => Utf8Order.Instance.Compare(sorted[x].Path, sorted[y].Path) is var order && order != 0 ? order : x - y);
        sorted = Array.ConvertAll(rank, i => sorted[i]);
    }

    /// <summary>All outputs by the path of their metadata file (code points), then in the order of the file.</summary>
    public IReadOnlyList<TrackedOutput> Outputs { get; }

    /// <summary>Outputs that a <c>dvc.lock</c> records but no <c>dvc.yaml</c> defines any more: not to be checked out, not to be collected.</summary>
    public IReadOnlyList<TrackedOutput> StaleOutputs { get; }

    /// <summary>The metadata files that were read, by code points.</summary>
    public IReadOnlyList<string> MetadataPaths { get; }

    /// <summary>The same with another content for some paths.</summary>
    public DataIndex With(IReadOnlyDictionary<string, ContentHash> contents) => contents.Count == 0 ? this
        : new DataIndex([.. Outputs.Select(output => contents.TryGetValue(output.Path, out var hash) ? output with { Hash = hash } : output)], StaleOutputs, MetadataPaths);

    /// <summary>The output at exactly this path; external ones by their text.</summary>
    public TrackedOutput? Find(string path) => byPath.GetValueOrDefault(path);

    /// <summary>The outputs of one metadata file, or of one stage by its address; empty when there is none.</summary>
    public IReadOnlyList<TrackedOutput> OfMetadata(string pathOrAddress)
    {
        byMetadata ??= Outputs.SelectMany(o => o.StageName is null ? [(o.MetadataPath, o)] : new[] { (o.MetadataPath, o), (o.StageAddress, o) })
            .ToLookup(pair => pair.Item1, pair => pair.o, StringComparer.Ordinal);
        return [.. byMetadata[pathOrAddress]];
    }

    /// <summary>The output at this path or the one that contains it.</summary>
    public TrackedOutput? FindContaining(string path)
    {
        if (byPath.TryGetValue(path, out var exact))
            return exact;
        var lookup = byPath.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
            if (lookup.TryGetValue(path.AsSpan(0, end), out var output))
                return output;
        return null;
    }

    /// <summary>All outputs below a folder, by path; the root is the empty text or <c>.</c>. An output at the folder itself is not among them.</summary>
    public IEnumerable<TrackedOutput> FindInside(string folder)
    {
        var prefix = folder is "" or "." ? "" : folder + "/";
        for (var i = LowerBound(prefix); i < sorted.Length && sorted[i].Path.StartsWith(prefix, StringComparison.Ordinal); i++)
            yield return sorted[i];
    }

    /// <summary>
    /// Throws when two metadata files, or two entries of one, claim the same path or paths inside each other, or when a
    /// metadata file lies inside an output.
    /// </summary>
    /// <exception cref="DataVersionException">OutputConflict: names both metadata files with their lines.</exception>
    public void CheckConflicts()
    {
        for (var i = 1; i < sorted.Length; i++)
            if (sorted[i].Path == sorted[i - 1].Path)
                throw Conflict(sorted[i].Path, $"'{sorted[i].Path}' is tracked twice: by {Place(sorted[i - 1])} and by {Place(sorted[i])}.");
        foreach (var inner in sorted)
            if (MetadataPath.FolderOf(inner.Path) is { Length: > 0 } folder && FindContaining(folder) is { } outer)
                throw Conflict(inner.Path, $"'{inner.Path}' ({Place(inner)}) lies inside '{outer.Path}', which {Place(outer)} tracks.");
        foreach (var path in MetadataPaths)
            if (FindContaining(path) is { } output)
                throw Conflict(path, $"The metadata file '{path}' lies inside '{output.Path}', which {Place(output)} tracks.");
    }

    private static string Place(TrackedOutput output) =>
        output.StageName is null ? $"'{output.MetadataPath}' line {output.Line}" : $"'{output.StageAddress}' ('{output.MetadataPath}' line {output.Line})";

    private static DataVersionException Conflict(string path, string message) => new(DataErrorKind.OutputConflict, message, path,
        "Remove one of the two from its metadata file, for example with Remove-DataFile.");

    private int LowerBound(string path)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (Utf8Order.Instance.Compare(sorted[middle].Path, path) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
