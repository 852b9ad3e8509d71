using System.Collections.Concurrent;
using DataVersion.Engine.Files;
using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Imports;

/// <summary>
/// A path of another repository at one version: tracked data, files of Git, or a folder with both. Metadata files and what
/// the repository ignores do not belong to a folder that is imported (DVC spec 6.9, 10.7).
/// </summary>
/// <param name="source">The repository; whoever opened it closes it.</param>
/// <param name="path">From its root, with <c>/</c>; empty for the root.</param>
/// <param name="known">A repository whose cache may hold manifests already; null for none.</param>
internal sealed class RepositoryOrigin(SourceRepository source, string path, Repository? known) : IDataOrigin
{
    private readonly ConcurrentDictionary<ContentHash, RemoteObjects> located = new();

    private sealed record Tracked(SourcePart Part, TrackedOutput Output);

    public string Place => $"{path} ({source.Place})";

    public int Connections => 2 * Environment.ProcessorCount;

    /// <summary>The commit that is read; null for the files of a work tree.</summary>
    public string? Commit => source.Commit;

    public async Task<OriginTree> ReadAsync(OperationContext context)
    {
        if (FindOutput(out var inner) is var (part, output))
            return await ReadOutputAsync(part, output, inner, context).ConfigureAwait(false);
        var (found, parts) = new SourceFiles(source, path).Read(context);
        var files = found.ToList();
        foreach (var below in parts)
            foreach (var (tracked, at) in OutputsBelow(below))
                await AddOutputAsync(below, tracked, "", at, files, context).ConfigureAwait(false);
        if (files is [{ Path: "" }])
            return new OriginTree(false, files);
        if (files.Count == 0 && !HasFolder())
            throw NotThere();
        return new OriginTree(true, files);
    }

    /// <summary>
    /// What an import of the path would bring, as it is recorded there; no content is asked for.
    /// </summary>
    /// <param name="recurse">Files inside folders too; else only what lies directly at the path.</param>
    /// <param name="failures">Receives tracked folders whose files cannot be listed.</param>
    /// <param name="context">Cancellation.</param>
    public async Task<IReadOnlyList<DataFile>> ListAsync(bool recurse, ICollection<PathFailure> failures, OperationContext context)
    {
        var list = new SortedDictionary<string, DataFile>(Utf8Order.Instance);
        if (FindOutput(out var inner) is var (part, output))
        {
            if (inner.Length == output.Path.Length)
                list[path] = Describe(part, output);
            if ((recurse || inner.Length > output.Path.Length) && output.IsDirectory)
                foreach (var file in (await ReadOutputAsync(part, output, inner, context).ConfigureAwait(false)).Files)
                    Put(list, MetadataPath.Join(path, file.Path).TrimEnd('/'), Describe(file), recurse);
            return [.. list.Values];
        }
        var (plain, parts) = new SourceFiles(source, path).Read(context);
        foreach (var file in plain)
            Put(list, MetadataPath.Join(path, file.Path).TrimEnd('/'), Describe(file), recurse);
        foreach (var below in parts)
            foreach (var (tracked, at) in OutputsBelow(below))
            {
                Put(list, MetadataPath.Join(path, at), Describe(below, tracked), recurse);
                if (!recurse || !tracked.IsDirectory)
                    continue;
                try
                {
                    var files = new List<OriginFile>();
                    await AddOutputAsync(below, tracked, "", at, files, context).ConfigureAwait(false);
                    foreach (var file in files)
                        Put(list, MetadataPath.Join(path, file.Path), Describe(file), recurse);
                }
                catch (DataVersionException error)
                {
                    failures.Add(new PathFailure(at, error));
                }
            }
        return list.Count > 0 || HasFolder() ? [.. list.Values] : throw NotThere();
    }

