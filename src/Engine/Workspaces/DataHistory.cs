using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Engine.Workspaces;

/// <summary>The history of data, read from Git's objects: nothing is checked out.</summary>
public static class DataHistory
{
    /// <summary>The versions of tracked paths on the current branch, newest first.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="paths">Tracked paths, paths inside tracked folders, or paths tracked in the past; null for all that is tracked now.</param>
    /// <param name="first">At most this many versions of each path; 0 for all.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <param name="failed">Receives the paths that no commit knows (PathNotTracked).</param>
    /// <exception cref="DataVersionException">GitNotFound.</exception>
    public static IEnumerable<DataVersionInfo> Of(Repository repository, IReadOnlyList<string>? paths, int first, OperationContext context,
        Action<PathFailure> failed)
    {
        var git = repository.RequireGit();
        var refs = git.RefsByCommit(context.Cancellation);
        foreach (var path in paths ?? [.. repository.Index.Outputs.Where(o => !o.IsExternal).Select(o => o.Path)])
        {
            var data = repository.Index.OfMetadata(path) is [{ StageName: null } only] ? only.Path : path;
            var files = MetadataOf(repository, data).Distinct().ToList();
            var count = 0;
            foreach (var version in VersionsOf(repository, git, data, files, context))
            {
                if (first > 0 && count == first)
                    break;
                count++;
                yield return Describe(repository, refs, version.Commit, data, version.Output, version.Hash, version.Change);
            }
            if (count == 0)
                failed(new PathFailure(data, new DataVersionException(DataErrorKind.PathNotTracked, $"No commit knows '{data}' as tracked data.", data,
                    "Check the path; what was never committed to Git has no versions yet.")));
        }
    }

