namespace DataVersion.Engine.Remotes;

/// <summary>Ends a call during which no byte passes for too long. Slow is not stalled: every byte begins the time anew.</summary>
internal sealed class StallWatch : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly TimeSpan most;
    private readonly long interval;
    private long lastArmed = Environment.TickCount64;

    /// <summary>Begins to watch.</summary>
    /// <param name="most">Longest time without a byte.</param>
    /// <param name="cancellation">Ends the call too.</param>
    public StallWatch(TimeSpan most, CancellationToken cancellation)
    {
        (this.most, interval) = (most, (long)Math.Min(1000, most.TotalMilliseconds / 4));
        source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        source.CancelAfter(most);
    }

    /// <summary>Ends when the call has stalled, or is no longer wanted.</summary>
    public CancellationToken Token => source.Token;

    /// <summary>Bytes have passed.</summary>
    public void Pass()
    {
        // Arming a timer for each piece would cost more than the piece.
        var now = Environment.TickCount64;
        if (now - Interlocked.Read(ref lastArmed) < interval)
            return;
        Interlocked.Exchange(ref lastArmed, now);
        try
        {
            source.CancelAfter(most);
        }
        catch (ObjectDisposedException)
        {
            // The last bytes of a call that was given up.
        }
    }

    public void Dispose() => source.Dispose();
}
