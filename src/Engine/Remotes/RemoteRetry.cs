namespace DataVersion.Engine.Remotes;

/// <summary>Repeats a call to a remote that failed for now, later each time, with jitter so that many do not come back at once.
/// Permanent errors are thrown at once.</summary>
internal static class RemoteRetry
{
    /// <summary>Most attempts of one call.</summary>
    internal const int Attempts = 6;

    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(20);

    /// <summary>Makes a call that moves no content: asks, lists, deletes.</summary>
    public static async Task<T> RunAsync<T>(IRemoteStorage storage, Func<CancellationToken, Task<T>> call, OperationContext context, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
            try
            {
                return await CallAsync(call, storage.Traits.Stall, storage.Place, cancellation).ConfigureAwait(false);
            }
            catch (TransientRemoteException error) when (attempt < Attempts)
            {
                context.Trace($"{error.Message} Attempt {attempt} of {Attempts}.");
                await Task.Delay(DelayAfter(attempt, error), cancellation).ConfigureAwait(false);
            }
    }

    /// <summary>How long to wait after an attempt, numbered from 1.</summary>
    public static TimeSpan DelayAfter(int attempt, TransientRemoteException error)
    {
        var most = Math.Min(Most.TotalMilliseconds, Least.TotalMilliseconds * Math.Pow(2.5, attempt - 1));
        var delay = TimeSpan.FromMilliseconds(most * (0.5 + Random.Shared.NextDouble() / 2));
        return error.RetryAfter is { } asked && asked > delay ? (asked < TimeSpan.FromMinutes(2) ? asked : TimeSpan.FromMinutes(2)) : delay;
    }

    private static async Task<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, TimeSpan most, string place, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(most);
        try
        {
            return await call(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientRemoteException($"'{place}' did not answer within {most.TotalSeconds:0} s.", place, error);
        }
    }
}
