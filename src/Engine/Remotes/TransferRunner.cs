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
    private readonly Repository repository;
    private readonly TransferPlan plan;
    private readonly RemoteObjects remote;
    private readonly Action<TransferResult, DataVersionException?> done;
    private readonly OperationContext context;
    private readonly ParallelOptions parallel;
    private readonly ProgressCount progress;
    private readonly ConcurrentDictionary<ContentHash, bool> arrived = new();

    private TransferRunner(Repository repository, TransferPlan plan, IRemoteStorage storage, int throttle,
        Action<TransferResult, DataVersionException?> done, OperationContext context)
    {
        (this.repository, this.plan, this.done, this.context) = (repository, plan, done, context);
        remote = new RemoteObjects(plan.Remote, storage);
        parallel = new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = throttle };
        progress = new ProgressCount(plan.Direction == TransferDirection.Push ? "Pushing" : "Fetching", plan.Count, plan.Bytes, context);
    }

    /// <summary>Transfers what was planned. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">What to do.</param>
    /// <param name="storage">The storage the plan was made with.</param>
    /// <param name="throttle">Most objects at a time; 0 for what the remote's <c>jobs</c> or the storage says.</param>
    /// <param name="done">Receives every outcome, the plan's problems first, with the error where there is one; called from any thread.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <exception cref="DataVersionException">RemoteFailed: the storage cannot be used any more.</exception>
    public static Task RunAsync(Repository repository, TransferPlan plan, IRemoteStorage storage, int throttle,
        Action<TransferResult, DataVersionException?> done, OperationContext context) =>
        new TransferRunner(repository, plan, storage, Throttle(plan.Remote, storage, throttle), done, context).RunAsync();

    internal static int Throttle(Repositories.RemoteConfiguration remote, IRemoteStorage storage, int asked) =>
        asked > 0 ? asked : int.TryParse(remote.Get("jobs"), out var jobs) && jobs > 0 ? jobs : storage.Traits.Connections;

    private async Task RunAsync()
    {
        foreach (var problem in plan.Problems)
            done(problem.Result, problem.Error);
        using var copies = new VerifiedCopies(context, progress.AddBytes);
        var isPush = plan.Direction == TransferDirection.Push;
        try
        {
            var alone = isPush ? PushInLanes(plan.Files) : FetchInLanes(plan.Files);
            // Large ones first, so that none is left over at the end.
            await Parallel.ForEachAsync(alone.OrderByDescending(f => f.Size), parallel, (item, token) =>
                isPush ? PushAsync(item, copies, token) : FetchAsync(item, copies, token)).ConfigureAwait(false);
            FaultPoint.Reach(isPush ? "push.files" : "fetch.files");
            if (isPush)
                await Parallel.ForEachAsync(plan.Trees, parallel, (tree, token) => PushAsync(tree, copies, token)).ConfigureAwait(false);
            else
                foreach (var tree in plan.Trees)
                    Store(tree);
            FaultPoint.Reach(isPush ? "push.done" : "fetch.done");
        }
        finally
        {
            repository.Stats.Save();
        }
    }

    // Both give the files that must go one by one.
    private IReadOnlyList<TransferItem> PushInLanes(IReadOnlyList<TransferItem> files)
    {
        if (files.Count == 0 || remote.Storage.LocalPathOf(RemoteKeys.Of(files[0].Hash)) is null)
            return files;
        return CopyInLanes(files, item =>
        {
            var (source, key) = (repository.Stores.PathOf(item.Hash), RemoteKeys.Of(item.Hash));
            string? target = null;
            return new CopyRequest(item.Hash, source, () => Path.GetDirectoryName(target = remote.Storage.PreparePathOf(key)!)!, made =>
            {
                made.SetMode(FileModes.Object);
                FaultPoint.Reach("push.copied");
                made.Replace(target!);
            }, found => RemoteUpload.Wrong(source, found, item.Hash), error => Pushed(item, source, error));
        });
    }

    private IReadOnlyList<TransferItem> FetchInLanes(IReadOnlyList<TransferItem> files)
    {
        if (files.Count == 0 || remote.Storage.LocalPathOf(RemoteKeys.Of(files[0].Hash)) is null)
            return files;
        return CopyInLanes(files, item =>
        {
            var store = repository.Stores.For(item.Hash.Algorithm);
            return new CopyRequest(item.Hash, remote.Storage.LocalPathOf(RemoteKeys.Of(item.Hash))!, () => store.EnsureFolder(item.Hash), made =>
            {
                FaultPoint.Reach("fetch.received");
                var path = store.PathOf(item.Hash);
                if (Publish(() => store.TryPublish(made, item.Hash), item.Hash))
                    repository.Stats.Record(path, made.StatAs(path), item.Hash);
            }, found => remote.Corrupt(item.Hash, found), error => Fetched(item, store.PathOf(item.Hash), error));
        });
    }

    private IReadOnlyList<TransferItem> CopyInLanes(IReadOnlyList<TransferItem> files, Func<TransferItem, CopyRequest> describe)
    {
        // Legacy texts have another hash than their bytes.
        var plain = files.Where(f => f.Hash.Algorithm == ContentHashAlgorithm.Md5).ToList();
        new CopyBatch(context, progress.AddBytes).Run(plain.Count, i => plain[i].Size, i => describe(plain[i]), parallel.MaxDegreeOfParallelism, IsOfOneObject);
        return plain.Count == files.Count ? [] : [.. files.Where(f => f.Hash.Algorithm != ContentHashAlgorithm.Md5)];
    }

    private ValueTask PushAsync(TransferTree tree, VerifiedCopies copies, CancellationToken token)
    {
        if (tree.Obstacle is null && tree.Awaited.All(arrived.ContainsKey))
            return PushAsync(tree.Item, copies, token);
        var reason = tree.Obstacle is null
            ? "Some of its files could not be transferred."
            : $"'{tree.Item.Path}/{tree.Obstacle}' is on neither side.";
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
            await remote.Storage.PutAsync(RemoteKeys.Of(item.Hash), new RemoteUpload(path, item.Size, item.Hash, copies, progress.AddBytes), token)
                .ConfigureAwait(false);
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
        var store = repository.Stores.For(item.Hash.Algorithm);
        var path = store.PathOf(item.Hash);
        string? temporary = null;
        try
        {
            temporary = AtomicFile.TemporaryName(store.EnsureFolder(item.Hash));
            var found = await ReceiveAsync(item.Hash, temporary, copies, token).ConfigureAwait(false);
            if (found.Hex != item.Hash.Hex)
                throw remote.Corrupt(item.Hash, found);
            FaultPoint.Reach("fetch.received");
            if (Publish(() => store.TryPublish(temporary, item.Hash), item.Hash))
                repository.Stats.Record(path, FileStat.Read(path, followLinks: true), found);
            Fetched(item, path, null);
        }
        catch (Exception error) when (IsOfOneObject(error))
        {
            Fetched(item, path, error);
        }
        finally
        {
            if (temporary is not null)
                FileRemoval.Try(temporary);
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
        Report(item, TransferPlanner.OutcomeOf(described), described);
    }

    private async ValueTask<ContentHash> ReceiveAsync(ContentHash hash, string temporary, VerifiedCopies copies, CancellationToken token)
    {
        var key = RemoteKeys.Of(hash);
        if (remote.Storage.LocalPathOf(key) is { } local)
            return copies.Copy(local, temporary, hash.Algorithm);
        ContentHash found;
        var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
        await using (var stream = new HashingStream(file, progress.AddBytes))
        {
            await remote.Storage.GetAsync(key, stream, ByteRange.Whole, token).ConfigureAwait(false);
            found = stream.CurrentHash();
        }
        return hash.Algorithm == ContentHashAlgorithm.Md5 ? found : copies.Hash(temporary, hash.Algorithm);
    }

    // Another process may have stored the object meanwhile: a good one stays (false), a bad one goes to quarantine.
    private bool Publish(Func<bool> tryPublish, ContentHash hash)
    {
        for (var attempt = 0; !tryPublish(); attempt++)
        {
            var check = repository.Verifier.Verify(hash, cancellation: context.Cancellation);
            if (check.Verdict == ObjectVerdict.Good)
                return false;
            if (attempt == 3 || check.Verdict == ObjectVerdict.Unreadable)
                throw check.Error!;
        }
        return true;
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

    private static bool IsOfOneObject(Exception error) =>
        error is DataVersionException { Kind: not DataErrorKind.RemoteFailed } or IOException or UnauthorizedAccessException;

    private void Report(TransferItem item, TransferOutcome outcome, DataVersionException? error)
    {
        done(plan.Result(item, outcome, error?.Message), error);
        progress.ItemDone(item.Path);
    }
}
