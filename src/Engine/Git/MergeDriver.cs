using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Git;

/// <summary>The result of a merge.</summary>
/// <param name="Text">The merged <c>.dvc</c> file.</param>
/// <param name="Manifest">The manifest it names when that is a new one: store it before the text is written. Null when there is nothing to store.</param>
public sealed record MergeOutcome(string Text, Manifest? Manifest);

/// <summary>
/// Merges two versions of the <c>.dvc</c> file of a tracked folder by merging the lists of files (format: dvc-compat 12.4).
/// Pure: reads objects through its caller and writes nothing.
/// </summary>
public static class MergeDriver
{
    // What says which content the output has, and not how it is treated.
    private static readonly HashSet<string> ContentKeys = ["md5", "size", "nfiles", "hash"];

    /// <summary>Merges.</summary>
    /// <param name="file">What to call the file in errors.</param>
    /// <param name="ancestor">The text both sides come from; empty when there is none.</param>
    /// <param name="ours">Our text; may be empty.</param>
    /// <param name="theirs">Their text; may be empty.</param>
    /// <param name="loadManifest">Reads a manifest from the cache; null when it is not there.</param>
    /// <param name="objectSize">The size in bytes of an object of the cache; null when it is not there.</param>
    /// <exception cref="MergeConflictException">A person must decide.</exception>
    /// <exception cref="DataVersionException">ObjectMissing: a manifest is not in the cache. MetadataInvalid: a text is no <c>.dvc</c> file.</exception>
    public static MergeOutcome Merge(string file, string ancestor, string ours, string theirs,
        Func<ContentHash, Manifest?> loadManifest, Func<ContentHash, long?> objectSize)
    {
        var their = Parse(theirs, file);
        if (their is null || their.Outputs.Count == 0)
            return new MergeOutcome(ours, null);
        var our = Parse(ours, file) ?? DataFileDocument.CreateNew(file);
        if (our.Outputs.Count == 0)
        {
            our.Outputs.AddRange(their.Outputs);
            return new MergeOutcome(our.ToText(), null);
        }
        var output = Only(our, file);
        var theirOutput = Only(their, file);
        var baseOutput = Parse(ancestor, file) is { Outputs.Count: > 0 } document ? Only(document, file) : null;
        RequireAlike(file, baseOutput is null ? [output, theirOutput] : [output, theirOutput, baseOutput]);

        var from = baseOutput is null ? null : Load(baseOutput);
        var mine = Load(output);
        var yours = Load(theirOutput);
        var algorithm = output.Hash!.Value.Algorithm;
        var ourChanges = Manifest.Diff(from, mine).ToList();
        var theirChanges = Manifest.Diff(from, yours).ToList();
        if (ourChanges.Count == 0)
            return Result(yours, theirOutput.Hash!.Value, theirOutput.Size, isNew: false);
        if (theirChanges.Count == 0)
            return Result(mine, output.Hash!.Value, output.Size, isNew: false);
        var merged = Combine(file, from, ourChanges, theirChanges, algorithm);
        return Result(merged, merged.Hash, null, isNew: true);

        Manifest Load(OutputEntry entry) => loadManifest(entry.Hash!.Value) ?? throw new DataVersionException(DataErrorKind.ObjectMissing,
            $"'{file}' cannot be merged: the list of files {entry.Hash} of '{entry.Path}' is not in the cache.", file,
            "Fetch both versions with Sync-DataRemote -Direction Fetch, and merge again.");

        MergeOutcome Result(Manifest manifest, ContentHash hash, long? recordedSize, bool isNew)
        {
            output.Hash = hash;
            output.FileCount = manifest.Count;
            output.Size = TotalSize(manifest, objectSize) ?? recordedSize;
            return new MergeOutcome(our.ToText(), isNew ? manifest : null);
        }
    }

    private static DataFileDocument? Parse(string text, string file) =>
        string.IsNullOrWhiteSpace(text) ? null : DataFileDocument.Parse(text, file);

    private static OutputEntry Only(DataFileDocument document, string file) =>
        document is { Command: null, Dependencies.Count: 0, Outputs.Count: 1 } ? document.Outputs[0]
        : throw new MergeConflictException(file, "only files that Add-DataFile made, with one output and no source, can be merged.");

    private static void RequireAlike(string file, OutputEntry[] outputs)
    {
        var options = outputs.Select(Options).ToArray();
        if (options.Any(other => !YamlNode.SameValue(options[0], other)))
            throw new MergeConflictException(file, "its versions have different options.");
        if (outputs.Any(entry => entry.HashName != outputs[0].HashName))
            throw new MergeConflictException(file, "its versions have different kinds of hashes.");
        if (outputs.Any(static entry => entry.Hash is not { IsDirectory: true } || entry.Files is not null))
            throw new MergeConflictException(file, "it does not track a folder in all versions.");
    }

    private static YamlMap Options(OutputEntry entry)
    {
        var options = new YamlMap();
        foreach (var (key, value) in entry.ToNode().Entries)
            if (key is not YamlScalar { Value: string name } || !ContentKeys.Contains(name))
                options.Set(key, value);
        return options;
    }

    // DVC applies both lists of changes in both orders: a path that comes out differently is a conflict, and so is one that
    // both sides delete.
    private static Manifest Combine(string file, Manifest? from, List<ManifestDifference> ours, List<ManifestDifference> theirs,
        ContentHashAlgorithm algorithm)
    {
        var mine = ours.ToDictionary(static change => change.Path, static change => change.New, StringComparer.Ordinal);
        var conflicts = theirs.Where(change => mine.TryGetValue(change.Path, out var our) && (our != change.New || our is null))
            .Select(static change => change.Path).ToList();
        if (conflicts.Count > 0)
            throw Conflict(file, conflicts);
        var files = new Dictionary<string, ContentHash>(StringComparer.Ordinal);
        foreach (var entry in from?.List ?? [])
            files[entry.Path] = entry.Hash;
        foreach (var (path, _, hash) in ours.Concat(theirs))
            if (hash is { } content)
                files[path] = content;
            else
                files.Remove(path);
        // One side made a file where the other one made a folder.
        var clashes = files.Keys.Where(path => Folders(path).Any(files.ContainsKey)).Order(Utf8Order.Instance).ToList();
        return clashes.Count > 0 ? throw Conflict(file, clashes)
            : Manifest.Create(files.Select(static entry => new ManifestEntry(entry.Key, entry.Value)), algorithm);
    }

    private static IEnumerable<string> Folders(string path)
    {
        for (var slash = path.IndexOf('/'); slash > 0; slash = path.IndexOf('/', slash + 1))
            yield return path[..slash];
    }

    private static MergeConflictException Conflict(string file, List<string> paths) =>
        new(file, $"both sides changed {paths.Count} path(s) of the folder in ways that do not fit together: "
            + string.Join(", ", paths.Take(10).Select(static path => $"'{path}'")) + (paths.Count > 10 ? ", ..." : "") + ".", paths);

    private static long? TotalSize(Manifest manifest, Func<ContentHash, long?> objectSize)
    {
        var total = 0L;
        foreach (var entry in manifest.Entries)
        {
            if (objectSize(entry.Hash) is not { } size)
                return null;
            total += size;
        }
        return total;
    }
}
