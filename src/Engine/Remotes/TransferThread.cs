using System.Runtime.ExceptionServices;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Threads that move many small values, each one value after the other, and wait for the network themselves. Handed from the pool to the
/// socket and back several times for each value, a transfer takes a third more processor time. Code that runs on such a thread may block; it
/// asks by <see cref="IsCurrent"/>, and goes on without waiting for a thread of the pool wherever there is a way that blocks.
/// </summary>
public static class TransferThread
{
    [ThreadStatic]
    private static bool isCurrent;

    /// <summary>True on a thread that may block.</summary>
    public static bool IsCurrent => isCurrent;

    /// <summary>Does something for each item. The first failure ends the others' and is thrown.</summary>
    /// <param name="items">The items; taken one by one.</param>
    /// <param name="wanted">How many threads there should be just now; asked after each item.</param>
    /// <param name="work">What is done; its token ends when another one has failed.</param>
    /// <param name="cancellation">Ends all of it.</param>
    internal static async Task RunAsync<T>(IReadOnlyCollection<T> items, Func<int> wanted, Func<T, CancellationToken, ValueTask> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var next = items.GetEnumerator();
        ExceptionDispatchInfo? failure = null;
        var (running, left) = (0, items.Count);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Adjust(0);
        await ended.Task.ConfigureAwait(false);
        failure?.Throw();
        cancellation.ThrowIfCancellationRequested();

        void Work()
        {
            isCurrent = true;
            try
            {
                while (!stop.IsCancellationRequested && Adjust(1) && TryTake(out var item))
                {
                    var working = work(item, stop.Token);
                    if (!working.IsCompletedSuccessfully)
                        working.AsTask().GetAwaiter().GetResult();
                }
            }
            catch (Exception error)
            {
                Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(error), null);
                Stop();
            }
            lock (stop)
                if (--running == 0)
                    ended.SetResult();
        }

        // An exception that leaves a thread ends the whole process: what those who are told to stop throw is not worth that.
        void Stop()
        {
            try
            {
                stop.Cancel();
            }
            catch (AggregateException)
            {
                // The failure that is under way counts more.
            }
        }

        // Starts what is missing. False for a thread that is one too many: those that wait for their turn would only be in the way.
        bool Adjust(int own)
        {
            lock (stop)
            {
                var most = Math.Max(1, wanted());
                for (; running < most && running - own < left; running++)
                    new Thread(Work) { IsBackground = true, Name = "DataVersion transfer" }.Start();
                if (running == 0)
                    ended.SetResult();
                return running <= most;
            }
        }

        bool TryTake(out T item)
        {
            lock (stop)
            {
                var isThere = next.MoveNext();
                item = isThere ? next.Current : default!;
                left -= isThere ? 1 : 0;
                return isThere;
            }
        }
    }
}
