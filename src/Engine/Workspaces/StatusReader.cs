using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>What the user asked of a status.</summary>
public sealed record StatusOptions
{
    /// <summary>Only these paths, relative to the root; null for all.</summary>
    public IReadOnlyList<string>? Paths { get; init; }
    /// <summary>Compare the files of folders too.</summary>
    public bool Granular { get; init; }
    /// <summary>Report files that neither Git nor the repository tracks.</summary>
    public bool Untracked { get; init; }
    /// <summary>Report what does not differ.</summary>
    public bool Unchanged { get; init; }
}

/// <summary>Compares HEAD, the metadata, the workspace and the cache (DVC: <c>data status</c>). Changes nothing and takes no lock.</summary>
public static class StatusReader
{
    /// <summary>Reads the status.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="options">What the user asked for.</param>
    /// <param name="context">Cancellation, progress, warnings.</param>
    /// <param name="failures">Receives the paths that neither HEAD nor the metadata knows.</param>
    /// <exception cref="MetadataFormatException">A metadata file cannot be read.</exception>
    public static IReadOnlyList<DataStatus> Read(Repository repository, StatusOptions options, OperationContext context,
        ICollection<PathFailure>? failures = null)
    {
        var lines = new List<DataStatus>();
        var sides = new ComparedSides(repository, options.Paths, options.Granular, context);
        void Add(DataComparison comparison, Difference difference)
        {
            if (sides.Includes(difference))
                lines.Add(Describe(repository, comparison, difference));
        }

        var recorded = sides.Recorded(repository.Index);
        foreach (var (path, hash, size, stage) in sides.NotInCache(recorded))
            Add(DataComparison.Cache, new Difference(DataChangeKind.NotInCache, path, null, hash, null, size, null, stage));

        var unchangedSinceHead = new HashSet<string>(StringComparer.Ordinal);
        if (repository.Git is { } git)
        {
            var head = git.HeadCommit() is { } commit ? sides.Recorded(repository.IndexOfCommit(commit)) : new Dictionary<string, ComparedOutput>();
            foreach (var difference in VersionComparison.Compare(head, recorded, options.Granular, unchanged: true))
                if (difference.Change == DataChangeKind.Unchanged)
                    unchangedSinceHead.Add(difference.Path);
                else
                    Add(DataComparison.Committed, difference);
        }
        foreach (var difference in VersionComparison.Compare(recorded, sides.Workspace(repository.Index), options.Granular, options.Unchanged))
            if (difference.Change != DataChangeKind.Unchanged)
                Add(DataComparison.Uncommitted, difference);
            else if (repository.Git is null || unchangedSinceHead.Contains(difference.Path))
                Add(DataComparison.Unchanged, difference);
        if (options.Untracked && repository.Git is not null)
            lines.AddRange(Untracked(repository, context).Where(line => options.Paths?.Any(p => IsAtOrInside(line.Path, p)) is not false));
        if (failures is not null)
            foreach (var failure in sides.Unknown().Where(f => !lines.Exists(line => line.Comparison == DataComparison.Untracked && IsAtOrInside(line.Path, f.Path))))
                failures.Add(failure);
        return lines;
    }

    private static bool IsAtOrInside(string path, string folder) =>
        folder.Length == 0 || path.TrimEnd('/') == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static DataStatus Describe(Repository repository, DataComparison comparison, Difference difference) => new()
    {
        Path = difference.Path, FullName = repository.Layout.ToAbsolute(difference.Path.TrimEnd('/')), Comparison = comparison,
        Change = difference.Change, OldPath = difference.OldPath, Hash = difference.Hash, OldHash = difference.OldHash,
        Size = difference.Size ?? difference.OldSize ?? SizeOf(repository, difference.Hash ?? difference.OldHash), Stage = difference.Stage,
    };

    private static IEnumerable<DataStatus> Untracked(Repository repository, OperationContext context)
    {
        foreach (var change in repository.Git!.Changes(cancellation: context.Cancellation).Where(c => c.IsUntracked))
        {
            var absolute = repository.Git.ToAbsolutePath(change.Path);
            if (repository.Layout.ToRelative(absolute) is { } path && !repository.Ignore.IsIgnored(path.TrimEnd('/'), path.EndsWith('/')))
                yield return new DataStatus
                {
                    Path = change.Path.EndsWith('/') && !path.EndsWith('/') ? path + "/" : path, FullName = absolute.TrimEnd('/'),
                    Comparison = DataComparison.Untracked, Change = DataChangeKind.Untracked,
                    Size = File.Exists(absolute) ? new FileInfo(absolute).Length : null,
                };
        }
    }

    internal static long? SizeOf(Repository repository, ContentHash? hash) =>
        hash is { IsDirectory: false } file && repository.Stores.For(file.Algorithm).Stat(file) is { Exists: true } stat ? stat.Size : null;
}

/// <summary>Compares two revisions, or a revision with the workspace (DVC: <c>diff</c>), file by file.</summary>
public static class VersionDifference
{
    /// <summary>Compares.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="reference">The older revision; null for HEAD.</param>
    /// <param name="difference">The newer revision; null for the workspace.</param>
    /// <param name="paths">Only these paths, relative to the root; null for all.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <param name="failures">Receives the paths that are tracked on neither side.</param>
    /// <exception cref="DataVersionException">RevisionNotFound; GitNotFound.</exception>
    public static IReadOnlyList<DataChange> Compare(Repository repository, string? reference, string? difference, IReadOnlyList<string>? paths,
        OperationContext context, ICollection<PathFailure>? failures = null)
    {
        var git = repository.RequireGit();
        if (reference is null && git.HeadCommit() is null)
            return [];
        var sides = new ComparedSides(repository, paths, granular: true, context);
        var old = sides.Recorded(repository.IndexAt(reference ?? "HEAD"));
        var @new = difference is null ? sides.Workspace(repository.Index) : sides.Recorded(repository.IndexAt(difference));
        DataChange Make(Difference d) => new()
        {
            Path = d.Path, FullName = repository.Layout.ToAbsolute(d.Path.TrimEnd('/')), OldPath = d.OldPath, Change = d.Change, Hash = d.Hash, OldHash = d.OldHash,
            Size = d.Size ?? StatusReader.SizeOf(repository, d.Hash), OldSize = d.OldSize ?? StatusReader.SizeOf(repository, d.OldHash),
            ReferenceRevision = reference ?? "HEAD", DifferenceRevision = difference,
        };
        var changes = VersionComparison.Compare(old, @new, granular: true, unchanged: false).Where(d => d.Change != DataChangeKind.Unknown);
        if (difference is null)
            changes = changes.Concat(sides.NotInCache(old).Select(m => new Difference(DataChangeKind.NotInCache, m.Path, null, m.Hash, null, m.Size, null, m.Stage)));
        foreach (var failure in failures is null ? [] : sides.Unknown())
            failures!.Add(failure);
        return [.. changes.Where(sides.Includes).Select(Make)];
    }
}
