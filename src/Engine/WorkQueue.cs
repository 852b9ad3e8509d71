using System.Runtime.ExceptionServices;

namespace DataVersion.Engine;

/// <summary>
/// Hands out the numbers 0 to n-1, each once, to several workers. A worker takes as many as it can use at a time: one, or
/// one for each lane of a vector.
/// </summary>
internal sealed class WorkQueue
{
    private readonly int[]? order;
    private readonly CancellationToken cancellation;
    private int taken = -1;
    private volatile ExceptionDispatchInfo? failure;

    private WorkQueue(int count, int[]? order, CancellationToken cancellation)
    {
        Count = count;
        this.order = order;
        this.cancellation = cancellation;
    }

    /// <summary>Number of items in all.</summary>
    public int Count { get; }

    /// <summary>Takes the next item; false when there are no more or another worker failed.</summary>
    /// <exception cref="OperationCanceledException">The operation was cancelled.</exception>
    public bool TryTake(out int index)
    {
        cancellation.ThrowIfCancellationRequested();
        index = failure is null ? Interlocked.Increment(ref taken) : Count;
        if (index >= Count)
            return false;
        if (order is not null)
            index = order[index];
        return true;
    }

    /// <summary>
    /// Runs one worker on this thread and the others on threads of their own until the queue is empty. An exception of a
    /// worker (a cancellation too) ends all of them and is thrown here.
    /// </summary>
    /// <param name="count">Number of items.</param>
    /// <param name="workers">Most workers; 0 or less means one for each processor.</param>
    /// <param name="cancellation">Ends the work between two items.</param>
    /// <param name="worker">Takes items until there are no more.</param>
    /// <param name="order">The order in which items are handed out; null for their own.</param>
    public static void Run(int count, int workers, CancellationToken cancellation, Action<WorkQueue> worker, int[]? order = null)
    {
        if (count == 0)
            return;
        var queue = new WorkQueue(count, order, cancellation);
        var most = Math.Min(workers > 0 ? workers : Environment.ProcessorCount, count);
        var others = new Task[most - 1];
        for (var i = 0; i < others.Length; i++)
            others[i] = Task.Factory.StartNew(() => queue.Guard(worker), CancellationToken.None,
                TaskCreationOptions.LongRunning, TaskScheduler.Default);
        queue.Guard(worker);
        Task.WaitAll(others);
        queue.failure?.Throw();
    }

    private void Guard(Action<WorkQueue> worker)
    {
        try
        {
            worker(this);
        }
        catch (Exception error)
        {
            failure ??= ExceptionDispatchInfo.Capture(error);
        }
    }
}
