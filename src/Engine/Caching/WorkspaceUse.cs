using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Caching;

/// <summary>Which tracked paths of the workspace need an object: a sorted table, as there may be millions.</summary>
internal sealed class WorkspaceUse
{
    private readonly record struct Use(ContentHash Hash, int Output, int Entry);

    private readonly List<TrackedOutput> outputs = [];
    private readonly List<Manifest?> manifests = [];
    private readonly Use[] uses;

    /// <summary>Reads the workspace's metadata and the manifests that can be read; bad metadata is reported and left out.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="bad">Manifests that are known to be bad and are not read.</param>
    /// <param name="context">Cancellation, and a warning for each metadata file that cannot be read.</param>
    public WorkspaceUse(Repository repository, IReadOnlySet<ContentHash> bad, OperationContext context)
    {
        var problems = new List<DataVersionException>();
        var found = new List<Use>();
        foreach (var output in repository.LoadIndex(problems).Outputs)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (!output.UseCache || output.Hash is not { } hash || output.Files.Count > 0)
                continue;
            Manifest? manifest = null;
            if (hash.IsDirectory && !bad.Contains(hash))
                repository.TryLoadManifest(hash, out manifest);
            found.Add(new Use(hash, outputs.Count, -1));
            for (var i = 0; i < manifest?.Count; i++)
                found.Add(new Use(manifest.Entries[i].Hash, outputs.Count, i));
            outputs.Add(output);
            manifests.Add(manifest);
        }
        foreach (var problem in problems)
            context.Warn(problem.Message);
        uses = [.. found];
        Array.Sort(uses, static (a, b) => a.Hash.CompareTo(b.Hash) is var byHash and not 0 ? byHash
            : a.Output != b.Output ? a.Output.CompareTo(b.Output) : a.Entry.CompareTo(b.Entry));
    }

    /// <summary>Every object that is needed, once, in order.</summary>
    public IEnumerable<ContentHash> Hashes()
    {
        for (var i = 0; i < uses.Length; i++)
            if (i == 0 || uses[i].Hash != uses[i - 1].Hash)
                yield return uses[i].Hash;
    }

    /// <summary>The tracked paths that need an object, relative to the root.</summary>
    public IReadOnlyList<string> PathsOf(ContentHash hash)
    {
        var (low, high) = (0, uses.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (uses[middle].Hash.CompareTo(hash) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        var paths = new List<string>();
        for (; low < uses.Length && uses[low].Hash == hash; low++)
        {
            var (_, output, entry) = uses[low];
            paths.Add(entry < 0 ? outputs[output].Path : outputs[output].Path + "/" + manifests[output]!.Entries[entry].Path);
        }
        return paths;
    }
}
