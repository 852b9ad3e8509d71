using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes;

/// <summary>A server that ends in the middle of a transfer and comes back: nothing is lost, and the transfer goes on.</summary>
public sealed class S3LossTests
{
    private const int Files = 60;

    [ServerFact("s3")]
    public async Task A_server_that_is_killed_in_the_middle_loses_nothing()
    {
        using var server = TestServer.StartPrivate("s3");
        using var sandbox = new SyncSandbox();
        for (var i = 0; i < Files; i++)
            sandbox.Write($"data/{i:d2}", new string((char)('a' + i % 26), 50_000 + i));
        sandbox.Add("data");
        var all = SyncSandbox.Objects(SyncSandbox.CacheOf(sandbox.Root));

        var pushed = await RunAsync(server, sandbox.Root, TransferDirection.Push);

        Assert.Equal(Files + 1, pushed.Count);
        Assert.All(pushed, r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
        await using (var storage = Open(server))
            Assert.Equal(all, (await ListAsync(storage)).Select(item => item.Key).Order(StringComparer.Ordinal));
        Assert.Empty(await SyncSandbox.SyncAsync(sandbox.Root, TransferDirection.Push, open: _ => Open(server)));

        var two = sandbox.Clone();
        Assert.All(await RunAsync(server, two, TransferDirection.Fetch), r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
        Assert.Equal(all, SyncSandbox.Objects(SyncSandbox.CacheOf(two)));
    }

    // The server is killed when some objects are through, and comes back while the transfer tries again.
    private static async Task<List<TransferResult>> RunAsync(TestServer server, string root, TransferDirection direction)
    {
        var killed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var transfer = SyncSandbox.SyncAsync(root, direction, open: _ => new KillAfter(Open(server), server, killed), throttle: 4);
        await killed.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.False(transfer.IsCompleted);
        server.Revive();
        return await transfer;
    }

    private static IRemoteStorage Open(TestServer server) => RemoteStorages.Open(S3Remotes.At(server, "lost"));

    private static async Task<List<RemoteItem>> ListAsync(IRemoteStorage storage)
    {
        var items = new List<RemoteItem>();
        await foreach (var item in storage.ListAsync("", default))
            items.Add(item);
        return items;
    }

    /// <summary>The storage; its server is killed during a later call that moves content.</summary>
    private sealed class KillAfter(IRemoteStorage inner, TestServer server, TaskCompletionSource killed) : IRemoteStorage
    {
        private int count;

        public string Place => inner.Place;

        public StorageTraits Traits => inner.Traits;

        public IPartUploads? Parts => inner.Parts;

        public Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation) => inner.FindAsync(key, cancellation);

        public IAsyncEnumerable<RemoteItem> ListAsync(string prefix, CancellationToken cancellation) => inner.ListAsync(prefix, cancellation);

        public Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation)
        {
            Count();
            return inner.GetAsync(key, target, range, cancellation);
        }

        public Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation)
        {
            Count();
            return inner.PutAsync(key, content, cancellation);
        }

        public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => inner.DeleteAsync(key, cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();

        private void Count()
        {
            if (Interlocked.Increment(ref count) != 12)
                return;
            server.Kill();
            killed.SetResult();
        }
    }
}
