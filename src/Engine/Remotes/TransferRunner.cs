using System.Collections.Concurrent;
using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Carries out a transfer plan: all files in parallel, then the manifests. A manifest goes to a remote only when every file
/// it lists has arrived, because DVC takes its presence as proof of theirs. In the cache a manifest proves nothing, so a
/// fetched one is kept even if some of its files could not be had. Killed at any moment, both sides hold whole and right
/// objects, and running the same plan again does the rest.
/// </summary>
public sealed class TransferRunner
{
    /// <summary>Most large objects at a time; each of them has several calls.</summary>
    private const int MostLarge = 4;

    private readonly Repository repository;
    private readonly TransferPlan plan;
    private readonly RemoteObjects remote;
    private readonly RemoteChannel channel;
    private readonly Action<TransferResult, DataVersionException?> done;
    private readonly OperationContext context;
    private readonly ProgressCount progress;
    private readonly ConcurrentDictionary<ContentHash, bool> arrived = new();
    private readonly ConcurrentDictionary<ContentHash, bool> told = new();
    private readonly HashSet<ContentHash> gone = [];

    private TransferRunner(Repository repository, TransferPlan plan, IRemoteStorage storage, int throttle,
        Action<TransferResult, DataVersionException?> done, OperationContext context)
    {
        (this.repository, this.plan, this.done, this.context) = (repository, plan, done, context);
        remote = new RemoteObjects(plan.Remote, storage);
        channel = new RemoteChannel(repository, plan.Remote, storage, throttle, context);
        progress = new ProgressCount(plan.Direction == TransferDirection.Push ? "Pushing" : "Fetching", plan.Count, plan.Bytes, context);
    }

    /// <summary>Transfers what was planned. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="storage">The storage the plan was made with.</param>
    /// <param name="throttle">Most objects at a time; 0 for what the remote's <c>jobs</c> or the storage says.</param>
    /// <param name="done">Receives every outcome, the plan's problems first, with the error where there is one; called from any thread.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <exception cref="DataVersionException">RemoteFailed: the storage cannot be used any more; what was not transferred has
    /// been reported as failed.</exception>
    public static Task RunAsync(Repository repository, TransferPlan plan, IRemoteStorage storage, int throttle,
        Action<TransferResult, DataVersionException?> done, OperationContext context) =>
        new TransferRunner(repository, plan, storage, throttle, done, context).RunAsync();

    private async Task RunAsync()
    {
        foreach (var problem in plan.Problems)
            done(problem.Result, problem.Error);
        using var copies = new VerifiedCopies(context, progress.AddBytes);
        var isPush = plan.Direction == TransferDirection.Push;
        try
        {
            await RunFilesAsync(isPush, copies).ConfigureAwait(false);
            FaultPoint.Reach(isPush ? "push.files" : "fetch.files");
            if (isPush)
                await RequireThereAsync().ConfigureAwait(false);
            if (isPush)
                await Parallel.ForEachAsync(plan.Trees, Degree(channel.Width, context.Cancellation), (tree, token) => PushAsync(tree, copies, token)).ConfigureAwait(false);
            else
                foreach (var tree in plan.Trees)
                    Store(tree);
            if (isPush)
            {
                Confirm();
                await channel.ForgetAbandonedAsync(context.Cancellation).ConfigureAwait(false);
            }
            FaultPoint.Reach(isPush ? "push.done" : "fetch.done");
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.RemoteFailed)
        {
            // Every outcome is told, and the reason once.
            foreach (var item in plan.Files.Concat(plan.Trees.Select(t => t.Item)))
                if (!told.ContainsKey(item.Hash))
                    Report(item, TransferOutcome.Failed, null, error.Message);
            throw;
        }
        finally
        {
            repository.Stats.Save();
        }
    }

    private async Task RunFilesAsync(bool isPush, VerifiedCopies copies)
    {
        IReadOnlyList<TransferItem> alone = plan.Files;
        if (alone.Count > 0 && remote.Storage.LocalPathOf(RemoteKeys.Of(alone[0].Hash)) is not null)
            alone = new FolderTransfer(repository, remote, channel.Width, progress, context).Run(plan.Files, isPush, isPush ? Pushed : Fetched, IsOfOneObject);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation);
        await Task.WhenAll(
            RunAsync(Parallel.ForEachAsync(alone.Where(f => f.Size > RemoteChannel.MostInMemory).OrderByDescending(f => f.Size), Degree(MostLarge, stop.Token), MoveAsync)),
            RunAsync(MoveSmallAsync([.. alone.Where(f => f.Size <= RemoteChannel.MostInMemory)]))).ConfigureAwait(false);

        Task MoveSmallAsync(IReadOnlyList<TransferItem> items) => remote.Storage.Traits.CanBlock
            ? TransferThread.RunAsync(items, channel.WidthNow, MoveAsync, stop.Token) : Parallel.ForEachAsync(items, Degree(channel.Width, stop.Token), MoveAsync);

        ValueTask MoveAsync(TransferItem item, CancellationToken token) => isPush ? PushAsync(item, copies, token) : FetchAsync(item, copies, token);

