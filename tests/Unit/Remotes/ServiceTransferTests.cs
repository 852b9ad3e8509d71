using DataVersion.Engine;
using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>What holds for every service, tried with one in memory.</summary>
public sealed class ServiceTransferTests
{
    private readonly MemoryStorage service = new();

    [Fact]
    public async Task Objects_go_there_and_back()
    {
        using var sandbox = TransferTests.Sample();
        sandbox.Write("big.bin", new string('b', 5_000_000));
        sandbox.Add("big.bin");

        await PushAsync(sandbox.Root);
        var two = sandbox.Clone();
        var fetched = await FetchAsync(two);

        Assert.Equal(SyncSandbox.Objects(SyncSandbox.CacheOf(sandbox.Root)), service.Values.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(6, fetched.Count(r => r.Outcome == TransferOutcome.Transferred));
        Assert.Equal(SyncSandbox.Objects(SyncSandbox.CacheOf(sandbox.Root)), SyncSandbox.Objects(SyncSandbox.CacheOf(two)));
    }

    [Fact]
    public async Task Nothing_to_do_costs_one_question_for_a_folder_and_one_for_each_single_file()
    {
        using var sandbox = TransferTests.Sample();
        await PushAsync(sandbox.Root);
        var before = service.Asked;

        Assert.Empty(await PushAsync(sandbox.Root));

        Assert.Equal(3, service.Asked - before);
    }

    [Fact]
    public async Task What_is_remembered_of_a_remote_is_no_proof()
    {
        using var sandbox = TransferTests.Sample();
        await PushAsync(sandbox.Root);
        var all = service.Values.Keys.Order(StringComparer.Ordinal).ToList();

        // Somebody has cleaned the remote, manifests first.
        service.Values.Clear();
        await PushAsync(sandbox.Root);

        Assert.Equal(all, service.Values.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_file_that_is_missed_ends_the_trust_in_what_is_remembered()
    {
        using var sandbox = TransferTests.Sample();
        await PushAsync(sandbox.Root);
        var lost = service.Values.First(v => v.Value.AsSpan().SequenceEqual("two"u8)).Key;
        service.Values.TryRemove(lost, out _);
        Assert.Empty(await PushAsync(sandbox.Root));
        // Lost, it costs questions; wrong, it is found out by the first who misses something.
        Directory.Delete(Path.Combine(sandbox.Root, ".dvc", "tmp"), recursive: true);

        await PushAsync(sandbox.Root);

        Assert.True(service.Values.ContainsKey(lost));
    }

    [Fact]
    public async Task Bytes_that_change_on_the_way_are_stored_nowhere()
    {
        using var sandbox = TransferTests.Sample();
        await PushAsync(sandbox.Root);
        var key = service.Values.First(v => v.Value.AsSpan().SequenceEqual("two"u8)).Key;
        service.Values[key] = "tw0"u8.ToArray();
        var two = sandbox.Clone();

        var results = await FetchAsync(two);

        Assert.Equal("d/sub/2", Assert.Single(results, r => r.Outcome == TransferOutcome.Corrupt).Path);
        Assert.False(File.Exists(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(two), "two")));
        Assert.DoesNotContain(SyncSandbox.Objects(SyncSandbox.CacheOf(two)), o => o.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_corrupt_object_never_appears_at_the_service()
    {
        using var sandbox = TransferTests.Sample();
        SyncSandbox.Damage(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "two"), "tw0");

        var results = await PushAsync(sandbox.Root);

        Assert.Single(results, r => r.Outcome == TransferOutcome.Corrupt);
        Assert.DoesNotContain(service.Values, v => v.Value.AsSpan().SequenceEqual("tw0"u8));
        Assert.DoesNotContain(service.Values.Keys, k => k.EndsWith(".dir", StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_failure_does_not_stop_the_others_and_the_next_push_does_the_rest()
    {
        using var sandbox = TransferTests.Sample();
        var failures = 0;
        service.BeforeTransfer = key =>
        {
            if (!key.EndsWith(".dir", StringComparison.Ordinal) && Interlocked.Increment(ref failures) == 1)
                throw new IOException("The connection was closed.");
        };

        var results = await PushAsync(sandbox.Root);

        Assert.Contains("closed", Assert.Single(results, r => r.Outcome == TransferOutcome.Failed).Reason);
        Assert.Equal(3, results.Count(r => r.Outcome == TransferOutcome.Transferred && !r.Hash.IsDirectory));
        Assert.All(await PushAsync(sandbox.Root), r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
        Assert.Empty(await PushAsync(sandbox.Root));
    }

    [Fact]
    public async Task A_service_that_cannot_be_used_ends_the_transfer()
    {
        using var sandbox = TransferTests.Sample();
        service.BeforeTransfer = _ => throw new DataVersionException(DataErrorKind.RemoteFailed, "The password is wrong.");

        var error = await Assert.ThrowsAsync<DataVersionException>(() => PushAsync(sandbox.Root));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
    }

    [Fact]
    public async Task Cancelled_in_the_middle_nothing_half_done_is_left()
    {
        using var sandbox = TransferTests.Sample();
        await PushAsync(sandbox.Root);
        var two = sandbox.Clone();
        using var stop = new CancellationTokenSource();
        service.BeforeTransfer = key =>
        {
            if (!key.EndsWith(".dir", StringComparison.Ordinal))
                stop.Cancel();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            using var repository = Repository.Open(two);
            var context = new OperationContext { Cancellation = stop.Token };
            var needs = Assert.Single(NeededObjects.Collect(repository, new SyncSelection(), false, context));
            var plan = await TransferPlanner.PlanFetchAsync(repository, needs, service, context);
            await TransferRunner.RunAsync(repository, plan, service, 0, (_, _) => { }, context);
        });

        Assert.DoesNotContain(SyncSandbox.Objects(SyncSandbox.CacheOf(two)), o => o.EndsWith(".tmp", StringComparison.Ordinal));
        service.BeforeTransfer = _ => { };
        await FetchAsync(two);
        Assert.Equal(5, SyncSandbox.Objects(SyncSandbox.CacheOf(two)).Length);
    }

    private Task<List<TransferResult>> PushAsync(string root) => SyncSandbox.SyncAsync(root, TransferDirection.Push, open: _ => service);

    private Task<List<TransferResult>> FetchAsync(string root) => SyncSandbox.SyncAsync(root, TransferDirection.Fetch, open: _ => service);
}
