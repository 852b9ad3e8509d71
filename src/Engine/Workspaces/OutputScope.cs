using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>An output that a command works on: the whole of it, or only some paths inside.</summary>
/// <param name="Output">The output.</param>
/// <param name="Inner">Paths relative to the output, with <c>/</c>; empty for the whole.</param>
public sealed record OutputScope(TrackedOutput Output, IReadOnlyList<string> Inner)
{
    /// <summary>True for the whole output.</summary>
    public bool IsWhole => Inner.Count == 0;

    /// <summary>Whether an entry of the output is meant.</summary>
    public bool Includes(string entry)
    {
        if (IsWhole)
            return true;
        foreach (var inner in Inner)
            if (entry.StartsWith(inner, StringComparison.Ordinal) && (entry.Length == inner.Length || entry[inner.Length] == '/'))
                return true;
        return false;
    }

    /// <summary>
    /// What these paths mean: a tracked path or its metadata file, a path inside a tracked folder, or a folder above
    /// tracked paths (DVC: targets, with <c>-R</c> for folders).
    /// </summary>
    /// <param name="index">The outputs to choose from.</param>
    /// <param name="paths">Relative to the root, with <c>/</c>; null for everything.</param>
    /// <param name="failures">Receives the paths that no metadata names; without it the first one is thrown.</param>
    /// <exception cref="DataVersionException">A path that no metadata names (PathNotTracked).</exception>
    public static IReadOnlyList<OutputScope> Of(DataIndex index, IReadOnlyList<string>? paths, ICollection<PathFailure>? failures = null)
    {
        if (paths is null)
            return [.. index.Outputs.Select(o => new OutputScope(o, []))];
        var chosen = new Dictionary<TrackedOutput, List<string>?>(ReferenceEqualityComparer.Instance as IEqualityComparer<TrackedOutput>);
        var order = new List<TrackedOutput>();
        void Choose(TrackedOutput output, string? inner)
        {
            if (!chosen.TryGetValue(output, out var list))
            {
                order.Add(output);
                chosen[output] = inner is null ? null : [inner];
            }
            else if (inner is null)
                chosen[output] = null;
            else
                list?.Add(inner);
        }
        foreach (var path in paths)
        {
            var any = false;
            foreach (var output in OutputsAt(index, path))
            {
                any = true;
                Choose(output, null);
            }
            if (!any && index.FindContaining(path) is { } containing)
            {
                Choose(containing, path[(containing.Path.Length + 1)..]);
                any = true;
            }
            if (any)
                continue;
            if (failures is null)
                throw NotTracked(path);
            failures.Add(new PathFailure(path, NotTracked(path)));
        }
        return [.. order.Select(o => new OutputScope(o, chosen[o] ?? []))];
    }

    /// <summary>The error of a path that no metadata names.</summary>
    internal static DataVersionException NotTracked(string path) => new(DataErrorKind.PathNotTracked, $"'{path}' is not tracked.", path,
        "Track it with Add-DataFile; Get-DataFile lists what is tracked.");

    private static IEnumerable<TrackedOutput> OutputsAt(DataIndex index, string path)
    {
        if (index.Find(path) is { } exact)
            return [exact];
        var ofMetadata = index.OfMetadata(path);
        return ofMetadata.Count > 0 ? ofMetadata : path.Length == 0 ? index.Outputs : index.FindInside(path);
    }
}
