using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>Threads that move one value after the other.</summary>
public sealed class TransferThreadTests
{
    [Fact]
    public async Task Each_item_is_taken_once_on_a_thread_that_may_block()
    {
        var seen = new System.Collections.Concurrent.ConcurrentBag<int>();

        await TransferThread.RunAsync([.. Enumerable.Range(0, 1000)], () => 4, (i, _) =>
        {
            Assert.True(TransferThread.IsCurrent);
            seen.Add(i);
            return ValueTask.CompletedTask;
        }, default);

        Assert.Equal(Enumerable.Range(0, 1000), seen.Order());
        Assert.False(TransferThread.IsCurrent);
    }

    [Fact]
    public async Task There_are_as_many_threads_as_are_wanted_just_now()
    {
        int wanted = 1, running = 0, most = 0, done = 0;

        await TransferThread.RunAsync([.. Enumerable.Range(0, 200)], () => Volatile.Read(ref wanted), async (_, _) =>
        {
            var now = Interlocked.Increment(ref running);
            if (Volatile.Read(ref done) > 150)
                // Those that are too many have left by now.
                Assert.InRange(now, 1, 2);
            else
                most = Math.Max(most, now);
            await Task.Delay(2);
            Interlocked.Decrement(ref running);
            Volatile.Write(ref wanted, Interlocked.Increment(ref done) switch { < 20 => 1, < 100 => 5, _ => 2 });
        }, default);

        Assert.Equal(200, done);
        Assert.Equal(5, most);
    }

    [Fact]
    public async Task The_first_failure_ends_the_others_and_is_thrown()
    {
        var done = 0;

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => TransferThread.RunAsync([.. Enumerable.Range(0, 100_000)], () => 4, async (i, token) =>
        {
            if (i == 10)
                throw new InvalidDataException("ten");
            await Task.Delay(1, token);
            Interlocked.Increment(ref done);
        }, default));

        Assert.Equal("ten", error.Message);
        Assert.InRange(done, 0, 50_000);
    }

    [Fact]
    public async Task What_is_thrown_by_those_who_are_told_to_stop_does_not_end_the_process()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => TransferThread.RunAsync([1, 2, 3], () => 2, (i, token) =>
        {
            token.Register(static () => throw new InvalidOperationException("told to stop"));
            throw new InvalidDataException("one");
        }, default));

        Assert.Equal("one", error.Message);
    }

    [Fact]
    public async Task It_can_be_cancelled()
    {
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TransferThread.RunAsync([.. Enumerable.Range(0, 100_000)], () => 2, async (i, token) =>
        {
            if (i == 10)
                stop.Cancel();
            await Task.Delay(1, token);
        }, stop.Token));
    }

    [Fact]
    public Task Of_nothing_nothing_is_made() => TransferThread.RunAsync(Array.Empty<int>(), () => 4, (_, _) => throw new InvalidOperationException(), default);
}