    /// <summary>
    /// Where some content occurs: commits that recorded it, tips of branches and tags that hold it, and the workspace's metadata.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="prefix">The first digits of the hash, at least four, with or without <c>.dir</c>.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <exception cref="DataVersionException">HashInvalid: too short, or no hexadecimal digits.</exception>
    public static IEnumerable<DataVersionInfo> Holding(Repository repository, string prefix, OperationContext context)
    {
        var digits = prefix.EndsWith(ContentHash.DirectorySuffix, StringComparison.Ordinal) ? prefix[..^4] : prefix;
        if (digits.Length is < 4 or > 32 || !digits.All(char.IsAsciiHexDigit))
            throw new DataVersionException(DataErrorKind.HashInvalid, $"'{prefix}' is not the beginning of a content hash.", prefix,
                "Give 4 to 32 hexadecimal digits, as Get-DataFile shows them.");
        digits = digits.ToLowerInvariant();
        var git = repository.RequireGit();
        var refs = git.RefsByCommit(context.Cancellation);
        var seen = new HashSet<(string Commit, string Path)>();
        var tips = refs.Select(g => g.Key).Select(id => git.Objects.TryReadCommit(id)).OfType<GitCommit>();
        var recording = git.History([repository.Layout.Root], allRefs: true, cancellation: context.Cancellation)
            .Where(e => e.Changes.Any(c => c.Blob is not null && IsMetadata(c.Path))).Select(e => e.Commit);
        foreach (var commit in recording.Concat(tips).OrderByDescending(c => c.CommitterDate).DistinctBy(c => c.Id))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            foreach (var output in IndexOf(repository, commit, null).Outputs.Where(o => o.Hash is not null))
                foreach (var (path, hash) in Matches(repository, output, digits))
                    if (seen.Add((commit.Id, path)))
                        yield return Describe(repository, refs, commit, path, output, hash, DataChangeKind.Unchanged);
        }
    }

    private static bool IsMetadata(string path) =>
        path.EndsWith(".dvc", StringComparison.Ordinal) || path.EndsWith(LockFile.FileName, StringComparison.Ordinal);

    private static IEnumerable<(string Path, ContentHash Hash)> Matches(Repository repository, TrackedOutput output, string digits)
    {
        var own = output.Hash!.Value;
        if (own.Hex.StartsWith(digits, StringComparison.Ordinal))
            yield return (output.Path, own);
        if (own.IsDirectory && repository.TryLoadManifest(own, out var manifest) is null)
            foreach (var entry in manifest!.List)
                if (entry.Hash.Hex.StartsWith(digits, StringComparison.Ordinal))
                    yield return (output.Path + "/" + entry.Path, entry.Hash);
    }

    /// <summary>The files that may have tracked a path: what does now, its own .dvc file and those of the folders above, and pipelines above.</summary>
    private static IEnumerable<string> MetadataOf(Repository repository, string path)
    {
        if (repository.Index.FindContaining(path) is { } output)
            yield return output.StageName is null ? output.MetadataPath : MetadataPath.Join(MetadataPath.FolderOf(output.MetadataPath), LockFile.FileName);
        for (var part = path; part.Length > 0; part = MetadataPath.FolderOf(part))
        {
            yield return part + ".dvc";
            yield return MetadataPath.Join(MetadataPath.FolderOf(part), LockFile.FileName);
        }
    }

    private static IEnumerable<(GitCommit Commit, TrackedOutput? Output, ContentHash? Hash, DataChangeKind Change)> VersionsOf(
        Repository repository, GitRepository git, string path, IReadOnlyList<string> files, OperationContext context)
    {
        var entries = git.History([.. files.Select(repository.Layout.ToAbsolute)], cancellation: context.Cancellation);
        var states = entries.Select(e => (e.Commit, Found: Lookup(repository, e.Commit, path, files))).ToList();
        for (var i = 0; i < states.Count; i++)
        {
            var before = i + 1 < states.Count ? states[i + 1].Found.Hash : null;
            var now = states[i].Found.Hash;
            if (now != before || (i + 1 == states.Count && now is not null))
                yield return (states[i].Commit, states[i].Found.Output, now,
                    now is null ? DataChangeKind.Deleted : before is null ? DataChangeKind.Added : DataChangeKind.Modified);
        }
    }

    private static (TrackedOutput? Output, ContentHash? Hash) Lookup(Repository repository, GitCommit commit, string path, IReadOnlyList<string> files)
    {
        if (IndexOf(repository, commit, files).FindContaining(path) is not { Hash: { } hash } output)
            return (null, null);
        if (output.Path.Length == path.Length)
            return (output, hash);
        return hash.IsDirectory && repository.TryLoadManifest(hash, out var manifest) is null
            && manifest!.TryGet(path[(output.Path.Length + 1)..], out var inner) ? (output, inner) : (output, null);
    }

    private static DataIndex IndexOf(Repository repository, GitCommit commit, IReadOnlyList<string>? files)
    {
        IMetadataTree tree = repository.TreeAt(commit.Id);
        // A file that could not be read at the time is no reason to hide the rest of the history.
        return DataIndexLoader.Load(files is null ? tree : new OnlySome(tree, files), []);
    }

    private static DataVersionInfo Describe(Repository repository, ILookup<string, GitRef> refs, GitCommit commit, string path,
        TrackedOutput? output, ContentHash? hash, DataChangeKind change) => new()
    {
        Path = path, FullName = repository.Layout.ToAbsolute(path), Revision = commit.Id, Date = commit.AuthorDate, Author = $"{commit.AuthorName} <{commit.AuthorEmail}>", Subject = commit.Subject,
        Tags = [.. refs[commit.Id].Where(r => r.Kind == GitRefKind.Tag).Select(r => r.Name)],
        Branches = [.. refs[commit.Id].Where(r => r.Kind == GitRefKind.Branch).Select(r => r.Name)],
        Change = change, Hash = hash, IsCached = hash is { } content && repository.IsPresent(content), Stage = output?.StageAddress,
        Size = output is not null && output.Hash == hash ? output.Size : StatusReader.SizeOf(repository, hash),
        FileCount = output is not null && output.Hash == hash ? output.FileCount : null,
    };

    /// <summary>A tree of which only some metadata files are looked at.</summary>
    private sealed class OnlySome(IMetadataTree tree, IReadOnlyList<string> files) : IMetadataTree
    {
        public string? RootFolder => tree.RootFolder;

        // With a lock file goes the pipeline file that says what its outputs are.
        public IEnumerable<string> MetadataPaths() => files.Concat(files.Where(f => MetadataPath.NameOf(f) == LockFile.FileName)
            .Select(f => MetadataPath.Join(MetadataPath.FolderOf(f), PipelineFile.FileName))).Distinct().Where(tree.Exists);

        public string ReadText(string repositoryPath) => tree.ReadText(repositoryPath);

        public bool Exists(string repositoryPath) => tree.Exists(repositoryPath);

        public string? ContentId(string repositoryPath) => tree.ContentId(repositoryPath);
    }
}
