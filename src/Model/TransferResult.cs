namespace DataVersion;

/// <summary>Which way objects go.</summary>
public enum TransferDirection
{
    /// <summary>From the cache to the remote.</summary>
    Push,
    /// <summary>From the remote to the cache, then into the workspace.</summary>
    Pull,
    /// <summary>From the remote to the cache.</summary>
    Fetch,
    /// <summary>Push, then pull.</summary>
    Both,
}

/// <summary>How the transfer of one object ended.</summary>
public enum TransferOutcome
{
    /// <summary>It was transferred and verified.</summary>
    Transferred,
    /// <summary>It is on neither side.</summary>
    Missing,
    /// <summary>The bytes did not match the name; nothing was stored.</summary>
    Corrupt,
    /// <summary>It failed for another reason.</summary>
    Failed,
    /// <summary>A directory manifest that was held back, because some of its files are not there.</summary>
    HeldBack,
    /// <summary>It would be transferred (-WhatIf).</summary>
    Planned,
}

/// <summary>One object that was transferred, or not.</summary>
public sealed record TransferResult
{
    /// <summary>Name of the object.</summary>
    public required ContentHash Hash { get; init; }
    /// <summary>A tracked path that needs it.</summary>
    public string? Path { get; init; }
    /// <summary>Bytes; null when unknown.</summary>
    public long? Size { get; init; }
    /// <summary>Which way.</summary>
    public TransferDirection Direction { get; init; }
    /// <summary>Name of the remote.</summary>
    public required string Remote { get; init; }
    /// <summary>How it ended.</summary>
    public TransferOutcome Outcome { get; init; }
    /// <summary>Why it failed.</summary>
    public string? Reason { get; init; }

    /// <summary>Name and outcome.</summary>
    public override string ToString() => $"{Hash}: {Outcome}";
}
