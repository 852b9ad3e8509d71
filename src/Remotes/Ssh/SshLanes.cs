using System.Collections.Concurrent;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// Threads on which calls to SSH.NET wait. Its calls that block cost a third less processor time than its asynchronous ones,
/// and on the thread pool they would hold up everything else. Threads are made when they are needed and end with this.
/// </summary>
internal sealed class SshLanes(int most) : IDisposable
{
    private readonly BlockingCollection<Action> waiting = [];
    private int threads;
    private int idle;

    /// <summary>Makes a call on one of the threads.</summary>
    public Task<T> RunAsync<T>(Func<T> call)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.Add(() =>
        {
            try
            {
                done.SetResult(call());
            }
            catch (Exception error)
            {
                done.SetException(error);
            }
        });
        if (waiting.Count > Volatile.Read(ref idle))
            AddThread();
        return done.Task;
    }

    /// <summary>Lets the threads end when what waits is done.</summary>
    public void Dispose() => waiting.CompleteAdding();

    private void AddThread()
    {
        if (Interlocked.Increment(ref threads) > most)
        {
            Interlocked.Decrement(ref threads);
            return;
        }
        new Thread(() =>
        {
            while (true)
            {
                Interlocked.Increment(ref idle);
                var taken = waiting.TryTake(out var call, Timeout.Infinite);
                Interlocked.Decrement(ref idle);
                if (!taken)
                    return;
                call!();
            }
        }) { IsBackground = true, Name = "DataVersion SSH" }.Start();
    }
}
