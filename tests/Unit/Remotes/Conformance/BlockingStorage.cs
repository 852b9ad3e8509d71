using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>A storage that moves small values on threads which block, as transfers do.</summary>
internal sealed class BlockingStorage(IRemoteStorage inner) : IRemoteStorage
{
    public string Place => inner.Place;

    public StorageTraits Traits => inner.Traits;

    public IPartUploads? Parts => inner.Parts;

    public Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation) => inner.FindAsync(key, cancellation);

    public IAsyncEnumerable<RemoteItem> ListAsync(string prefix, CancellationToken cancellation) => inner.ListAsync(prefix, cancellation);

    public Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation) => BlockAsync(() => inner.GetAsync(key, target, range, cancellation));

    public Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation) => BlockAsync(() => inner.PutAsync(key, content, cancellation));

    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => inner.DeleteAsync(key, cancellation);

    public Task<IReadOnlyDictionary<string, DataVersionException>> DeleteManyAsync(IReadOnlyList<string> keys, CancellationToken cancellation) => inner.DeleteManyAsync(keys, cancellation);

    public Task<StorageFacts> ExamineAsync(CancellationToken cancellation) => inner.ExamineAsync(cancellation);

    public Task RequireReadableAsync(CancellationToken cancellation) => inner.RequireReadableAsync(cancellation);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static async Task BlockAsync(Func<Task> call) => await TransferThread.RunAsync([call], () => 1, (made, _) => new ValueTask(made()), CancellationToken.None);
}
