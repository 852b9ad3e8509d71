using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>An output whose data is to be recorded.</summary>
/// <param name="Item">As for an add.</param>
/// <param name="IsChanged">The workspace holds other content than is recorded.</param>
public sealed record SaveItem(AddItem Item, bool IsChanged);

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
        var scope = OutputScope.Of(repository.Index, paths, failures).Where(s => s.Output is { UseCache: true, IsExternal: false }).ToList();
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
                items.Add(new SaveItem(new AddItem(AddAction.Update, absolute, output.Path, "", output.MetadataPath, output), state.Hash != output.Hash));
            else
                foreach (var inner in scope[i].Inner)
                    items.Add(new SaveItem(new AddItem(AddAction.UpdatePart, WorkspaceReader.PathOf(absolute, inner), output.Path, inner,
                        output.MetadataPath, output), state.Hash != output.Hash));
        }
        return items;
    }

    // What was added with -NoCommit is recorded and unchanged, but not in the cache.
    private static bool IsStored(Repository repository, ContentHash hash) => repository.IsPresent(hash)
        && (!hash.IsDirectory || (repository.TryLoadManifest(hash, out var manifest) is null && manifest!.List.All(e => repository.IsPresent(e.Hash))));

    /// <summary>Records. The caller holds the repository's lock and has asked about changed data.</summary>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<SaveItem> items, bool noRelink, Action<DataFile> done, OperationContext context) =>
        AddRunner.Run(repository, [.. items.Select(i => i.Item)], new AddOptions { NoRelink = noRelink, Autostage = false }, done, context);
}
