using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Caching;
using DataVersion.Engine.Remotes;
using DataVersion.Tests.Remotes.Http;
using DataVersion.Tests.Remotes.Servers;
using DataVersion.Tests.Remotes.Ssh;

namespace DataVersion.Tests.Remotes;

/// <summary>
/// What a network and other people do to transfers, against real servers: afterwards nothing is lost, nothing wrong is stored,
/// and running the same command again does the rest only.
/// </summary>
public sealed class RemoteFaultTests : IDisposable
{
    private const int Small = 60;
    private const int Large = 40 << 20;

    private readonly SyncSandbox sandbox = new();
    private readonly SshHome home = new();
    private readonly string prefix = "faults-" + Guid.NewGuid().ToString("N")[..12];
    private readonly byte[] large = RandomNumberGenerator.GetBytes(Large);

    public RemoteFaultTests()
    {
        for (var i = 0; i < Small; i++)
            sandbox.Write(Path.Combine("d", $"{i}"), new string((char)('a' + i % 26), 1000 + i));
        File.WriteAllBytes(Path.Combine(sandbox.Root, "large.bin"), large);
        sandbox.Add("d", "large.bin");
    }

    private string[] Cache => SyncSandbox.Objects(SyncSandbox.CacheOf(sandbox.Root));

    public void Dispose()
    {
        sandbox.Dispose();
        home.Dispose();
    }

