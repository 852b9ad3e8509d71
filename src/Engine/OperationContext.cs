namespace DataVersion.Engine;

/// <summary>How far a long operation has come: a sample, made often; the caller thins it out.</summary>
/// <param name="Activity">What is being done, for example "Hashing".</param>
/// <param name="ItemsDone">Files or objects done.</param>
/// <param name="ItemsTotal">Files or objects in all; 0 when not known yet.</param>
/// <param name="BytesDone">Bytes done.</param>
/// <param name="BytesTotal">Bytes in all; 0 when not known yet.</param>
/// <param name="Current">The item at hand.</param>
public readonly record struct OperationProgress(
    string Activity, long ItemsDone, long ItemsTotal, long BytesDone, long BytesTotal, string? Current);

/// <summary>What an engine call may use to talk to its caller. All members may be called from any thread.</summary>
public sealed class OperationContext
{
    /// <summary>A context that says nothing and is never cancelled.</summary>
    public static OperationContext Silent { get; } = new();

    /// <summary>Ends the operation early; half-done items are cleaned up first.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Receives samples of the progress.</summary>
    public Action<OperationProgress> Progress { get; init; } = static _ => { };

    /// <summary>Receives what a user must know although the operation goes on.</summary>
    public Action<string> Warn { get; init; } = static _ => { };

    /// <summary>Receives what a curious user wants to know.</summary>
    public Action<string> Trace { get; init; } = static _ => { };
}