    public async Task CopyAsync(OriginFile file, Stream target, CancellationToken cancellation)
    {
        if (file.Handle is Tracked tracked)
            await (await LocateAsync(tracked, file.Hash!.Value, cancellation).ConfigureAwait(false)).Storage
                .GetAsync(RemoteKeys.Of(file.Hash.Value), target, ByteRange.Whole, cancellation).ConfigureAwait(false);
        else if (file.Handle is GitBlob blob)
        {
            if (!source.Git!.Objects.TryCopy(blob.Id, target, cancellation))
                throw new DataVersionException(DataErrorKind.GitFailed, $"The Git object {blob.Id} of '{source.Place}' is missing.", file.Path,
                    "Run 'git fsck' in that repository.");
        }
        else
            await new LocalOrigin(file.LocalPath!, null).CopyAsync(file, target, cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyDictionary<ContentHash, DataVersionException>> FetchAsync(Repository repository, IReadOnlyList<OriginFile> files, OperationContext context)
    {
        var problems = new Dictionary<ContentHash, DataVersionException>();
        foreach (var group in files.DistinctBy(file => file.Hash!.Value).GroupBy(file => (Tracked)file.Handle! is var (part, output) ? (part, output.Remote) : default))
        {
            var lacking = group.ToList();
            var failed = new ConcurrentDictionary<ContentHash, DataVersionException>();
            foreach (var place in group.Key.part.PlacesOf(((Tracked)lacking[0].Handle!).Output))
            {
                failed.Clear();
                await FetchAsync(repository, place, lacking, failed, context).ConfigureAwait(false);
                lacking = [.. lacking.Where(file => failed.ContainsKey(file.Hash!.Value))];
                if (lacking.Count == 0)
                    break;
            }
            foreach (var file in lacking)
                problems[file.Hash!.Value] = failed.GetValueOrDefault(file.Hash.Value) is { Kind: not DataErrorKind.ObjectMissing } problem
                    ? problem : group.Key.part.Missing(((Tracked)file.Handle!).Output, file.Hash.Value);
        }
        return problems;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // The transfer engine brings objects to their names: here each file is an output of its own.
    private static async Task FetchAsync(Repository repository, RemoteObjects place, IReadOnlyList<OriginFile> files,
        ConcurrentDictionary<ContentHash, DataVersionException> problems, OperationContext context)
    {
        var needs = new RemoteNeeds(place.Remote, [.. files.Select(file => new OutputScope(new TrackedOutput
        {
            Path = file.Path, Hash = file.Hash, Size = file.Size < 0 ? null : file.Size, MetadataPath = "",
        }, []))]);
        try
        {
            var plan = await TransferPlanner.PlanFetchAsync(repository, needs, place.Storage, context).ConfigureAwait(false);
            await TransferRunner.RunAsync(repository, plan, place.Storage, 0, (result, error) =>
            {
                if (error is not null)
                    problems[result.Hash] = error;
            }, context).ConfigureAwait(false);
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.RemoteFailed)
        {
            foreach (var file in files)
                problems[file.Hash!.Value] = error;
        }
    }

    private async Task<OriginTree> ReadOutputAsync(SourcePart part, TrackedOutput output, string inner, OperationContext context)
    {
        var rest = inner.Length == output.Path.Length ? "" : inner[(output.Path.Length + 1)..];
        var files = new List<OriginFile>();
        await AddOutputAsync(part, output, rest, "", files, context).ConfigureAwait(false);
        if (files.Count == 0 && rest.Length > 0)
            throw new DataVersionException(DataErrorKind.PathNotFound, $"'{path}' does not exist in '{source.Place}': '{output.Path}' has no such file.", path,
                "List what there is with Get-DataFile -Source -Recurse.");
        return new OriginTree(files is not [{ Path: "" }], files);
    }

    // The tracked output that the path names or lies in.
    private (SourcePart Part, TrackedOutput Output)? FindOutput(out string inner)
    {
        inner = "";
        if (source.PartOf(path) is not { } part)
            return null;
        inner = part.InnerOf(path);
        return inner.Length > 0 && part.Index.FindContaining(inner) is { UseCache: true, Hash: not null } output ? (part, output) : null;
    }

    // With their place below the path.
    private IEnumerable<(TrackedOutput Output, string At)> OutputsBelow(SourcePart part)
    {
        foreach (var output in part.Index.FindInside(path.Length <= part.Folder.Length ? "" : part.InnerOf(path)))
            if (output is { UseCache: true, Hash: not null } && MetadataPath.Join(part.Folder, output.Path) is var full)
                yield return (output, path.Length == 0 ? full : full[(path.Length + 1)..]);
    }

    private DataFile Describe(SourcePart part, TrackedOutput output) => new()
    {
        Path = MetadataPath.Join(part.Folder, output.Path), Kind = output.IsDirectory ? DataFileKind.Directory : DataFileKind.File, Hash = output.Hash, Size = output.Size,
        FileCount = output.FileCount, IsExecutable = output.IsExecutable, MetadataPath = MetadataPath.Join(part.Folder, output.MetadataPath), Stage = output.StageAddress,
        Description = output.Description, Type = output.Type, Labels = output.Labels, Remote = output.Remote, Revision = source.Commit,
    };

    private DataFile Describe(OriginFile file) => new()
    {
        Path = MetadataPath.Join(path, file.Path).TrimEnd('/'), Hash = file.Hash, Size = file.Size >= 0 ? file.Size : file.Handle is Tracked inCache ? SizeOf(inCache, file.Hash!.Value) : null, IsExecutable = file.IsExecutable, Revision = source.Commit,
        Parent = file.Handle is Tracked { Output.IsDirectory: true } tracked ? MetadataPath.Join(tracked.Part.Folder, tracked.Output.Path) : null,
        MetadataPath = file.Handle is Tracked by ? MetadataPath.Join(by.Part.Folder, by.Output.MetadataPath) : null, Stage = file.Handle is Tracked of ? of.Output.StageAddress : null,
    };

    // The size of a file in a folder is in no metadata; the cache of a repository on this machine shows it.
    private static long? SizeOf(Tracked tracked, ContentHash hash) => tracked.Part.PlacesOf(tracked.Output).FirstOrDefault()?.Storage.LocalPathOf(RemoteKeys.Of(hash)) is { } path
        && FileStat.Read(path, followLinks: true) is { Kind: FileKind.File, Size: var size } ? size : null;

    // Without recursion what lies deeper stands for its folder.
    private void Put(SortedDictionary<string, DataFile> list, string full, DataFile file, bool recurse)
    {
        var rest = path.Length == 0 || full.Length <= path.Length ? full : full[(path.Length + 1)..];
        if (!recurse && rest.IndexOf('/') is > 0 and var slash)
            list.TryAdd(full[..(full.Length - rest.Length + slash)], new DataFile
            {
                Path = full[..(full.Length - rest.Length + slash)], Kind = DataFileKind.Directory, Revision = source.Commit,
            });
        else
            list.TryAdd(full, file);
    }

    private bool HasFolder() => path.Length == 0 || (source.Commit is { } commit
        ? source.Git!.Objects.TryReadPath(commit, source.Prefix + path) is { Type: GitObjectType.Tree } : Directory.Exists(Path.Combine(source.Root, path)));

    private DataVersionException NotThere() => new(DataErrorKind.PathNotFound,
        $"'{path}' does not exist in '{source.Place}'{(source.Commit is null ? "" : $" at {source.Commit[..10]}")}.", path, "List what there is with Get-DataFile -Source.");

    // Rest: the part of the output that is meant; at: where that lies below the path.
    private async Task AddOutputAsync(SourcePart part, TrackedOutput output, string rest, string at, List<OriginFile> files, OperationContext context)
    {
        var handle = new Tracked(part, output);
        if (output.Hash is { IsDirectory: false } hash)
        {
            files.Add(new OriginFile(at, output.Size ?? -1) { Hash = hash, Handle = handle, IsExecutable = output.IsExecutable });
            return;
        }
        var manifest = await part.LoadManifestAsync(output, known, context).ConfigureAwait(false);
        foreach (var entry in manifest.List)
            if (rest.Length == 0)
                files.Add(new OriginFile(MetadataPath.Join(at, entry.Path), -1) { Hash = entry.Hash, Handle = handle });
            else if (entry.Path == rest)
                files.Add(new OriginFile(at, -1) { Hash = entry.Hash, Handle = handle });
            else if (entry.Path.StartsWith(rest + "/", StringComparison.Ordinal))
                files.Add(new OriginFile(MetadataPath.Join(at, entry.Path[(rest.Length + 1)..]), -1) { Hash = entry.Hash, Handle = handle });
    }

    private async ValueTask<RemoteObjects> LocateAsync(Tracked tracked, ContentHash hash, CancellationToken cancellation)
    {
        if (located.TryGetValue(hash, out var place))
            return place;
        var candidates = tracked.Part.PlacesOf(tracked.Output).ToList();
        for (var i = 0; i < candidates.Count; i++)
            // The last one says by itself when it has not got it.
            if (i == candidates.Count - 1 || await candidates[i].Storage.FindAsync(RemoteKeys.Of(hash), cancellation).ConfigureAwait(false) is not null)
                return located[hash] = candidates[i];
        throw tracked.Part.Missing(tracked.Output, hash);
    }
}