        async Task RunAsync(Task moving)
        {
            try
            {
                await moving.ConfigureAwait(false);
            }
            catch (DataVersionException)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
            // The other half has failed and says why.
            catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested)
            {
            }
        }
    }

    private static ParallelOptions Degree(int most, CancellationToken cancellation) => new() { CancellationToken = cancellation, MaxDegreeOfParallelism = most };

    private ValueTask PushAsync(TransferTree tree, VerifiedCopies copies, CancellationToken token)
    {
        if (tree.Obstacle is null && tree.Awaited.All(arrived.ContainsKey) && !tree.Present.Concat(tree.Awaited).Any(gone.Contains))
            return PushAsync(tree.Item, copies, token);
        var reason = tree.Obstacle is not null ? $"'{tree.Item.Path}/{tree.Obstacle}' is on neither side."
            : gone.Count > 0 ? "Somebody has removed files of it from the remote meanwhile."
            : "Some of its files could not be transferred.";
        Report(tree.Item, TransferOutcome.HeldBack, new DataVersionException(DataErrorKind.TransferFailed,
            $"The manifest of '{tree.Item.Path}' was not pushed to '{plan.Remote.Name}', so that the remote does not claim files it lacks. {reason}",
            tree.Item.Path, "Mend what the other errors say, and push again."));
        return ValueTask.CompletedTask;
    }

    private async ValueTask PushAsync(TransferItem item, VerifiedCopies copies, CancellationToken token)
    {
        var path = repository.Stores.PathOf(item.Hash);
        try
        {
            progress.ItemBegun(item.Path);
            await channel.SendAsync(RemoteKeys.Of(item.Hash), new RemoteUpload(path, item.Size, item.Hash, copies), progress.AddBytes, token).ConfigureAwait(false);
            Pushed(item, path, null);
        }
        catch (Exception error) when (IsOfOneObject(error))
        {
            Pushed(item, path, error);
        }
    }

    private void Pushed(TransferItem item, string path, Exception? error)
    {
        if (error is null)
        {
            arrived[item.Hash] = true;
            FaultPoint.Reach(item.Hash.IsDirectory ? "push.manifest" : "push.object");
            Report(item, TransferOutcome.Transferred, null);
            return;
        }
        var described = FileErrors.Describe(error, path, "push", $" to '{remote.Storage.Place}'");
        // What the hash on the way showed, the verifier confirms, and takes the bad object out of the cache.
        if (described.Kind is DataErrorKind.ObjectCorrupt or DataErrorKind.PathNotFound
            && repository.Verifier.Verify(item.Hash, always: true, context.Cancellation).Error is { } verdict)
            described = verdict;
        Report(item, TransferPlanner.OutcomeOf(described), described);
    }

    private async ValueTask FetchAsync(TransferItem item, VerifiedCopies copies, CancellationToken token)
    {
        var path = repository.Stores.PathOf(item.Hash);
        try
        {
            progress.ItemBegun(item.Path);
            await new ObjectReceiver(repository, remote, channel, copies, progress.AddBytes).ReceiveAsync(item, token).ConfigureAwait(false);
            Fetched(item, path, null);
        }
        catch (Exception error) when (IsOfOneObject(error))
        {
            Fetched(item, path, error);
        }
    }

    private void Fetched(TransferItem item, string path, Exception? error)
    {
        if (error is null)
        {
            FaultPoint.Reach("fetch.object");
            Report(item, TransferOutcome.Transferred, null);
            return;
        }
        var described = FileErrors.Describe(error, path, "fetch", $" from '{remote.Storage.Place}'");
        // It was there when the plan was made: what is remembered of the remote is not true.
        if (described.Kind == DataErrorKind.ObjectMissing)
            RemoteIndex.Of(repository, plan.Remote).Forget();
        Report(item, TransferPlanner.OutcomeOf(described), described);
    }

    private void Store(TransferTree tree)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        try
        {
            repository.Stores.For(tree.Item.Hash.Algorithm).AddBytes(tree.Bytes, isDirectory: true);
            FaultPoint.Reach("fetch.manifest");
            Report(tree.Item, TransferOutcome.Transferred, null);
        }
        catch (DataVersionException error)
        {
            Report(tree.Item, TransferOutcome.Failed, error);
        }
    }

    // Sending takes its time, and somebody may clean the remote meanwhile: what was there when the plan was made, and what has
    // arrived, is looked for once more before a manifest claims it. Where nothing can be listed, nothing is cleaned either.
    private async Task RequireThereAsync()
    {
        if (plan.Files.Count == 0 || !remote.Storage.Traits.CanList)
            return;
        var claimed = plan.Trees.Where(t => t.Obstacle is null && t.Awaited.All(arrived.ContainsKey)).SelectMany(t => t.Awaited.Concat(t.Present)).ToHashSet();
        var there = await remote.FindAsync(claimed, context).ConfigureAwait(false);
        var missing = claimed.Where(hash => !there.ContainsKey(hash)).ToHashSet();
        if (missing.Count > 0)
        {
            // As when a value is read back: another push may have been giving its copy the name just then.
            await Task.Delay(RemoteChannel.Glance, context.Cancellation).ConfigureAwait(false);
            missing.ExceptWith((await remote.FindAsync(missing, context).ConfigureAwait(false)).Keys);
        }
        gone.UnionWith(missing);
        if (gone.Count > 0)
            RemoteIndex.Of(repository, plan.Remote).Forget();
    }

    // A folder of this machine is looked at anew each time: that costs less than remembering.
    private void Confirm()
    {
        if (remote.Storage.LocalPathOf("") is null)
            RemoteIndex.Of(repository, plan.Remote).Confirm(plan.Trees.Select(t => t.Item.Hash).Where(arrived.ContainsKey));
    }

    private static bool IsOfOneObject(Exception error) =>
        error is DataVersionException { Kind: not DataErrorKind.RemoteFailed } or IOException or UnauthorizedAccessException;

    private void Report(TransferItem item, TransferOutcome outcome, DataVersionException? error, string? reason = null)
    {
        told[item.Hash] = true;
        done(plan.Result(item, outcome, reason ?? error?.Message), error);
        progress.ItemDone(item.Path);
    }
}
