using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>An object to transfer.</summary>
/// <param name="Hash">Its name.</param>
/// <param name="Path">A tracked path that needs it, relative to the root.</param>
/// <param name="Size">Bytes; -1 when the service does not tell.</param>
/// <param name="Why">Why it must travel: a sentence; null for the usual reason, that the other side lacks it.</param>
public readonly record struct TransferItem(ContentHash Hash, string Path, long Size, string? Why = null);

/// <summary>A directory manifest to transfer, after its files.</summary>
/// <param name="Item">The manifest.</param>
/// <param name="Awaited">Push: files that must have arrived before.</param>
/// <param name="Present">Push: its other files, which are on the remote.</param>
/// <param name="Obstacle">Push: why it cannot be pushed whatever happens: a file that is on neither side; null when it can.</param>
/// <param name="Bytes">Fetch: its verified bytes, read while planning.</param>
public sealed record TransferTree(TransferItem Item, IReadOnlyList<ContentHash> Awaited, IReadOnlyList<ContentHash> Present, string? Obstacle, byte[]? Bytes);

/// <summary>An object that cannot be transferred, as it is known before anything is done.</summary>
/// <param name="Result">What is reported.</param>
/// <param name="Error">The error; null when it is no error (data that is never pushed is missing on the remote).</param>
public sealed record TransferProblem(TransferResult Result, DataVersionException? Error);

/// <summary>What a push to, or a fetch from, one remote would do: pure data.</summary>
public sealed record TransferPlan
{
    /// <summary>Push or Fetch.</summary>
    public required TransferDirection Direction { get; init; }

    /// <summary>The remote.</summary>
    public required RemoteConfiguration Remote { get; init; }

    /// <summary>Files.</summary>
    public required IReadOnlyList<TransferItem> Files { get; init; }

    /// <summary>Directory manifests.</summary>
    public required IReadOnlyList<TransferTree> Trees { get; init; }

    /// <summary>What cannot be transferred.</summary>
    public required IReadOnlyList<TransferProblem> Problems { get; init; }

    /// <summary>Objects on both sides already.</summary>
    public required long UpToDateCount { get; init; }

    /// <summary>Number of objects to transfer.</summary>
    public int Count => Files.Count + Trees.Count(t => t.Obstacle is null);

    /// <summary>Bytes to transfer, as far as they are known.</summary>
    public long Bytes => Files.Sum(f => Math.Max(f.Size, 0)) + Trees.Where(t => t.Obstacle is null).Sum(t => Math.Max(t.Item.Size, 0));

    /// <summary>What is reported of an object that would travel.</summary>
    public TransferResult Planned(TransferItem item) => Result(item, TransferOutcome.Planned,
        item.Why ?? (Direction == TransferDirection.Push ? "The remote lacks it." : "The cache lacks it."));

    /// <summary>What is reported of an object.</summary>
    public TransferResult Result(TransferItem item, TransferOutcome outcome, string? reason = null) => new()
    {
        Hash = item.Hash, Path = item.Path, Size = item.Size < 0 ? null : item.Size, Direction = Direction, Remote = Remote.Name,
        Outcome = outcome, Reason = reason,
    };
}
