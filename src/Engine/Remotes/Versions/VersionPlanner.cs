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
    private readonly VersionLookup lookup;
    private readonly List<TransferProblem> problems = [];

    private VersionPlanner(Repository repository, RemoteConfiguration remote, IRemoteStorage storage, TransferDirection direction, OperationContext context) =>
        (this.repository, this.remote, this.storage, this.direction, this.context, lookup) = (repository, remote, storage, direction, context, new VersionLookup(repository, remote, storage, context));

    /// <summary>Plans to bring to the remote what it lacks.</summary>
    public static Task<VersionPlan> PlanPushAsync(Repository repository, RemoteNeeds needs, IRemoteStorage storage, OperationContext context) =>
        new VersionPlanner(repository, needs.Remote, storage, TransferDirection.Push, context).PlanPushAsync(needs.Outputs);

    /// <summary>Plans to bring into the cache what it lacks, in the versions that are recorded.</summary>
    public static Task<VersionPlan> PlanFetchAsync(Repository repository, RemoteNeeds needs, IRemoteStorage storage, OperationContext context) =>
        new VersionPlanner(repository, needs.Remote, storage, TransferDirection.Fetch, context).PlanFetchAsync(needs.Outputs);

    private async Task<VersionPlan> PlanPushAsync(IReadOnlyList<OutputScope> outputs)
    {
        List<WantedVersion> wanted = [.. outputs.SelectMany(FilesOf)];
        var (states, there) = await lookup.FindAsync(outputs, wanted).ConfigureAwait(false);
        var (files, found, upToDate) = (new List<VersionedFile>(), new List<FoundVersion>(), 0L);
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
        var triesFirst = files.Count > 0 && !await lookup.RequireVersionsAsync().ConfigureAwait(false) && files.Exists(file => there.ContainsKey(file.Key));
        lookup.WarnOfReplaced(files.Concat(found.Select(f => f.File)));
        return new VersionPlan { Direction = direction, Remote = remote, Files = files, Found = found, Problems = problems, UpToDateCount = upToDate, TriesFirst = triesFirst };
    }

    private async Task<VersionPlan> PlanFetchAsync(IReadOnlyList<OutputScope> outputs)
    {
        var (wanted, manifests) = (new Dictionary<ContentHash, List<WantedVersion>>(), new Dictionary<ContentHash, (Manifest, string)>());
        foreach (var scope in outputs)
        {
            foreach (var file in FilesOf(scope))
                if (wanted.TryGetValue(file.Hash, out var same))
                    same.Add(file);
                else
                    wanted[file.Hash] = [file];
            // Stages have their outputs from elsewhere than the index.
            repository.Know(scope.Output);
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
            else if (file.Version is not null)
            {
                string[] keys = [.. same.Where(f => f.Version is not null).Select(f => VersionKeys.InVersion(remote.Scheme, f.Key, f.Version!.Id)).Distinct()];
                files.Add(new VersionedFile(item, keys[0], file.Output, file.Inner) { OtherKeys = keys[1..] });
            }
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

    private IEnumerable<WantedVersion> FilesOf(OutputScope scope) => lookup.FilesOf(scope, (item, error) =>
        Problem(item, error, direction == TransferDirection.Fetch && !scope.Output.Push && error.Kind != DataErrorKind.TransferFailed));

    private void Problem(TransferItem item, DataVersionException error, bool tolerated) => problems.Add(new TransferProblem(new TransferResult
    {
        Hash = item.Hash, Path = item.Path, Direction = direction, Remote = remote.Name, Outcome = TransferPlanner.OutcomeOf(error), Reason = error.Message,
    }, tolerated ? null : error));
}
