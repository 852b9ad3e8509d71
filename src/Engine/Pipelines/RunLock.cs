namespace DataVersion.Engine.Pipelines;

/// <summary>
/// The repository's lock during a run of stages: held whenever the run looks at the repository or changes it, given back while only
/// commands run, because these may use the repository themselves (DVC spec 11.1).
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="held">The lock, held.</param>
public sealed class RunLock(Repository repository, IDisposable held) : IDisposable
{
    private static readonly TimeSpan TellAfter = TimeSpan.FromSeconds(3);

    private IDisposable? held = held;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="RepositoryBusyException">Another process did not finish within the patience.</exception>
    public static RunLock Take(Repository repository, TimeSpan patience, OperationContext context) =>
        new(repository, repository.Lock(patience, context));

    /// <summary>Gives the lock back, waits for the work, and takes the lock again, however long that takes: the work is not to be lost.</summary>
    internal async Task ReleaseWhileAsync(Func<Task> work, OperationContext context)
    {
        Dispose();
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            held = TakeAgain(context);
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        held?.Dispose();
        held = null;
    }

    private Repositories.RepositoryLock TakeAgain(OperationContext context)
    {
        var told = false;
        while (true)
            try
            {
                // What has run is recorded also when the user stops the command, so this wait is not cancelled.
                return Repositories.RepositoryLock.Acquire(repository.Layout, repository.Settings, repository.Command, TellAfter, CancellationToken.None);
            }
            catch (RepositoryBusyException busy)
            {
                if (!told)
                    context.Warn($"A stage has ended and waits to be recorded: {busy.Message}");
                told = true;
            }
    }
}
