namespace DataVersion.Cmdlets.Hosting;

/// <summary>
/// A bounded queue from many threads to one, which takes everything that is there at once: waking the reader for each of a
/// hundred thousand objects would cost more than making them.
/// </summary>
internal sealed class PumpQueue
{
    private const int Capacity = 4096;
    // So many times the reader is woken at once; whoever says more is heard each millisecond.
    private const int PromptWakes = 8;

    private readonly object gate = new();
    private List<Action> waiting = [];
    private List<Action> taken = [];
    private bool completed;
    private bool readerWaits;
    private int calls;

    /// <summary>Adds an action, waiting while the queue is full; nothing is added after the end or after a cancellation.</summary>
    public void Add(Action action, CancellationToken cancellation)
    {
        lock (gate)
        {
            while (waiting.Count >= Capacity && !completed)
            {
                if (cancellation.IsCancellationRequested)
                    return;
                Monitor.Wait(gate, 100);
            }
            if (completed || cancellation.IsCancellationRequested)
                return;
            waiting.Add(action);
            if (readerWaits)
                Monitor.PulseAll(gate);
            readerWaits = false;
        }
    }

    /// <summary>No more is added.</summary>
    public void Complete()
    {
        lock (gate)
        {
            completed = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>
    /// Takes all that waits, after waiting up to a time for something to come; the list is valid until the next call. False
    /// when nothing is left and nothing will come.
    /// </summary>
    public bool TryTakeAll(TimeSpan patience, out IReadOnlyList<Action> actions)
    {
        if (++calls > PromptWakes && taken.Count > 0)
            Thread.Sleep(1);
        lock (gate)
        {
            if (waiting.Count == 0 && !completed)
            {
                readerWaits = true;
                Monitor.Wait(gate, patience);
                readerWaits = false;
            }
            var wasFull = waiting.Count >= Capacity;
            taken.Clear();
            (taken, waiting) = (waiting, taken);
            actions = taken;
            if (wasFull)
                Monitor.PulseAll(gate);
            return taken.Count > 0 || !completed;
        }
    }
}
