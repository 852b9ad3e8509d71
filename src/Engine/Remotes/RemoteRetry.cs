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
    public static Task<T> RunAsync<T>(IRemoteStorage storage, Func<CancellationToken, Task<T>> call, OperationContext context, CancellationToken cancellation) =>
        RunAsync(storage, (token, _) => call(token), context, cancellation);

    private static async Task<T> RunAsync<T>(IRemoteStorage storage, Func<CancellationToken, Action, Task<T>> call, OperationContext context, CancellationToken cancellation)
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

    /// <summary>Reads a value into memory, however long it takes as long as bytes come.</summary>
    public static Task<byte[]> ReadAsync(IRemoteStorage storage, string key, OperationContext context) => RunAsync(storage, async (token, passed) =>
    {
        var content = new PassedBytes(passed);
        await storage.GetAsync(key, content, ByteRange.Whole, token).ConfigureAwait(false);
        return content.ToArray();
    }, context, context.Cancellation);

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
            catch (OperationCanceledException error) when (!context.Cancellation.IsCancellationRequested)
            {
                if (attempt == Attempts)
                    throw new TransientRemoteException($"'{storage.Place}' stopped in the middle of a listing, again and again.", storage.Place, error);
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

    private static async Task<T> CallAsync<T>(Func<CancellationToken, Action, Task<T>> call, TimeSpan most, string place, CancellationToken cancellation)
    {
        using var watch = new StallWatch(most, cancellation);
        try
        {
            return await call(watch.Token, watch.Pass).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientRemoteException($"'{place}' did not answer within {most.TotalSeconds:0} s.", place, error);
        }
    }

    private sealed class PassedBytes(Action passed) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            passed();
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            base.Write(buffer, offset, count);
            passed();
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }
    }
}
