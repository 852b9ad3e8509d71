namespace DataVersion;

/// <summary>What happened to a path of the workspace.</summary>
public enum WorkspaceChange
{
    /// <summary>It was put in place.</summary>
    Added,
    /// <summary>Its content was replaced.</summary>
    Modified,
    /// <summary>It was removed.</summary>
    Deleted,
    /// <summary>Same content, other link kind.</summary>
    Relinked,
    /// <summary>It became a private, writable copy.</summary>
    Unprotected,
    /// <summary>It became a read-only link into the cache.</summary>
    Protected,
    /// <summary>Only its executable bit changed.</summary>
    ModeChanged,
    /// <summary>It was copied out of the repository.</summary>
    Exported,
    /// <summary>Nothing had to be done.</summary>
    None,
}

/// <summary>One path that was placed, replaced or removed, and how.</summary>
public sealed record LinkResult
{
    /// <summary>Path relative to the repository's root, with <c>/</c> (for exports the destination).</summary>
    public required string Path { get; init; }
    /// <summary>Absolute path.</summary>
    public string? FullName { get; init; }
    /// <summary>What happened.</summary>
    public WorkspaceChange Change { get; init; }
    /// <summary>The kind of link that was used; null for a removal.</summary>
    public LinkKind? LinkKind { get; init; }
    /// <summary>Name of the content now there (for a removal: that was there, when known).</summary>
    public ContentHash? Hash { get; init; }
    /// <summary>Bytes.</summary>
    public long? Size { get; init; }
    /// <summary>The tracked path this one belongs to.</summary>
    public string? Parent { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
