using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Imports;

/// <summary>Asks the sources of imports whether they have changed (DVC: <c>status</c>). No content is brought, nothing is changed.</summary>
public static class ImportStatusReader
{
    /// <summary>Reads the status.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="paths">Only these, relative to the root; null for all.</param>
    /// <param name="origins">Opens the sources.</param>
    /// <param name="failures">Receives imports whose source cannot be asked.</param>
    /// <param name="context">Cancellation.</param>
    /// <returns>One line for each import whose source is newer, or gone.</returns>
    public static async Task<IReadOnlyList<DataStatus>> ReadAsync(Repository repository, IReadOnlyList<string>? paths, ImportOrigins origins,
        ICollection<PathFailure> failures, OperationContext context)
    {
        var lines = new List<DataStatus>();
        foreach (var scope in OutputScope.Of(repository.Index, paths, []))
            if (scope.Output is { Kind: OutputSource.UrlImport or OutputSource.RepositoryImport } output)
                try
                {
                    if (await CompareAsync(repository, ImportPlanner.OfOutput(repository, output, null), origins, context).ConfigureAwait(false) is { } change)
                        lines.Add(new DataStatus
                        {
                            Path = output.Path, FullName = repository.Layout.ToAbsolute(output.Path), Comparison = DataComparison.Dependency, Change = change, OldHash = output.Hash,
                            Size = output.Size, Stage = output.StageAddress,
                        });
                }
                catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
                {
                    failures.Add(new PathFailure(output.Path, FileErrors.Describe(error, output.Path, "ask the source of")));
                }
        return lines;
    }

    private static async Task<DataChangeKind?> CompareAsync(Repository repository, ImportItem item, ImportOrigins origins, OperationContext context)
    {
        var recorded = item.Dependency;
        if (recorded.Repository is { } source)
            return source.RevisionLock is { } locked && origins.Newest(item.MetadataPath, recorded, context) != locked ? DataChangeKind.UpdateAvailable : null;
        if (recorded.Database is not null || ImportTags.IsEmpty(recorded))
            return null;
        await using var origin = origins.Open(item.MetadataPath, item.WorkingDirectory, recorded, context);
        try
        {
            var tree = await origin.ReadAsync(context).ConfigureAwait(false);
            var scheme = origins.SchemeOf(recorded);
            var now = new DependencyEntry { Path = recorded.Path };
            ImportTags.Record(now, scheme, tree, ImportTags.UsesMd5(scheme) ? await OriginHash.ReadAsync(repository, origin, tree, context).ConfigureAwait(false) : null, recorded.Files is not null);
            return ImportTags.SameContent(now, recorded) ? null : DataChangeKind.UpdateAvailable;
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.PathNotFound)
        {
            return DataChangeKind.Deleted;
        }
    }
}
