namespace DataVersion.Engine.Hashing;

/// <summary>
/// Hashes many files at once. This is the one place where workspace files and objects are hashed in bulk; how a worker
/// hashes the files it takes from the queue (one after the other, or several in the lanes of a vector) is its own business.
/// </summary>
public static class HashPipeline
{
    // Files from this size on are begun first, longest first.
    private const long Large = 8L << 20;

    /// <summary>Hashes files and reports each as it is known.</summary>
    /// <param name="requests">The files.</param>
    /// <param name="workers">Most files at a time; 0 or less means one for each processor.</param>
    /// <param name="report">Receives the number of the request and what came out, once for each request; called from any
    /// thread, several at a time.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="OperationCanceledException">Cancelled; some requests were not reported.</exception>
    public static void Hash(
        IReadOnlyList<HashRequest> requests, int workers, Action<int, HashOutcome> report, OperationContext context)
    {
        var progress = new ProgressCount("Hashing", requests.Count, TotalBytes(requests), context);
        WorkQueue.Run(requests.Count, workers, context.Cancellation, queue =>
        {
            using var hasher = new FileHasher(context.Cancellation, progress.AddBytes);
            while (queue.TryTake(out var index))
            {
                var (path, algorithm, _) = requests[index];
                report(index, hasher.Hash(path, algorithm));
                progress.ItemDone(path);
            }
        }, Order(requests));
    }

    /// <summary>The same on another thread.</summary>
    /// <inheritdoc cref="Hash"/>
    public static Task HashAsync(
        IReadOnlyList<HashRequest> requests, int workers, Action<int, HashOutcome> report, OperationContext context) =>
        Task.Run(() => Hash(requests, workers, report, context), CancellationToken.None);

    /// <summary>Hashes one file on this thread.</summary>
    public static HashOutcome HashOne(string path, ContentHashAlgorithm algorithm = ContentHashAlgorithm.Md5, CancellationToken cancellation = default)
    {
        using var hasher = new FileHasher(cancellation);
        return hasher.Hash(path, algorithm);
    }

    private static int[]? Order(IReadOnlyList<HashRequest> requests)
    {
        List<int>? large = null;
        for (var i = 0; i < requests.Count; i++)
            if (requests[i].SizeHint >= Large)
                (large ??= []).Add(i);
        if (large is null || large.Count == requests.Count && large.Count == 1)
            return null;
        large.Sort((x, y) => requests[y].SizeHint.CompareTo(requests[x].SizeHint));
        var order = new int[requests.Count];
        large.CopyTo(order);
        var next = large.Count;
        for (var i = 0; i < requests.Count; i++)
            if (requests[i].SizeHint < Large)
                order[next++] = i;
        return order;
    }

    private static long TotalBytes(IReadOnlyList<HashRequest> requests)
    {
        long total = 0;
        for (var i = 0; i < requests.Count; i++)
        {
            if (requests[i].SizeHint < 0)
                return 0;
            total += requests[i].SizeHint;
        }
        return total;
    }
}
