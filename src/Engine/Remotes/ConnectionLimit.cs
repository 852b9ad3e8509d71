using System.Diagnostics;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// How many calls to a service run at a time: begins with what suits it, grows as long as more calls bring more, and
/// shrinks when the service asks for it or connections break. A number that the user gave stays as it is.
/// </summary>
internal sealed class ConnectionLimit
{
    /// <summary>An object is worth so many bytes: what a call costs besides its bytes.</summary>
    private const long CallWorth = 64 << 10;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(500);

    private readonly Lock gate = new();
    private readonly LinkedList<TaskCompletionSource> waiting = [];
    private readonly bool isFixed;
    private int used;
    private long windowBegan = Stopwatch.GetTimestamp();
    private long windowWorth;
    private int windowCalls;
    private bool wasFull;
    private double lastRate;
    private int lastLimit;
    private int windowsToRest;

    /// <summary>Makes a limit.</summary>
    /// <param name="begin">Calls at a time to begin with.</param>
    /// <param name="most">Most calls at a time; the same as <paramref name="begin"/> for a limit that stays.</param>
    public ConnectionLimit(int begin, int most)
    {
        Limit = lastLimit = Math.Max(1, Math.Min(begin, most));
        Most = Math.Max(1, most);
        isFixed = Limit == Most;
    }

    /// <summary>Calls at a time now.</summary>
    public int Limit { get; private set; }

    /// <summary>Most calls at a time there will ever be.</summary>
    public int Most { get; }

    /// <summary>Waits until a call may begin.</summary>
    public async Task EnterAsync(CancellationToken cancellation)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (used < Limit)
            {
                used++;
                return;
            }
            wasFull = true;
            turn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            waiting.AddLast(turn);
        }
        await using (cancellation.Register(() =>
        {
            // It has its turn already, or leaves the queue.
            lock (gate)
                if (!waiting.Remove(turn))
                    return;
            turn.TrySetCanceled(cancellation);
        }).ConfigureAwait(false))
            if (TransferThread.IsCurrent)
                turn.Task.GetAwaiter().GetResult();
            else
                await turn.Task.ConfigureAwait(false);
    }

    /// <summary>A call has ended.</summary>
    /// <param name="bytes">What it moved; -1 when it failed.</param>
    public void Leave(long bytes)
    {
        lock (gate)
        {
            used--;
            if (bytes >= 0)
            {
                windowWorth += bytes + CallWorth;
                windowCalls++;
                if (!isFixed)
                    Adapt();
            }
            Admit();
        }
    }

    /// <summary>The service is asked too much, or connections break: half as many.</summary>
    public void Shrink()
    {
        lock (gate)
        {
            if (!isFixed && windowsToRest < 8)
            {
                Limit = lastLimit = Math.Max(1, Limit / 2);
                (lastRate, windowsToRest) = (0, 10);
                BeginWindow();
            }
        }
    }

    private void Admit()
    {
        while (used < Limit && waiting.First is { } first)
        {
            waiting.RemoveFirst();
            used++;
            first.Value.SetResult();
        }
    }

    private void Adapt()
    {
        var elapsed = Stopwatch.GetElapsedTime(windowBegan);
        if (elapsed < Window || windowCalls < Limit)
            return;
        var rate = windowWorth / elapsed.TotalSeconds;
        // When nobody had to wait, more would not be used.
        if (windowsToRest > 0)
            windowsToRest--;
        else if (wasFull)
        {
            if (Limit > lastLimit && rate < lastRate * 1.05)
            {
                // The last step up brought nothing.
                Limit = lastLimit;
                windowsToRest = 10;
            }
            else
            {
                lastLimit = Limit;
                Limit = Math.Min(Most, Limit + Math.Max(1, Limit / 2));
            }
            lastRate = rate;
        }
        BeginWindow();
    }

    private void BeginWindow()
    {
        (windowBegan, windowWorth, windowCalls, wasFull) = (Stopwatch.GetTimestamp(), 0, 0, waiting.Count > 0);
    }
}
