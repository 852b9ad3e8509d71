using DataVersion.Engine.Imports;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes.Versions;

/// <summary>
/// Says what has to travel to or from a remote that keeps plain files and their versions (rules: DVC spec 10.6). Changes nothing.
/// </summary>
public sealed class VersionPlanner
{
    private readonly Repository repository;
    private readonly RemoteConfiguration remote;
    private readonly IRemoteStorage storage;
    private readonly TransferDirection direction;
    private readonly OperationContext context;
    private readonly List<TransferProblem> problems = [];

    private VersionPlanner(Repository repository, RemoteConfiguration remote, IRemoteStorage storage, TransferDirection direction, OperationContext context) =>
        (this.repository, this.remote, this.storage, this.direction, this.context) = (repository, remote, storage, direction, context);

    private sealed record Wanted(TrackedOutput Output, string Inner, ContentHash Hash, long? Size, RecordedVersion? Version)
    {
        public string Key => VersionKeys.Of(Output, Inner);
    }

    /// <summary>Plans to bring to the remote what it lacks.</summary>
    public static Task<VersionPlan> PlanPushAsync(Repository repository, RemoteNeeds needs, IRemoteStorage storage, OperationContext context) =>
        new VersionPlanner(repository, needs.Remote, storage, TransferDirection.Push, context).PlanPushAsync(needs.Outputs);

    /// <summary>Plans to bring into the cache what it lacks, in the versions that are recorded.</summary>
    public static Task<VersionPlan> PlanFetchAsync(Repository repository, RemoteNeeds needs, IRemoteStorage storage, OperationContext context) =>
        new VersionPlanner(repository, needs.Remote, storage, TransferDirection.Fetch, context).PlanFetchAsync(needs.Outputs);

    private async Task<VersionPlan> PlanPushAsync(IReadOnlyList<OutputScope> outputs)
    {
        var wanted = new List<Wanted>();
        foreach (var scope in outputs)
            wanted.AddRange(FilesOf(scope));
        var there = await FindAsync(outputs, wanted).ConfigureAwait(false);
        var (files, found, upToDate) = (new List<VersionedFile>(), new List<FoundVersion>(), 0L);
        var states = await EachAsync(wanted, (file, cancellation) => StateAsync(file, there.GetValueOrDefault(file.Key), cancellation)).ConfigureAwait(false);
        for (var i = 0; i < wanted.Count; i++)
        {
            var file = wanted[i];
            var stored = repository.Stores.For(file.Hash.Algorithm).Stat(file.Hash);
            var isHere = stored.Kind == Files.FileKind.File;
            var item = new TransferItem(file.Hash, file.Key, isHere ? stored.Size : file.Size ?? -1, there.ContainsKey(file.Key) ? "The remote's newest version is another one." : null);
            if (states[i] is not null)
                upToDate++;
            if (states[i] is { } version && version != file.Version)
                found.Add(new FoundVersion(new VersionedFile(item, file.Key, file.Output, file.Inner), version));
            else if (states[i] is null && isHere)
                files.Add(new VersionedFile(item, file.Key, file.Output, file.Inner));
            else if (states[i] is null)
                Problem(item, new DataVersionException(DataErrorKind.ObjectMissing, $"The content {file.Hash} of '{file.Key}' is neither in the cache nor on the remote '{remote.Name}' ({storage.Place}).",
                    file.Key, "Push it from a clone that has it, or add the original file again."), false);
        }
        if (files.Count > 0)
            await RequireVersionsAsync().ConfigureAwait(false);
        var replaced = files.Concat(found.Select(f => f.File)).Select(file => file.Key).ToHashSet(StringComparer.Ordinal);
        if (wanted.Find(file => file.Version?.Remote is { } other && other != remote.Name && replaced.Contains(file.Key)) is { } first)
            context.Warn($"The metadata can name one remote only: what it says of '{first.Version!.Remote}' ('{first.Key}') is replaced by what '{remote.Name}' has.");
        return new VersionPlan { Direction = direction, Remote = remote, Files = files, Found = found, Problems = problems, UpToDateCount = upToDate };
    }

