namespace DataVersion.Engine.Hashing;

/// <summary>
/// Hashes many files at once. This is the one place where workspace files and objects are hashed in bulk; how a worker
/// hashes the files it takes from the queue (one after the other, or several in the lanes of a vector) is its own business.
/// </summary>
public static class HashPipeline
{
    /// <summary>Hashes files and reports each as it is known.</summary>
    /// <param name="requests">The files.</param>
    /// <param name="workers">Most files at a time; 0 or less means one for each processor.</param>
    /// <param name="report">Receives the number of the request and what came out, once for each request; called from any
    /// thread, several at a time.</param>
    /// <param name="context">Progress and cancellation.</param>
    /// <exception cref="OperationCanceledException">Cancelled; some requests were not reported.</exception>
    public static void Hash(
        IReadOnlyList<HashRequest> requests, int workers, Action<int, HashOutcome> report, OperationContext context) =>
        HashAsPlanned(requests, workers, report, context, HashPlan.Of(requests.Count, workers, i => requests[i].SizeHint));

    /// <summary>The same in a given way.</summary>
    internal static void HashAsPlanned(IReadOnlyList<HashRequest> requests, int workers, Action<int, HashOutcome> report,
        OperationContext context, HashPlan plan)
    {
        var progress = new ProgressCount("Hashing", requests.Count, plan.TotalBytes, context);
        WorkQueue.Run(requests.Count, workers, context.Cancellation, queue =>
        {
            using var worker = new HashWorker(plan, context.Cancellation, progress.AddBytes);
            while (queue.TryTake(out var index))
            {
                var (number, path) = (index, requests[index].Path);
                worker.Hash(path, requests[index].Algorithm, outcome =>
                {
                    report(number, outcome);
                    progress.ItemDone(path);
                });
            }
            worker.Finish();
        }, plan.Order);
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
}
