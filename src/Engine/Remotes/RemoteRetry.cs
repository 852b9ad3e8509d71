namespace DataVersion.Engine.Remotes;

/// <summary>Repeats a call to a remote that failed for now, later each time, with jitter so that many do not come back at once.
/// Permanent errors are thrown at once.</summary>
internal static class RemoteRetry
{
    /// <summary>Most attempts of one call.</summary>
    internal const int Attempts = 6;

    private const int AttemptsToReach = 3;

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
            // Who has the wrong address is not to wait long for an answer.
            catch (TransientRemoteException error) when (attempt < (error.IsUnreachable ? AttemptsToReach : Attempts))
            {
                context.Trace($"{error.Message} Attempt {attempt} of {Attempts}.");
                await Task.Delay(DelayAfter(attempt, error), cancellation).ConfigureAwait(false);
            }
    }

    /// <summary>Lists what is below a prefix, from the start again when the listing broke off.</summary>
    /// <param name="storage">The storage.</param>
    /// <param name="prefix">Whole parts that end with <c>/</c>; empty for everything.</param>
    /// <param name="context">Cancellation and trace.</param>
    /// <param name="seen">Receives the number of items so far.</param>
    public static async Task<List<RemoteItem>> ListAsync(IRemoteStorage storage, string prefix, OperationContext context, Action<long>? seen = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var watch = new StallWatch(storage.Traits.Stall, context.Cancellation);
            try
            {
                var items = new List<RemoteItem>();
                await foreach (var item in storage.ListAsync(prefix, watch.Token).ConfigureAwait(false))
                {
                    items.Add(item);
                    watch.Pass();
                    seen?.Invoke(items.Count);
                }
                return items;
            }
            catch (OperationCanceledException) when (!context.Cancellation.IsCancellationRequested && attempt < Attempts)
            {
                context.Trace($"'{storage.Place}' stopped in the middle of a listing. Attempt {attempt} of {Attempts}.");
            }
            catch (TransientRemoteException error) when (attempt < Attempts)
            {
                context.Trace($"{error.Message} Attempt {attempt} of {Attempts}.");
                await Task.Delay(DelayAfter(attempt, error), context.Cancellation).ConfigureAwait(false);
            }
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
