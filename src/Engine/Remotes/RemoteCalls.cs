namespace DataVersion.Engine.Remotes;

/// <summary>
/// The calls of one command to one service: within the limit of connections, watched for stalls, repeated when they failed
/// for now. When nothing at all works any more the service is given up, so that nobody waits for the rest one by one.
/// </summary>
internal sealed class RemoteCalls(IRemoteStorage storage, ConnectionLimit limit, OperationContext context)
{
    /// <summary>So many failures in a row, without one success in between, for so long: the service is gone.</summary>
    private const int MostFailures = 24;

    /// <summary>Bytes per second: a connection that is slower than this has stalled.</summary>
    private const double LeastRate = 32 << 10;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private readonly Lock gate = new();
    private int failures;
    private long lastSuccess = Environment.TickCount64;

    /// <summary>The limit of connections.</summary>
    public ConnectionLimit Limit => limit;

    /// <summary>Makes a call that moves content.</summary>
    /// <param name="call">Gets a watch to tell of bytes that pass; gives the number of bytes it moved. Called again after a
    /// failure that may pass.</param>
    /// <param name="what">What it is about.</param>
    /// <param name="size">Bytes that it may move without telling of each piece.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DataVersionException">What the service said; RemoteFailed when it is gone.</exception>
    public async Task RunAsync(Func<StallWatch, Task<long>> call, string what, long size, CancellationToken cancellation)
    {
        var patience = storage.Traits.Stall + TimeSpan.FromSeconds(size / LeastRate);
        for (var attempt = 1; ; attempt++)
        {
            TransientRemoteException failure;
            await limit.EnterAsync(cancellation).ConfigureAwait(false);
            long moved = -1;
            try
            {
                using var watch = new StallWatch(patience, cancellation);
                try
                {
                    moved = await call(watch).ConfigureAwait(false);
                    Succeeded();
                    return;
                }
                catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
                {
                    throw new TransientRemoteException($"'{storage.Place}' did nothing for {patience.TotalSeconds:0} s ({what}).", what, error);
                }
            }
            catch (TransientRemoteException error)
            {
                failure = error;
            }
            finally
            {
                limit.Leave(moved);
            }
            limit.Shrink();
            RequireHope(failure);
            context.Trace($"{failure.Message} Attempt {attempt} of {RemoteRetry.Attempts}.");
            if (attempt == RemoteRetry.Attempts)
                throw failure;
            await Task.Delay(RemoteRetry.DelayAfter(attempt, failure), cancellation).ConfigureAwait(false);
        }
    }

    private void Succeeded()
    {
        lock (gate)
            (failures, lastSuccess) = (0, Environment.TickCount64);
    }

    private void RequireHope(TransientRemoteException failure)
    {
        lock (gate)
            if (++failures < MostFailures || Environment.TickCount64 - lastSuccess < Patience.TotalMilliseconds)
                return;
        throw new DataVersionException(DataErrorKind.RemoteFailed, $"'{storage.Place}' does not work any more: {failure.Message}", storage.Place,
            "When it works again, run the command again: it does the rest only.", failure);
    }
}
