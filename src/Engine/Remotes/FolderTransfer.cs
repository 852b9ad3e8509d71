using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;

namespace DataVersion.Engine.Remotes;

/// <summary>Transfers between the cache and a remote that is a folder of this machine: clones, and lanes of a vector for the
/// hashes, instead of streams. What others put on the remote is always hashed.</summary>
internal sealed class FolderTransfer(Repository repository, RemoteObjects remote, int workers, ProgressCount progress, OperationContext context)
{
    /// <summary>Transfers files.</summary>
    /// <param name="files">The files.</param>
    /// <param name="isPush">Cache to remote, or remote to cache.</param>
    /// <param name="done">Receives each file, the path in the cache, and the error where there is one.</param>
    /// <param name="isOfOne">True for errors that end one file only.</param>
    /// <returns>Files that must go one by one: legacy texts, which have another hash than their bytes.</returns>
    public IReadOnlyList<TransferItem> Run(IReadOnlyList<TransferItem> files, bool isPush, Action<TransferItem, string, Exception?> done, Func<Exception, bool> isOfOne)
    {
        var plain = files.Where(f => f.Hash.Algorithm == ContentHashAlgorithm.Md5).ToList();
        new CopyBatch(context, progress.AddBytes).Run(plain.Count, i => plain[i].Size, i => isPush ? Push(plain[i], done) : Fetch(plain[i], done), workers, isOfOne);
        return plain.Count == files.Count ? [] : [.. files.Where(f => f.Hash.Algorithm != ContentHashAlgorithm.Md5)];
    }

    private CopyRequest Push(TransferItem item, Action<TransferItem, string, Exception?> done)
    {
        var (source, key) = (repository.Stores.PathOf(item.Hash), RemoteKeys.Of(item.Hash));
        string? target = null;
        return new CopyRequest(item.Hash, source, () => Path.GetDirectoryName(target = remote.Storage.PreparePathOf(key)!)!, made =>
        {
            made.SetMode(FileModes.Object);
            FaultPoint.Reach("push.copied");
            made.Replace(target!);
        }, found => RemoteUpload.Wrong(source, found, item.Hash), error => done(item, source, error), stat =>
            repository.Stats.TryGet(source, stat, item.Hash.Algorithm, out var verified) && verified == item.Hash);
    }

    private CopyRequest Fetch(TransferItem item, Action<TransferItem, string, Exception?> done)
    {
        var store = repository.Stores.For(item.Hash.Algorithm);
        return new CopyRequest(item.Hash, remote.Storage.LocalPathOf(RemoteKeys.Of(item.Hash))!, () => store.EnsureFolder(item.Hash), made =>
        {
            FaultPoint.Reach("fetch.received");
            ObjectReceiver.Publish(repository, made, item.Hash, context.Cancellation);
        }, found => remote.Corrupt(item.Hash, found), error => done(item, store.PathOf(item.Hash), error), static _ => false);
    }
}
