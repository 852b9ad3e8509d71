using System.Collections.Concurrent;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Remotes.Versions;

/// <summary>
/// Carries out a plan for a remote that keeps versions. Push: all files, then the metadata that says which versions they are;
/// killed between, the next push finds them there. Fetch: files by their versions, hashed on their way, then the manifests.
/// </summary>
public sealed class VersionRunner
{
    private readonly Repository repository;
    private readonly VersionPlan plan;
    private readonly RemoteObjects remote;
    private readonly RemoteChannel channel;
    private readonly VersionLookup lookup;
    private readonly Action<TransferResult, DataVersionException?> done;
    private readonly OperationContext context;
    private readonly ProgressCount progress;
    private readonly ConcurrentBag<FoundVersion> versions = [];
    private readonly ConcurrentDictionary<VersionedFile, bool> told = new();

    private VersionRunner(Repository repository, VersionPlan plan, IRemoteStorage storage, int throttle, Action<TransferResult, DataVersionException?> done, OperationContext context)
    {
        (this.repository, this.plan, this.done, this.context) = (repository, plan, done, context);
        remote = new RemoteObjects(plan.Remote, storage);
        lookup = new VersionLookup(repository, plan.Remote, storage, context);
        channel = new RemoteChannel(repository, plan.Remote, storage, throttle, context);
        progress = new ProgressCount(plan.Direction == TransferDirection.Push ? "Pushing" : "Fetching", plan.Files.Count, plan.Bytes, context);
    }

    /// <summary>Transfers what was planned. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="storage">The storage the plan was made with.</param>
    /// <param name="throttle">Most files at a time; 0 for what the remote's <c>jobs</c> or the storage says.</param>
    /// <param name="done">Receives every outcome, the plan's problems first, with the error where there is one; called from any thread.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <exception cref="DataVersionException">RemoteFailed: the storage cannot be used any more, or keeps no versions; what was
    /// not transferred has been reported as failed, and what was is recorded.</exception>
    public static Task RunAsync(Repository repository, VersionPlan plan, IRemoteStorage storage, int throttle, Action<TransferResult, DataVersionException?> done, OperationContext context) =>
        new VersionRunner(repository, plan, storage, throttle, done, context).RunAsync();

    private async Task RunAsync()
    {
        foreach (var problem in plan.Problems)
            done(problem.Result, problem.Error);
        var isPush = plan.Direction == TransferDirection.Push;
        using var copies = new VerifiedCopies(context, progress.AddBytes);
        try
        {
            if (plan.TriesFirst && plan.Files.Count > 0)
                await lookup.TryVersionsAsync().ConfigureAwait(false);
            await Parallel.ForEachAsync(plan.Files.OrderByDescending(file => file.Item.Size),
                new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = channel.Width },
                (file, token) => isPush ? PushAsync(file, copies, token) : FetchAsync(file, copies, token)).ConfigureAwait(false);
            FaultPoint.Reach(isPush ? "push.files" : "fetch.files");
            foreach (var (manifest, path) in plan.Manifests)
                Store(manifest, path);
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.RemoteFailed)
        {
            // Every outcome is told, and the reason once.
            foreach (var file in plan.Files.Where(file => !told.ContainsKey(file)))
                Report(file, TransferOutcome.Failed, null, error.Message);
            throw;
        }
        finally
        {
            if (isPush && (!versions.IsEmpty || plan.Found.Count > 0))
                new VersionRecorder(repository, plan.Remote).Record([.. plan.Found, .. versions], NotRecorded);
            repository.Stats.Save();
        }
        FaultPoint.Reach(isPush ? "push.done" : "fetch.done");
    }

    private async ValueTask PushAsync(VersionedFile file, VerifiedCopies copies, CancellationToken token)
    {
        var path = repository.Stores.PathOf(file.Item.Hash);
        try
        {
            progress.ItemBegun(file.Item.Path);
            var upload = new RemoteUpload(path, file.Item.Size, file.Item.Hash, copies);
            await channel.SendAsync(file.Key, upload, progress.AddBytes, token).ConfigureAwait(false);
            versions.Add(new FoundVersion(file, await lookup.SentAsync(file.Key, upload, token).ConfigureAwait(false)));
            FaultPoint.Reach("push.object");
            Report(file, TransferOutcome.Transferred, null);
        }
        catch (Exception error) when (IsOfOneFile(error))
        {
            var described = FileErrors.Describe(error, path, "push", $" to '{remote.Storage.Place}'");
            // What the hash on the way showed, the verifier confirms, and takes the bad object out of the cache.
            if (described.Kind is DataErrorKind.ObjectCorrupt or DataErrorKind.PathNotFound
                && repository.Verifier.Verify(file.Item.Hash, always: true, context.Cancellation).Error is { } verdict)
                described = verdict;
            Report(file, TransferPlanner.OutcomeOf(described), described);
        }
    }

    private async ValueTask FetchAsync(VersionedFile file, VerifiedCopies copies, CancellationToken token)
    {
        try
        {
            progress.ItemBegun(file.Item.Path);
            await ReceiveAsync(file, copies, token).ConfigureAwait(false);
            FaultPoint.Reach("fetch.object");
            Report(file, TransferOutcome.Transferred, null);
        }
        catch (Exception error) when (IsOfOneFile(error))
        {
            var described = FileErrors.Describe(error, file.Item.Path, "fetch", $" from '{remote.Storage.Place}'");
            Report(file, TransferPlanner.OutcomeOf(described), described);
        }
    }

    // What one version has lost another one may have.
    private async Task ReceiveAsync(VersionedFile file, VerifiedCopies copies, CancellationToken token)
    {
        var receiver = new ObjectReceiver(repository, remote, channel, copies, progress.AddBytes);
        string[] keys = [file.Key, .. file.OtherKeys];
        for (var i = 0; ; i++)
            try
            {
                await receiver.ReceiveAsync(file.Item, keys[i], token).ConfigureAwait(false);
                return;
            }
            catch (DataVersionException error) when (error.Kind is DataErrorKind.ObjectMissing or DataErrorKind.ObjectCorrupt && i < keys.Length - 1)
            {
                context.Trace($"Another version is tried: {error.Message}");
            }
    }

    // Not counted: it does not travel.
    private void Store(Objects.Manifest manifest, string path)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        try
        {
            repository.Stores.Current.Add(manifest);
            FaultPoint.Reach("fetch.manifest");
        }
        catch (DataVersionException error)
        {
            done(plan.Result(new TransferItem(manifest.Hash, path, -1), TransferOutcome.Failed, error.Message), error);
        }
    }

    private void NotRecorded(string metadataPath, DataVersionException error)
    {
        foreach (var version in versions.Concat(plan.Found).Where(version => version.File.Output.MetadataPath == metadataPath))
            done(plan.Result(version.File.Item, TransferOutcome.Failed, $"It is on the remote, but '{metadataPath}' could not be written."), error);
    }

    private static bool IsOfOneFile(Exception error) =>
        error is DataVersionException { Kind: not DataErrorKind.RemoteFailed } or IOException or UnauthorizedAccessException;

    private void Report(VersionedFile file, TransferOutcome outcome, DataVersionException? error, string? reason = null)
    {
        told[file] = true;
        done(plan.Result(file.Item, outcome, reason ?? error?.Message), error);
        progress.ItemDone(file.Item.Path);
    }
}
