namespace DataVersion.Engine.Remotes;

/// <summary>
/// A call to a remote that failed for now: a cut connection, a timeout, a busy service. The engine repeats it, later each
/// time, before it gives up on the object.
/// </summary>
/// <param name="message">What happened, and where; without secrets.</param>
/// <param name="path">The key or address it happened to.</param>
/// <param name="cause">The error underneath.</param>
public sealed class TransientRemoteException(string message, string? path = null, Exception? cause = null)
    : DataVersionException(DataErrorKind.TransferFailed, message, path, "Run the command again: it does the rest only.", cause)
{
    /// <summary>The service asks to be left alone for so long; null when it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The service says that it is asked too much at a time (503 Slow Down, 429).</summary>
    public bool IsThrottling { get; init; }

    /// <summary>No connection came about at all: everything else will fail the same way.</summary>
    public bool IsUnreachable { get; init; }
}