    private async Task<VersionPlan> PlanFetchAsync(IReadOnlyList<OutputScope> outputs)
    {
        var (wanted, manifests) = (new Dictionary<ContentHash, List<Wanted>>(), new Dictionary<ContentHash, (Manifest, string)>());
        foreach (var scope in outputs)
        {
            foreach (var file in FilesOf(scope))
                if (wanted.TryGetValue(file.Hash, out var same))
                    same.Add(file);
                else
                    wanted[file.Hash] = [file];
            if (scope.Output.Hash is { IsDirectory: true } folder && !repository.IsPresent(folder) && repository.TryLoadManifest(folder, out var manifest) is null)
                manifests[folder] = (manifest!, scope.Output.Path);
        }
        var checks = repository.Verify(wanted.Keys, context);
        var (files, upToDate) = (new List<VersionedFile>(), 0L);
        foreach (var (hash, same) in wanted)
        {
            var file = same.Find(f => f.Version is not null) ?? same[0];
            var item = new TransferItem(hash, file.Key, file.Size ?? -1, checks[hash].Verdict == ObjectVerdict.Corrupt ? "The cache's copy is damaged." : null);
            if (checks[hash].Verdict == ObjectVerdict.Good)
                upToDate++;
            else if (checks[hash].Verdict == ObjectVerdict.Unreadable)
                Problem(item, checks[hash].Error!, false);
            else if (file.Version is { } version)
                files.Add(new VersionedFile(item, VersionKeys.InVersion(remote.Scheme, file.Key, version.Id), file.Output, file.Inner));
            else
                Problem(item, new DataVersionException(DataErrorKind.ObjectMissing, $"'{file.Output.MetadataPath}' does not say which version of '{file.Key}' the remote '{remote.Name}' has, so it cannot be had from there.",
                    file.Key, "Push it from a clone that has it, and take that clone's metadata."), !file.Output.Push);
        }
        if (files.Count > 0)
            await RemoteRetry.RunAsync(storage, async token =>
            {
                await storage.RequireReadableAsync(token).ConfigureAwait(false);
                return true;
            }, context, context.Cancellation).ConfigureAwait(false);
        return new VersionPlan { Direction = direction, Remote = remote, Files = files, Manifests = [.. manifests.Values], Problems = problems, UpToDateCount = upToDate };
    }

    private IEnumerable<Wanted> FilesOf(OutputScope scope)
    {
        var (output, hash) = (scope.Output, scope.Output.Hash!.Value);
        if (hash.Algorithm != ContentHashAlgorithm.Md5)
        {
            Problem(new TransferItem(hash, output.Path, -1), new DataVersionException(DataErrorKind.TransferFailed,
                $"'{output.Path}' is recorded as DVC 2 did, which a remote that keeps versions ('{remote.Name}') cannot hold.", output.Path, "Convert the repository with Convert-DataCache -IncludeMetadata."), false);
            return [];
        }
        if (!hash.IsDirectory)
            return [new Wanted(output, "", hash, output.Size, output.Version)];
        if (output.ListsFiles)
            return output.Files.Where(file => scope.Includes(file.Path)).Select(file => new Wanted(output, file.Path, file.Hash!.Value, file.Size, file.Version));
        if (repository.TryLoadManifest(hash, out var manifest) is not { } problem)
            return manifest!.List.Where(entry => scope.Includes(entry.Path)).Select(entry => new Wanted(output, entry.Path, entry.Hash, null, null));
        if (problem.Kind == DataErrorKind.ObjectMissing)
            problem = new DataVersionException(problem.Kind, $"'{output.MetadataPath}' does not list the files of '{output.Path}', and their manifest {hash} is not in the cache; the remote '{remote.Name}' holds no manifests.",
                output.Path, "Push it from a clone that has it, and take that clone's metadata.");
        Problem(new TransferItem(hash, output.Path, -1), problem, direction == TransferDirection.Fetch && !output.Push);
        return [];
    }

