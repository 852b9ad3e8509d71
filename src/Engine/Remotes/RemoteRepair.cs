using System.Collections.Concurrent;
using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes;

/// <summary>Where the right bytes of an object are.</summary>
/// <param name="Item">The object.</param>
/// <param name="Path">Absolute path of a file with its bytes; null when another remote has it.</param>
/// <param name="Remote">The other remote.</param>
/// <param name="Why">What is wrong, and where the bytes come from, in words.</param>
public sealed record RepairStep(TransferItem Item, string? Path, RemoteConfiguration? Remote, string Why);

/// <summary>What a repair would do.</summary>
/// <param name="Steps">Objects that can be made right; manifests last.</param>
/// <param name="Lost">Objects whose right bytes are nowhere.</param>
public sealed record RepairPlan(IReadOnlyList<RepairStep> Steps, IReadOnlyList<TransferItem> Lost);

/// <summary>
/// Makes a remote whole: what it lacks, or has with wrong bytes, comes from the cache, the workspace or another remote, each
/// verified on its way. A manifest goes only when all its files are there. On a remote that keeps versions what is sent becomes
/// another version, and the metadata of the workspace is made to name it; what revisions of the past name stays lost.
/// </summary>
/// <param name="repository">The repository; the caller holds its lock.</param>
/// <param name="remote">The remote.</param>
/// <param name="storage">Its storage.</param>
/// <param name="open">Opens the storage of another remote.</param>
/// <param name="throttle">Most objects at a time; 0 for what suits the service.</param>
/// <param name="context">Cancellation, progress, warnings.</param>
public sealed class RemoteRepair(Repository repository, RemoteConfiguration remote, IRemoteStorage storage, Func<RemoteConfiguration, IRemoteStorage> open,
    int throttle, OperationContext context)
{
    /// <summary>Finds the right bytes of what an audit found wrong.</summary>
    /// <param name="wrong">Verdicts about objects: missing or corrupt ones.</param>
    public async Task<RepairPlan> PlanAsync(IReadOnlyList<RemoteVerdict> wrong)
    {
        var steps = new List<RepairStep>();
        var checks = repository.Verify([.. wrong.Select(v => v.Hash!.Value)], context);
        var open = new List<RemoteVerdict>();
        foreach (var verdict in wrong)
            if (checks[verdict.Hash!.Value].Verdict == ObjectVerdict.Good)
                Add(verdict, repository.Stores.PathOf(verdict.Hash.Value), null, "the cache");
            else if (WorkspaceCopy(verdict) is { } path)
                Add(verdict, path, null, "the workspace");
            else
                open.Add(verdict);
        foreach (var other in repository.Configuration.Remotes.Where(r => r.Name != remote.Name))
            if (open.Count > 0)
                open = await FindThereAsync(other, open, Add).ConfigureAwait(false);
        return new RepairPlan([.. steps.OrderBy(s => s.Item.Hash.IsDirectory)], [.. open.Select(v => new TransferItem(v.Hash!.Value, v.Path!, -1, v.Detail))]);

        void Add(RemoteVerdict verdict, string? path, RemoteConfiguration? other, string source)
        {
            var size = path is null ? -1 : new FileInfo(path).Length;
            var why = $"{(verdict.Verdict == RemoteVerdictKind.Missing ? "It is missing there" : "Its bytes there are wrong")}; it comes from {source}.";
            steps.Add(new RepairStep(new TransferItem(verdict.Hash!.Value, verdict.Path!, size, why), path, other, why));
        }
    }

    /// <summary>Carries out the plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="unsafeManifests">Manifests that must not go: a file of theirs is lost, or could not be checked.</param>
    /// <param name="done">Receives every outcome, with the error where there is one; called from any thread.</param>
    /// <exception cref="DataVersionException">RemoteFailed.</exception>
    public async Task RunAsync(RepairPlan plan, IReadOnlySet<ContentHash> unsafeManifests, Action<TransferResult, DataVersionException?> done)
    {
        RemoteIndex.Of(repository, remote).Forget();
        var channel = new RemoteChannel(repository, remote, storage, throttle, context);
        var progress = new ProgressCount("Repairing the remote", plan.Steps.Count, plan.Steps.Sum(s => Math.Max(0, s.Item.Size)), context);
        using var copies = new VerifiedCopies(context, progress.AddBytes);
        var failed = new ConcurrentDictionary<ContentHash, bool>();
        var versions = new VersionedRepair(repository, remote, storage, context);
        if (remote.KeepsVersions)
            await versions.RequireVersionsAsync().ConfigureAwait(false);
        await using var others = new OpenRemotes(open);
        try
        {
            foreach (var group in plan.Steps.GroupBy(s => s.Item.Hash.IsDirectory).OrderBy(g => g.Key))
                await SendAsync(group).ConfigureAwait(false);
        }
        finally
        {
            versions.Record((item, error) => done(Describe(item, TransferOutcome.Failed, error.Message), error));
        }

        Task SendAsync(IEnumerable<RepairStep> group) => Parallel.ForEachAsync(group, new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = channel.Width }, async (step, token) =>
        {
            if (step.Item.Hash.IsDirectory && (unsafeManifests.Contains(step.Item.Hash) || LacksFiles(step.Item.Hash, failed)))
            {
                Report(step, TransferOutcome.HeldBack, new DataVersionException(DataErrorKind.TransferFailed,
                    $"The manifest of '{step.Item.Path}' was not stored on '{remote.Name}', so that the remote does not claim files it lacks.", step.Item.Path,
                    "Find the files that are lost, add them again, and repair once more."));
                return;
            }
            try
            {
                var path = step.Path ?? await ReceiveAsync(step, others, copies, token).ConfigureAwait(false);
                var upload = new RemoteUpload(path, new FileInfo(path).Length, step.Item.Hash, copies);
                await channel.SendAsync(remote.KeepsVersions ? step.Item.Path : RemoteKeys.Of(step.Item.Hash), upload, progress.AddBytes, token).ConfigureAwait(false);
                if (remote.KeepsVersions)
                    await versions.SentAsync(step.Item, upload, token).ConfigureAwait(false);
                FaultPoint.Reach("repair.object");
                Report(step, TransferOutcome.Transferred, null);
            }
            catch (Exception error) when (error is DataVersionException { Kind: not DataErrorKind.RemoteFailed } or IOException or UnauthorizedAccessException)
            {
                failed[step.Item.Hash] = true;
                var described = FileErrors.Describe(error, step.Path ?? step.Item.Path, "send", $" to '{storage.Place}'");
                Report(step, TransferPlanner.OutcomeOf(described), described);
            }
        });

        void Report(RepairStep step, TransferOutcome outcome, DataVersionException? error)
        {
            done(Describe(step.Item, outcome, error?.Message ?? step.Why), error);
            progress.ItemDone(step.Item.Path);
        }
    }

    /// <summary>What is reported of an object.</summary>
    public TransferResult Describe(TransferItem item, TransferOutcome outcome, string? reason) => new()
    {
        Hash = item.Hash, Path = item.Path, Size = item.Size < 0 ? null : item.Size, Direction = TransferDirection.Push, Remote = remote.Name, Outcome = outcome, Reason = reason,
    };

    /// <summary>The error for an object that is lost, with the revisions that need it.</summary>
    public DataVersionException Lost(TransferItem item)
    {
        string[] revisions = repository.Git is null ? [] :
            [.. DataHistory.Holding(repository, item.Hash.Hex, context).Select(v => $"{v.Revision[..Math.Min(9, v.Revision.Length)]} ({v.Path})").Distinct().Take(6)];
        return new DataVersionException(DataErrorKind.ObjectMissing,
            $"The object {item.Hash} of '{item.Path}' is lost: its right bytes are on no remote, not in the cache and not in the workspace."
            + (revisions.Length == 0 ? "" : $" It is needed by {string.Join(", ", revisions.Take(5))}{(revisions.Length > 5 ? ", ..." : "")}."),
            item.Path, "Look for the file in other clones and backups, add it again, and push.");
    }

    private bool LacksFiles(ContentHash hash, ConcurrentDictionary<ContentHash, bool> failed) =>
        repository.TryLoadManifest(hash, out var manifest) is not null || manifest!.List.Any(e => failed.ContainsKey(e.Hash));

    // The file that the metadata names may be there although the cache has lost its object.
    private string? WorkspaceCopy(RemoteVerdict verdict)
    {
        if (verdict.Hash is not { IsDirectory: false, Algorithm: ContentHashAlgorithm.Md5 } hash)
            return null;
        var path = repository.Layout.ToAbsolute(verdict.Path!);
        if (FileStat.Read(path, followLinks: true).Kind != FileKind.File)
            return null;
        var content = HashPipeline.HashOne(path, cancellation: context.Cancellation);
        return content.Status == HashStatus.Hashed && content.Hash.Hex == hash.Hex ? path : null;
    }

    private async Task<List<RemoteVerdict>> FindThereAsync(RemoteConfiguration other, List<RemoteVerdict> wanted, Action<RemoteVerdict, string?, RemoteConfiguration?, string> add)
    {
        try
        {
            await using var there = open(other);
            var objects = new RemoteObjects(other, there);
            await objects.RequireReadableAsync(context).ConfigureAwait(false);
            var items = await objects.FindAsync([.. wanted.Select(v => v.Hash!.Value)], context).ConfigureAwait(false);
            foreach (var verdict in wanted.Where(v => items.ContainsKey(v.Hash!.Value)))
                add(verdict, null, other, $"the remote '{other.Name}'");
            return wanted.FindAll(v => !items.ContainsKey(v.Hash!.Value));
        }
        catch (DataVersionException error)
        {
            context.Warn($"The remote '{other.Name}' could not be asked for what is missing: {error.Message}");
            return wanted;
        }
    }

    private async Task<string> ReceiveAsync(RepairStep step, OpenRemotes others, VerifiedCopies copies, CancellationToken cancellation)
    {
        var other = new RemoteObjects(step.Remote!, others.Get(step.Remote!));
        var channel = new RemoteChannel(repository, other.Remote, other.Storage, throttle, context);
        await new ObjectReceiver(repository, other, channel, copies, static _ => { }).ReceiveAsync(step.Item, cancellation).ConfigureAwait(false);
        return repository.Stores.PathOf(step.Item.Hash);
    }

    private sealed class OpenRemotes(Func<RemoteConfiguration, IRemoteStorage> open) : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, Lazy<IRemoteStorage>> storages = new(StringComparer.Ordinal);

        public IRemoteStorage Get(RemoteConfiguration remote) => storages.GetOrAdd(remote.Name, _ => new Lazy<IRemoteStorage>(() => open(remote))).Value;

        public async ValueTask DisposeAsync()
        {
            foreach (var storage in storages.Values)
                await storage.Value.DisposeAsync().ConfigureAwait(false);
        }
    }
}