    [ServerTheory("s3", "ssh", "webdav")]
    [InlineData("s3")]
    [InlineData("ssh")]
    [InlineData("webdav")]
    public async Task A_server_that_dies_in_the_middle_costs_only_the_rest(string name)
    {
        using var server = TestServer.StartPrivate(name);
        var killed = 0;
        // Nobody goes on while the server is being killed.
        void KillOnce(TransferResult result)
        {
            lock (server)
                if (++killed == 10)
                    server.Kill();
        }
        var first = await SyncAsync(sandbox.Root, TransferDirection.Push, () => Open(server), KillOnce);
        Assert.Contains(first, r => r.Outcome == TransferOutcome.Failed);
        server.Revive();

        var second = await SyncAsync(sandbox.Root, TransferDirection.Push, () => Open(server));

        Assert.All(second, r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
        Assert.True(second.Count < Small + 2, $"{second.Count} objects went again");
        await RequireWholeAsync(() => Open(server));

        // The same on the way back.
        var clone = sandbox.Clone();
        killed = 0;
        var broken = await SyncAsync(clone, TransferDirection.Fetch, () => Open(server), KillOnce);
        Assert.Contains(broken, r => r.Outcome == TransferOutcome.Failed);
        RequireRight(clone);
        server.Revive();
        var rest = await SyncAsync(clone, TransferDirection.Fetch, () => Open(server));
        Assert.All(rest, r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
        Assert.Equal(Cache, SyncSandbox.Objects(SyncSandbox.CacheOf(clone)));
    }

    [ServerTheory("s3", "ssh", "webdav", "http")]
    [InlineData("s3")]
    [InlineData("ssh")]
    [InlineData("webdav")]
    [InlineData("http")]
    public async Task Connections_that_are_cut_again_and_again_are_no_matter(string name)
    {
        var server = TestServer.Get(name);
        await using var proxy = new FaultProxy(server.Address.Host, server.Address.Port) { CutPercent = 5 };
        using var stop = new CancellationTokenSource();
        var cutting = CutAsync(proxy, stop.Token);

        var pushed = await SyncAsync(sandbox.Root, TransferDirection.Push, () => Open(server, proxy.Port));
        var clone = sandbox.Clone();
        var fetched = await SyncAsync(clone, TransferDirection.Fetch, () => Open(server, proxy.Port));
        await stop.CancelAsync();
        await cutting;

        Assert.All(pushed.Concat(fetched), r => Assert.True(r.Outcome == TransferOutcome.Transferred, r.Reason));
        Assert.Equal(Cache, SyncSandbox.Objects(SyncSandbox.CacheOf(clone)));
        RequireRight(clone);
    }

    [ServerTheory("s3", "webdav", "http")]
    [InlineData("s3")]
    [InlineData("webdav")]
    [InlineData("http")]
    public async Task A_byte_that_flips_on_its_way_is_stored_nowhere(string name)
    {
        var server = TestServer.Get(name);
        await using var proxy = new FaultProxy(server.Address.Host, server.Address.Port);
        // Well inside the bytes of the large object, there and back.
        proxy.FlipUpAt = 9_000_000;
        await SyncAsync(sandbox.Root, TransferDirection.Push, () => Open(server, proxy.Port));
        Assert.Equal(0, proxy.FlipUpAt);
        await SyncAsync(sandbox.Root, TransferDirection.Push, () => Open(server));
        await RequireWholeAsync(() => Open(server));

        var clone = sandbox.Clone();
        proxy.Restart();
        proxy.FlipDownAt = 9_000_000;
        var fetched = await SyncAsync(clone, TransferDirection.Fetch, () => Open(server, proxy.Port));

        Assert.Equal(0, proxy.FlipDownAt);
        RequireRight(clone);
        Assert.All(fetched, r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
    }

    [ServerTheory("s3", "ssh", "webdav")]
    [InlineData("s3")]
    [InlineData("ssh")]
    [InlineData("webdav")]
    public async Task Two_pushes_of_the_same_data_at_once_do_not_disturb_each_other(string name)
    {
        var server = TestServer.Get(name);
        var clone = sandbox.Clone();
        CopyCache(clone);

        var both = await Task.WhenAll(SyncAsync(sandbox.Root, TransferDirection.Push, () => Open(server)), SyncAsync(clone, TransferDirection.Push, () => Open(server)));

        Assert.All(both.SelectMany(r => r), r => Assert.Equal((TransferOutcome.Transferred, null), (r.Outcome, r.Reason)));
        await RequireWholeAsync(() => Open(server));
    }

    [Fact]
    public async Task What_is_pushed_while_a_remote_is_cleaned_stays()
    {
        var service = new MemoryStorage();
        // Somebody's clean-up knows nothing of this data: an earlier push of it was given up after its files.
        service.BeforeTransfer = key =>
        {
            if (key.EndsWith(".dir", StringComparison.Ordinal))
                throw new DataVersionException(DataErrorKind.TransferFailed, "No.");
        };
        await SyncAsync(sandbox.Root, TransferDirection.Push, () => service);
        service.BeforeTransfer = _ => { };
        using var other = Repository.Open(sandbox.Make("other"));
        var used = new UsedObjects(OperationContext.Silent);
        var remote = new RemoteObjects(other.Configuration.GetRemote(), service);
        var plan = await RemoteCleanUp.PlanAsync(remote, used, OperationContext.Silent);
        Assert.NotEmpty(plan);

        await SyncAsync(sandbox.Root, TransferDirection.Push, () => service);
        await RemoteCleanUp.RunAsync(remote, plan, used, _ => { }, OperationContext.Silent);
        // Single files have no manifest that speaks for them: the next push sends those again.
        await SyncAsync(sandbox.Root, TransferDirection.Push, () => service);

        await RequireWholeAsync(() => service);
    }

    [Fact]
    public async Task The_files_of_a_manifest_that_cannot_be_removed_stay()
    {
        var service = new MemoryStorage();
        await SyncAsync(sandbox.Root, TransferDirection.Push, () => service);
        var manifest = service.Values.Keys.Single(k => k.EndsWith(".dir", StringComparison.Ordinal));
        var count = service.Values.Count;
        var used = new UsedObjects(OperationContext.Silent);
        using var repository = Repository.Open(sandbox.Root);
        var remote = new RemoteObjects(repository.Configuration.GetRemote(), service);
        var plan = await RemoteCleanUp.PlanAsync(remote, used, OperationContext.Silent);
        var members = Engine.Objects.Manifest.Parse(service.Values[manifest], ContentHashAlgorithm.Md5, "manifest").List.Select(e => RemoteKeys.Of(e.Hash)).ToHashSet();
        service.BeforeDelete = key =>
        {
            if (key == manifest)
                throw new DataVersionException(DataErrorKind.TransferFailed, "It is held.");
        };

        var failures = await RemoteCleanUp.RunAsync(remote, plan, used, _ => { }, OperationContext.Silent);

        Assert.Equal(manifest, Assert.Single(failures).Path);
        Assert.Superset(members, service.Values.Keys.ToHashSet());
        Assert.True(service.Values.Count < count || members.Count == count - 1);
    }

    [Fact]
    public async Task What_is_cleaned_while_it_is_pushed_is_noticed_before_the_manifest_goes()
    {
        var service = new MemoryStorage();
        await SyncAsync(sandbox.Root, TransferDirection.Push, () => service);
        sandbox.Write(Path.Combine("d", "new"), "new");
        sandbox.Add("d");
        Directory.Delete(Path.Combine(sandbox.Root, ".dvc", "tmp"), recursive: true);
        // The push finds the old files there; before its new file has arrived they are gone.
        service.BeforeTransfer = key =>
        {
            foreach (var gone in service.Values.Keys.Where(k => !k.EndsWith(".dir", StringComparison.Ordinal)).Take(5).ToList())
                service.Values.TryRemove(gone, out _);
            service.BeforeTransfer = _ => { };
        };

        var results = await SyncAsync(sandbox.Root, TransferDirection.Push, () => service);

        Assert.Equal(TransferOutcome.HeldBack, results.Single(r => r.Hash.IsDirectory).Outcome);
        await SyncAsync(sandbox.Root, TransferDirection.Push, () => service);
        await RequireWholeAsync(() => service);
    }

    [Fact]
    public async Task Credentials_that_expire_in_the_middle_end_the_push_and_every_outcome_is_told()
    {
        var service = new MemoryStorage();
        var count = 0;
        service.BeforeTransfer = _ =>
        {
            if (Interlocked.Increment(ref count) > 20)
                throw new DataVersionException(DataErrorKind.RemoteFailed, "The token has expired.");
        };
        var results = new List<TransferResult>();

        var error = await Assert.ThrowsAsync<DataVersionException>(() => SyncSandbox.SyncAsync(sandbox.Root, TransferDirection.Push, open: _ => service, results: results));

        Assert.Contains("expired", error.Message);
        Assert.Equal(Small + 2, results.Count);
        var sent = results.Count(r => r.Outcome == TransferOutcome.Transferred);
        Assert.InRange(sent, 10, 20);
        service.BeforeTransfer = _ => { };
        Assert.Equal(Small + 2 - sent, (await SyncAsync(sandbox.Root, TransferDirection.Push, () => service)).Count);
        await RequireWholeAsync(() => service);
    }

    [LoopFact("ext4")]
    public async Task A_disk_that_fills_up_while_pulling_keeps_what_is_right()
    {
        var service = new MemoryStorage();
        await SyncAsync(sandbox.Root, TransferDirection.Push, () => service);
        using var disk = new LoopMount("ext4", 30);
        var clone = sandbox.Clone();
        var cache = disk.PathOf("cache");
        File.AppendAllText(Path.Combine(clone, ".dvc", "config"), $"[cache]\n    dir = {cache}\n");

        var results = await SyncAsync(clone, TransferDirection.Fetch, () => service);

        Assert.Contains("full", results.Single(r => r.Path == "large.bin").Reason);
        RequireRight(clone, cache);
        // What does not fit keeps no room from what does.
        var again = await SyncAsync(clone, TransferDirection.Fetch, () => service);
        Assert.Equal("large.bin", again.Single(r => r.Outcome == TransferOutcome.Failed).Path);
        Assert.Equal(Small + 1, SyncSandbox.Objects(cache).Length);
    }

    private static async Task CutAsync(FaultProxy proxy, CancellationToken stop)
    {
        try
        {
            // Fewer times than a value is tried: what cannot go in parts begins anew each time.
            for (var times = 0; times < 4; times++)
            {
                await Task.Delay(Random.Shared.Next(200, 600), stop);
                proxy.CutAll();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private IRemoteStorage Open(TestServer server, int? port = null)
    {
        switch (server.Name)
        {
            case "s3":
                return DataVersion.Remotes.RemoteStorages.Open(S3Remotes.At(server, prefix, port));
            case "ssh":
                home.Trust(server);
                return home.Open($"ssh://{server["user"]}@{server["host"]}:{port ?? server.Address.Port}{server["root"]}/{prefix}", ("keyfile", server["key"]));
            case "webdav":
                return HttpRemotes.Open(HttpRemotes.Url(server, "dav", prefix, port).Replace("http:", "webdav:", StringComparison.Ordinal), ("user", server["user"]), ("password", server["password"]));
            default:
                return HttpRemotes.Open(HttpRemotes.Url(server, "basic", prefix, port), ("auth", "basic"), ("user", server["user"]), ("password", server["password"]), ("method", "PUT"));
        }
    }

    // A service that is gone ends the command; what was told before is what matters here.
    private static async Task<List<TransferResult>> SyncAsync(string root, TransferDirection direction, Func<IRemoteStorage> open, Action<TransferResult>? told = null)
    {
        var results = new List<TransferResult>();
        using var repository = Repository.Open(root);
        var needs = Assert.Single(NeededObjects.Collect(repository, new SyncSelection(), direction == TransferDirection.Push, OperationContext.Silent));
        await using var storage = open();
        var plan = direction == TransferDirection.Push ? await TransferPlanner.PlanPushAsync(repository, needs, storage, OperationContext.Silent)
            : await TransferPlanner.PlanFetchAsync(repository, needs, storage, OperationContext.Silent);
        try
        {
            await TransferRunner.RunAsync(repository, plan, storage, 0, (result, _) =>
            {
                lock (results)
                    results.Add(result);
                told?.Invoke(result);
            }, OperationContext.Silent);
        }
        catch (DataVersionException error) when (error.Kind == DataErrorKind.RemoteFailed && told is not null)
        {
        }
        return results;
    }

    // Every object that the data needs is there, and right by its bytes.
    private async Task RequireWholeAsync(Func<IRemoteStorage> open)
    {
        using var repository = Repository.Open(sandbox.Root);
        var needs = Assert.Single(NeededObjects.Collect(repository, new SyncSelection(), true, OperationContext.Silent));
        var wrong = new List<RemoteVerdict>();
        await using var storage = open();
        var sum = await RemoteAudit.RunAsync(repository, needs, storage, download: true, 0, verdict =>
        {
            lock (wrong)
                if (!verdict.IsGood)
                    wrong.Add(verdict);
        }, OperationContext.Silent);
        Assert.Empty(wrong);
        Assert.Equal(RemoteVerdictKind.Good, sum.Verdict);
    }

    // Whatever has the name of an object has its bytes.
    private static void RequireRight(string root, string? cache = null)
    {
        cache ??= SyncSandbox.CacheOf(root);
        foreach (var path in SyncSandbox.Objects(cache).Where(o => !o.EndsWith(".tmp", StringComparison.Ordinal)))
        {
            var parts = path.Split(Path.DirectorySeparatorChar);
            Assert.Equal(parts[^2] + parts[^1].Replace(".dir", "", StringComparison.Ordinal), Convert.ToHexStringLower(MD5.HashData(File.ReadAllBytes(Path.Combine(cache, path)))));
        }
    }

    private void CopyCache(string clone)
    {
        foreach (var path in Cache)
        {
            var target = Path.Combine(SyncSandbox.CacheOf(clone), path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(SyncSandbox.CacheOf(sandbox.Root), path), target);
        }
    }
}
