using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// What the workspace holds at the paths that stages name. Each path is looked at once and remembered until it is forgotten,
/// because a stage that ran may have changed it. Not for use by several threads at once.
/// </summary>
internal sealed class PathContents(Repository repository)
{
    private readonly Dictionary<(string Path, ContentHashAlgorithm Algorithm), WorkspaceState> known = [];
    private readonly SortedSet<string> paths = new(Utf8Order.Instance);

    /// <summary>Looks at many paths in one batch; those that are known are not looked at again.</summary>
    public void Look(IEnumerable<(StagePath Path, ContentHashAlgorithm Algorithm)> wanted, OperationContext context)
    {
        var missing = wanted.Where(w => IsLocal(w.Path)).Select(w => (w.Path.Path, w.Algorithm)).Distinct().Where(key => !known.ContainsKey(key)).ToList();
        if (missing.Count == 0)
            return;
        var states = WorkspaceReader.Read(repository, [.. missing.Select(m => new ReadRequest(AbsoluteOf(m.Path), m.Algorithm))], context);
        for (var i = 0; i < missing.Count; i++)
        {
            known[missing[i]] = states[i];
            paths.Add(missing[i].Path);
        }
    }

    /// <summary>What is at a path; null when it is not on a file system.</summary>
    /// <exception cref="DataVersionException">A file there cannot be read, or something there cannot be tracked.</exception>
    public WorkspaceState? Of(StagePath path, ContentHashAlgorithm algorithm, OperationContext context)
    {
        if (!IsLocal(path))
            return null;
        if (!known.TryGetValue((path.Path, algorithm), out var state))
        {
            Look([(path, algorithm)], context);
            state = known[(path.Path, algorithm)];
        }
        if (state.Failures.Count > 0)
            throw state.Failures[0];
        return state.Obstacles.Count > 0 ? throw state.Obstacles[0].Problem : state;
    }

    /// <summary>Something may have changed at a path: it, what is inside it and what contains it is looked at again.</summary>
    public void Forget(string path)
    {
        foreach (var inside in paths.GetViewBetween(path + "/", path + "0").ToList())
            Drop(inside);
        for (var above = path; above.Length > 0; above = MetadataPath.FolderOf(above))
            Drop(above);
    }

    /// <summary>The absolute path of one that a stage names.</summary>
    public string AbsoluteOf(string path) => Path.IsPathRooted(path) ? path : repository.Layout.ToAbsolute(path);

    /// <summary>The path is on a file system, not a URL or a dataset.</summary>
    public static bool IsLocal(StagePath path) => !path.IsDataset && !(path.IsExternal && MetadataSchema.IsUrl(path.Path));

    private void Drop(string path)
    {
        if (!paths.Remove(path))
            return;
        known.Remove((path, ContentHashAlgorithm.Md5));
        known.Remove((path, ContentHashAlgorithm.Md5Dos2Unix));
    }
}
