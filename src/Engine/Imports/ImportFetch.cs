using DataVersion.Engine.Files;
using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Imports;

/// <summary>
/// Brings into the cache what comes from the source of an import and not from a remote: data of other repositories, and
/// imports that were recorded without being downloaded (rules: DVC spec 10.2, 10.7). The source must still hold what was recorded.
/// </summary>
public static class ImportFetch
{
    /// <summary>The imports whose data is not complete in the cache.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="selection">What the user wants; paths that are not tracked are somebody else's to report.</param>
    /// <param name="context">Cancellation.</param>
    public static IReadOnlyList<ImportItem> Plan(Repository repository, SyncSelection selection, OperationContext context)
    {
        var items = new List<ImportItem>();
        var seen = new HashSet<(string, string, ContentHash?)>();
        if (selection.Workspace)
            Add(repository.Index, path => Utf8Text.Read(repository.Layout.ToAbsolute(path), path, DataErrorKind.MetadataInvalid), isWorkspace: true);
        if (selection.Commits is { } commits)
            foreach (var commit in repository.RequireGit().ListCommits(commits, context.Cancellation))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                Add(repository.IndexAt(commit), repository.TreeAt(commit).ReadText, isWorkspace: false);
            }
        return items;

        void Add(DataIndex index, Func<string, string> read, bool isWorkspace)
        {
            foreach (var scope in OutputScope.Of(index, selection.Paths, []))
                if (Comes(repository, scope, isWorkspace))
                {
                    var output = scope.Output;
                    var item = ImportPlanner.OfDocument(DataFileDocument.Parse(read(output.MetadataPath), output.MetadataPath), output, null);
                    if (seen.Add((item.Dependency.Repository is { } source ? source.Url + "\n" + source.RevisionLock : "", item.Dependency.Path, output.Hash)))
                        items.Add(item);
                }
        }
    }

    /// <summary>Brings them. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="items">What <see cref="Plan"/> gave.</param>
    /// <param name="origins">Opens the sources.</param>
    /// <param name="done">Receives every outcome, with the error where there is one.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <returns>The content of imports for which none is recorded, by their paths.</returns>
    public static async Task<IReadOnlyDictionary<string, ContentHash>> RunAsync(Repository repository, IReadOnlyList<ImportItem> items, ImportOrigins origins,
        Action<TransferResult, DataVersionException?> done, OperationContext context)
    {
        var partial = new Dictionary<string, ContentHash>(StringComparer.Ordinal);
        foreach (var item in items)
            try
            {
                var content = await ReceiveAsync(repository, item, origins, context).ConfigureAwait(false);
                if (item.Output!.Hash is null)
                    partial[item.Path] = content.Hash;
                done(Result(item, content.Hash, content.Size, TransferOutcome.Transferred, null), null);
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                var described = FileErrors.Describe(error, item.Path, "fetch");
                done(Result(item, item.Output!.Hash ?? default, null, TransferPlanner.OutcomeOf(described), described.Message), described);
            }
        repository.Stats.Save();
        return partial;
    }

    /// <summary>What would be reported of an import.</summary>
    public static TransferResult Result(ImportItem item, ContentHash hash, long? size, TransferOutcome outcome, string? reason) => new()
    {
        Hash = hash, Path = item.Path, Size = size ?? item.Output?.Size, Direction = TransferDirection.Fetch, Remote = item.Origin, Outcome = outcome, Reason = reason,
    };

    private static async Task<ReceivedContent> ReceiveAsync(Repository repository, ImportItem item, ImportOrigins origins, OperationContext context)
    {
        var (dependency, output) = (item.Dependency, item.Output!);
        if (dependency.Repository is { RevisionLock: null } || dependency.Repository is null && ImportTags.IsEmpty(dependency))
            throw new DataVersionException(DataErrorKind.ObjectMissing, $"'{output.Path}' was recorded without looking at its source '{item.Origin}', so it is not known which version is meant.",
                output.Path, "Bring it up to date with Update-DataFile.");
        await using var origin = origins.Open(item.MetadataPath, item.WorkingDirectory, dependency, context);
        var recorded = ImportOrigins.RecordedVersions(origin, dependency);
        var tree = recorded ?? await origin.ReadAsync(context).ConfigureAwait(false);
        var scheme = origins.SchemeOf(dependency);
        if (dependency.Repository is null && recorded is null && !ImportTags.UsesMd5(scheme))
            RequireSame(item, scheme, tree, null);
        var content = await new OriginIntake(repository, origin, context).TakeInAsync(tree).ConfigureAwait(false);
        if (dependency.Repository is null && ImportTags.UsesMd5(scheme))
            RequireSame(item, scheme, tree, content);
        return output.Hash is not { } wanted || wanted == content.Hash || wanted.Algorithm != ContentHashAlgorithm.Md5 ? content
            : throw new DataVersionException(DataErrorKind.ObjectMissing, $"'{item.Origin}' is not what '{output.MetadataPath}' recorded: it has the hash {content.Hash}, not {wanted}.",
                output.Path, "Bring it up to date with Update-DataFile, or fetch it from a clone that has it.");
    }

    private static void RequireSame(ImportItem item, string scheme, OriginTree tree, ReceivedContent? content)
    {
        var now = new DependencyEntry { Path = item.Dependency.Path };
        // Files may be listed without versions: DVC learns none from a listing of Azure. Then their tags say which are meant.
        ImportTags.Record(now, scheme, tree, content, keepsVersions: item.Dependency.Files is not null);
        if (!ImportTags.SameContent(now, item.Dependency))
            throw new DataVersionException(DataErrorKind.ObjectMissing, $"The source '{item.Origin}' has changed since '{item.MetadataPath}' was written, so what was recorded cannot be had from it.",
                item.Path, "Bring it up to date with Update-DataFile.");
    }

    private static bool Comes(Repository repository, OutputScope scope, bool isWorkspace)
    {
        var output = scope.Output;
        if (output.Kind is not (OutputSource.RepositoryImport or OutputSource.UrlImport) || !output.UseCache || output.IsExternal)
            return false;
        // What a pull brought of an import without a record lies in the workspace and is not brought again.
        if (output.Hash is not { } hash)
            return isWorkspace && !FileStat.Read(repository.Layout.ToAbsolute(output.Path)).Exists;
        // A version-aware import is never pushed, and had from the versions of its source.
        return (output.Kind == OutputSource.RepositoryImport || !output.Push) && !(repository.IsPresent(hash) && (!hash.IsDirectory
            || repository.TryLoadManifest(hash, out var manifest) is null && manifest!.List.All(entry => !scope.Includes(entry.Path) || repository.IsPresent(entry.Hash))));
    }
}
