using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>Lists tracked files with hash, size, state and link kind (DVC: <c>list --dvc-only</c>).</summary>
public static class DataFileList
{
    /// <summary>Lists what is tracked.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">The revision to list; null for the workspace, whose data is looked at too.</param>
    /// <param name="paths">Only these paths, relative to the root: tracked ones, paths inside them, folders above them; null for all.</param>
    /// <param name="recurse">List the files of tracked folders as well.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <param name="failures">Receives paths that are not tracked, and folders whose files cannot be listed, because their manifest is not in the cache.</param>
    /// <exception cref="DataVersionException">RevisionNotFound; PathNotTracked, when nothing receives failures.</exception>
    public static IReadOnlyList<DataFile> List(Repository repository, string? revision, IReadOnlyList<string>? paths, bool recurse,
        OperationContext context, ICollection<PathFailure>? failures = null)
    {
        var index = revision is null ? repository.Index : repository.IndexAt(revision);
        // What a stage makes for Git, not for the cache, is listed when it is asked for.
        var scope = OutputScope.Of(index, paths, failures).Where(s => paths is not null || s.Output.UseCache).ToList();
        var states = revision is null
            ? WorkspaceReader.Read(repository, [.. scope.Select(s => new ReadRequest(AbsoluteOf(repository, s.Output),
                s.Output.Hash?.Algorithm ?? ContentHashAlgorithm.Md5))], context)
            : null;
        var list = new List<DataFile>();
        for (var i = 0; i < scope.Count; i++)
        {
            if (scope[i].IsWhole)
                list.Add(Describe(repository, scope[i].Output, states?[i], revision));
            if (recurse || !scope[i].IsWhole)
                AddEntries(repository, list, scope[i], states?[i], revision, failures);
        }
        return list;
    }

    private static string AbsoluteOf(Repository repository, TrackedOutput output) =>
        output.IsExternal ? output.Path : repository.Layout.ToAbsolute(output.Path);

    private static DataFile Describe(Repository repository, TrackedOutput output, WorkspaceState? state, string? revision) => new()
    {
        Path = output.Path, FullName = AbsoluteOf(repository, output), Hash = output.Hash, Size = output.Size, FileCount = output.FileCount,
        Kind = output.IsDirectory || state?.Kind == FileKind.Directory ? DataFileKind.Directory : DataFileKind.File,
        State = StateOf(state, state?.Hash, output.Hash), IsCached = output.Hash is { } hash ? repository.IsPresent(hash) : null,
        LinkKind = state is null ? null : new WorkspaceLinkKinds(repository).OfAll(
            [.. state.Files.Where(f => f.Hash is not null).Select(f => new LinkedFile(WorkspaceReader.PathOf(state.Path, f.Path), f.Hash!.Value, f.IsSymlink ? default : f.Stat))]),
        IsExecutable = output.IsExecutable, MetadataPath = output.MetadataPath, Stage = output.StageAddress, Description = output.Description,
        Type = output.Type, Labels = output.Labels, Remote = output.Remote, Revision = revision,
    };

    private static void AddEntries(Repository repository, List<DataFile> list, OutputScope scope, WorkspaceState? state, string? revision,
        ICollection<PathFailure>? failures)
    {
        var output = scope.Output;
        if (output.Hash is not { IsDirectory: true } hash)
            return;
        if (repository.TryLoadManifest(hash, out var manifest) is { } problem)
        {
            failures?.Add(new PathFailure(output.Path, problem));
            return;
        }
        var present = state?.Files.ToDictionary(f => f.Path);
        var links = new WorkspaceLinkKinds(repository);
        foreach (var entry in manifest!.List.Where(e => scope.Includes(e.Path)))
        {
            var found = present is not null && present.TryGetValue(entry.Path, out var there) ? there : default;
            var full = WorkspaceReader.PathOf(AbsoluteOf(repository, output), entry.Path);
            list.Add(new DataFile
            {
                Path = output.Path + "/" + entry.Path, FullName = full, Hash = entry.Hash, Parent = output.Path,
                Size = StatusReader.SizeOf(repository, entry.Hash) ?? (found.Hash == entry.Hash ? found.Stat.Size : null),
                State = StateOf(state, found.Hash, entry.Hash), IsCached = repository.IsPresent(entry.Hash),
                LinkKind = found.Hash is null ? null : links.Of(full, entry.Hash),
                MetadataPath = output.MetadataPath, Stage = output.StageAddress, Remote = output.Remote, Revision = revision,
            });
        }
    }

    private static DataFileState StateOf(WorkspaceState? state, ContentHash? now, ContentHash? recorded) =>
        state is null ? DataFileState.Unknown : now is null && state.Failures.Count > 0 ? DataFileState.Unknown
        : now is null ? DataFileState.Missing : now == recorded ? DataFileState.Unchanged : DataFileState.Modified;
}
