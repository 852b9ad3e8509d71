using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>Makes the sides of comparisons: what metadata records, and what the workspace really holds.</summary>
internal sealed class ComparedSides(Repository repository, IReadOnlyList<string>? paths, bool granular, OperationContext context)
{
    private readonly Dictionary<ContentHash, bool> presence = [];
    // What was named, the folders above it, and the tracked folders of which only something inside was named.
    private readonly HashSet<string>? wanted = paths?.ToHashSet(StringComparer.Ordinal);
    private readonly HashSet<string> above = [.. (paths ?? []).SelectMany(FoldersAbove)];
    private readonly HashSet<string> partial = new(StringComparer.Ordinal);

    private readonly HashSet<string> unknown = [.. paths ?? []];

    /// <summary>The paths that none of the sides made so far knows.</summary>
    public IEnumerable<PathFailure> Unknown() => (paths ?? []).Where(unknown.Contains).Select(path => new PathFailure(path, OutputScope.NotTracked(path)));

    /// <summary>What metadata records.</summary>
    public IReadOnlyDictionary<string, ComparedOutput> Recorded(DataIndex index)
    {
        var side = new Dictionary<string, ComparedOutput>(StringComparer.Ordinal);
        foreach (var output in InScope(index))
            if (output.Hash is { } hash)
                side[output.Path] = new ComparedOutput(output.Path, hash, output.Size, output.StageAddress,
                    granular && hash.IsDirectory && repository.TryLoadManifest(hash, out var manifest) is null ? Entries(manifest!) : null);
        return side;
    }

    /// <summary>What the workspace holds at the paths that metadata names, hashed the way each is recorded.</summary>
    public IReadOnlyDictionary<string, ComparedOutput> Workspace(DataIndex index)
    {
        TrackedOutput[] outputs = [.. InScope(index)];
        var states = WorkspaceReader.Read(repository, [.. outputs.Select(o =>
            new ReadRequest(repository.Layout.ToAbsolute(o.Path), o.Hash?.Algorithm ?? ContentHashAlgorithm.Md5))], context);
        var side = new Dictionary<string, ComparedOutput>(StringComparer.Ordinal);
        for (var i = 0; i < outputs.Length; i++)
        {
            foreach (var problem in states[i].Failures.Concat(states[i].Obstacles.Select(o => o.Problem)))
                context.Warn(problem.Message);
            if (states[i].Hash is not { } hash)
                continue;
            side[outputs[i].Path] = new ComparedOutput(outputs[i].Path, hash, states[i].Size, outputs[i].StageAddress,
                granular && hash.IsDirectory ? [.. states[i].Files.Select(f => new ComparedEntry(f.Path, f.Hash!.Value, f.Stat.Size))] : null);
        }
        return side;
    }

    /// <summary>Objects of a side that are not in the cache: whole outputs, and with granular the files of folders.</summary>
    public IEnumerable<(string Path, ContentHash Hash, long? Size, string Stage)> NotInCache(IReadOnlyDictionary<string, ComparedOutput> side)
    {
        foreach (var output in side.Values)
            if (!IsPresent(output.Hash))
                yield return (output.Shown, output.Hash, output.Size, output.Stage);
            else if (output.Entries is not null)
                foreach (var entry in output.Entries)
                    if (!IsPresent(entry.Hash))
                        yield return (output.Shown + entry.Path, entry.Hash, entry.Size, output.Stage);
    }

    private bool IsPresent(ContentHash hash)
    {
        if (!presence.TryGetValue(hash, out var present))
            presence[hash] = present = repository.IsPresent(hash);
        return present;
    }

    /// <summary>Whether a difference was asked for: of a folder of which only parts were named, only those parts are.</summary>
    public bool Includes(Difference difference)
    {
        var path = difference.Path.TrimEnd('/');
        return !granular || !IsOrIsBelow(path, partial) || IsOrIsBelow(path, wanted!);
    }

    private IEnumerable<TrackedOutput> InScope(DataIndex index)
    {
        var missing = new List<PathFailure>();
        OutputScope.Of(index, paths, missing);
        unknown.IntersectWith(missing.Select(m => m.Path));
        foreach (var output in index.Outputs.Where(o => o is { UseCache: true, IsExternal: false }))
            if (wanted is null || wanted.Contains("") || wanted.Contains(output.MetadataPath) || wanted.Contains(output.StageAddress)
                || IsOrIsBelow(output.Path, wanted))
                yield return output;
            else if (above.Contains(output.Path))
            {
                partial.Add(output.Path);
                yield return output;
            }
    }

    private static bool IsOrIsBelow(string path, HashSet<string> folders)
    {
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
            if (folders.Contains(path[..end]))
                return true;
        return false;
    }

    private static IEnumerable<string> FoldersAbove(string path)
    {
        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
            yield return path[..end];
    }

    private List<ComparedEntry> Entries(Manifest manifest)
    {
        var entries = new List<ComparedEntry>(manifest.Count);
        foreach (var entry in manifest.Entries)
            entries.Add(new ComparedEntry(entry.Path, entry.Hash, null));
        return entries;
    }
}
