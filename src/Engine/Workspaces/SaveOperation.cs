using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Engine.Workspaces;

/// <summary>Something whose data is to be recorded: an output, or a stage with everything it reads and makes.</summary>
/// <param name="Target">The path of the output, or the address of the stage.</param>
/// <param name="MetadataPath">The file that records it, relative to the root.</param>
/// <param name="IsChanged">The workspace holds other content than is recorded.</param>
public sealed record SaveItem(string Target, string MetadataPath, bool IsChanged)
{
    /// <summary>An output, as for an add; null for a stage.</summary>
    public AddItem? Item { get; init; }

    /// <summary>A stage with a command; null for an output.</summary>
    public StageDefinition? Stage { get; init; }
}

/// <summary>
/// Records what the workspace holds at tracked paths (DVC: <c>commit</c>): content into the cache, hashes into the
/// <c>.dvc</c> files, and for outputs of stages into <c>dvc.lock</c>.
/// </summary>
public static class SaveOperation
{
    /// <summary>Finds out what would be recorded.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="paths">Tracked paths or paths inside them, relative to the root; null for all.</param>
    /// <param name="failures">Receives what cannot be recorded.</param>
    /// <param name="context">Cancellation and progress.</param>
    public static IReadOnlyList<SaveItem> Plan(Repository repository, IReadOnlyList<string>? paths, ICollection<PathFailure> failures, OperationContext context)
    {
        var chosen = OutputScope.Of(repository.Index, paths, failures);
        var stages = StagesOf(repository, paths is null ? null : chosen.Where(s => s.IsWhole), failures);
        var ofStages = stages.SelectMany(stage => stage.Outputs).Select(output => output.Path).ToHashSet(StringComparer.Ordinal);
        var scope = chosen.Where(s => s.Output is { UseCache: true, IsExternal: false } && !(s.IsWhole && ofStages.Contains(s.Output.Path))).ToList();
        var states = WorkspaceReader.Read(repository, [.. scope.Select(s =>
            new ReadRequest(repository.Layout.ToAbsolute(s.Output.Path), s.Output.Hash?.Algorithm ?? ContentHashAlgorithm.Md5))], context);
        var items = new List<SaveItem>();
        for (var i = 0; i < scope.Count; i++)
        {
            var (output, state) = (scope[i].Output, states[i]);
            var absolute = repository.Layout.ToAbsolute(output.Path);
            if (state.Kind == FileKind.None && scope[i].IsWhole)
                failures.Add(new PathFailure(output.Path, new DataVersionException(DataErrorKind.PathNotFound,
                    $"'{output.Path}' is not in the workspace, so there is nothing to record.", output.Path, "Bring it back with Switch-DataVersion, or stop tracking it with Remove-DataFile.")));
            else if (state.Hash is { } hash && hash == output.Hash && IsStored(repository, hash))
                continue;
            else if (scope[i].IsWhole)
                Add(new AddItem(AddAction.Update, absolute, output.Path, "", output.MetadataPath, output), state);
            else
                foreach (var inner in scope[i].Inner)
                    Add(new AddItem(AddAction.UpdatePart, WorkspaceReader.PathOf(absolute, inner), output.Path, inner, output.MetadataPath, output), state);
        }
        items.AddRange(StageSaving.Plan(repository, stages, failures, context).Select(saved =>
            new SaveItem(saved.Stage.Address, saved.Stage.MetadataPath, saved.IsChanged) { Stage = saved.Stage }));
        return items;

        void Add(AddItem item, WorkspaceState state) =>
            items.Add(new SaveItem(item.Target, item.MetadataPath, state.Hash != item.Output!.Hash) { Item = item });
    }

    // All stages with commands, or those that make these outputs.
    private static IReadOnlyList<StageDefinition> StagesOf(Repository repository, IEnumerable<OutputScope>? scope, ICollection<PathFailure> failures)
    {
        var wanted = scope?.Select(s => s.Output.Path).ToHashSet(StringComparer.Ordinal);
        if (wanted is { Count: 0 })
            return [];
        var problems = new List<DataVersionException>();
        var stages = repository.LoadStages(problems).Stages.Where(stage => stage.HasCommand && (wanted is null || stage.Outputs.Any(output => wanted.Contains(output.Path)))).ToList();
        if (wanted is null)
            foreach (var problem in problems)
                failures.Add(new PathFailure(problem.Path ?? "", problem));
        return stages;
    }

    // What was added with -NoCommit is recorded and unchanged, but not in the cache.
    private static bool IsStored(Repository repository, ContentHash hash) => repository.IsPresent(hash)
        && (!hash.IsDirectory || (repository.TryLoadManifest(hash, out var manifest) is null && manifest!.List.All(e => repository.IsPresent(e.Hash))));

    /// <summary>Records. The caller holds the repository's lock and has asked about changed data.</summary>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<SaveItem> items, bool noRelink, Action<DataFile> done, OperationContext context) =>
    [
        .. AddRunner.Run(repository, [.. items.Select(i => i.Item).OfType<AddItem>()], new AddOptions { NoRelink = noRelink, Autostage = false }, done, context),
        .. StageSaving.Run(repository, [.. items.Select(i => i.Stage).OfType<StageDefinition>()], noRelink, done, context),
    ];
}