    // The newest versions: of folders by a listing, of files one by one.
    private async Task<Dictionary<string, RemoteItem>> FindAsync(IReadOnlyList<OutputScope> outputs, List<Wanted> wanted)
    {
        var there = new Dictionary<string, RemoteItem>(StringComparer.Ordinal);
        foreach (var folder in outputs.Where(scope => scope.Output.IsDirectory).Select(scope => scope.Output.Path).Distinct(StringComparer.Ordinal))
            foreach (var item in await RemoteRetry.ListAsync(storage, folder + "/", context).ConfigureAwait(false))
                there[item.Key] = item;
        List<Wanted> single = [.. wanted.Where(file => file.Inner.Length == 0)];
        foreach (var item in await EachAsync(single, (file, cancellation) => AskAsync(file.Key, cancellation)).ConfigureAwait(false))
            if (item is not null)
                there[item.Key] = item;
        return there;
    }

    // What the remote has of a file; null when it must be sent.
    private async Task<RecordedVersion?> StateAsync(Wanted file, RemoteItem? newest, CancellationToken cancellation)
    {
        if (file.Version is { } recorded)
        {
            // The same content keeps the version that is recorded, whoever stored it once more.
            if ((recorded.Remote is null || recorded.Remote == remote.Name) && recorded.ETag is not null && newest is not null && TagOf(newest) == recorded.ETag && IsOfSize(newest, file))
                return recorded;
            if (await AskAsync(VersionKeys.InVersion(remote.Scheme, file.Key, recorded.Id), cancellation).ConfigureAwait(false) is { } old && IsOfSize(old, file) && (recorded.ETag is null || TagOf(old) == recorded.ETag))
                return recorded.Remote is null ? recorded : recorded with { Remote = remote.Name };
        }
        // A push that was killed before it recorded what it had sent. What its sender stated is no proof of what is there.
        return (newest?.Md5 ?? newest?.ETag) == file.Hash.Hex && await AskAsync(file.Key, cancellation).ConfigureAwait(false) is { Version: { } id, IsMd5Stated: false } item && item.Md5 == file.Hash.Hex
            ? new RecordedVersion(remote.Name, id, TagOf(item)) : null;
    }

    // As it is recorded.
    private string? TagOf(RemoteItem item) => ImportTags.Of(remote.Scheme, item);

    // What is sent may take the place of something that is nowhere else.
    private async Task RequireVersionsAsync()
    {
        var keeps = await RemoteRetry.RunAsync(storage, storage.KeepsVersionsAsync, context, context.Cancellation).ConfigureAwait(false);
        if (keeps == false)
            throw NoVersions(storage, null);
        if (keeps is null && !storage.Traits.VersionsAreKept)
            context.Warn($"Whether '{storage.Place}' keeps versions cannot be found out: it does not let us read its settings (storage.buckets.get). If it keeps none, what is pushed now is lost with a later push.");
    }

    /// <summary>The error for a place that keeps no versions.</summary>
    /// <param name="storage">The place.</param>
    /// <param name="key">What was sent; null when nothing was.</param>
    internal static DataVersionException NoVersions(IRemoteStorage storage, string? key) => new(DataErrorKind.RemoteFailed,
        $"'{storage.Place}' keeps no versions, so none can be recorded, and what {(key is null ? "is" : "was")} sent could be overwritten.", key ?? storage.Place,
        "Switch versions on in the settings of the bucket (of Azure: of the account), or take version_aware and worktree out of the remote's options.");

    private static bool IsOfSize(RemoteItem item, Wanted file) => item.Size < 0 || file.Size is null || item.Size == file.Size;

    private Task<RemoteItem?> AskAsync(string key, CancellationToken cancellation) =>
        RemoteRetry.RunAsync(storage, token => storage.FindAsync(key, token), context, cancellation);

    private async Task<T[]> EachAsync<T>(List<Wanted> files, Func<Wanted, CancellationToken, Task<T>> ask)
    {
        var answers = new T[files.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, files.Count), new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = Math.Max(1, storage.Traits.Connections) },
            async (i, cancellation) => answers[i] = await ask(files[i], cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        return answers;
    }

    private void Problem(TransferItem item, DataVersionException error, bool tolerated) => problems.Add(new TransferProblem(new TransferResult
    {
        Hash = item.Hash, Path = item.Path, Direction = direction, Remote = remote.Name, Outcome = TransferPlanner.OutcomeOf(error), Reason = error.Message,
    }, tolerated ? null : error));
}
