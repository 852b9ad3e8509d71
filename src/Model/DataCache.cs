namespace DataVersion;

/// <summary>What the cache holds, as a whole or for one group of versions.</summary>
public sealed record DataCache
{
    /// <summary>Absolute path of the cache.</summary>
    public required string CacheFolder { get; init; }
    /// <summary>What the figures are about: <c>total</c>, <c>unused</c>, <c>workspace</c>, or the name of a branch, tag or commit.</summary>
    public string Scope { get; init; } = "total";
    /// <summary>Number of objects.</summary>
    public long ObjectCount { get; init; }
    /// <summary>Number of those that are directory manifests.</summary>
    public long ManifestCount { get; init; }
    /// <summary>Bytes of the objects.</summary>
    public long Size { get; init; }
    /// <summary>Bytes of objects that the workspace shares through hard links: they cost no extra space there.</summary>
    public long SharedSize { get; init; }
    /// <summary>Objects that this group needs and the cache does not have.</summary>
    public long MissingCount { get; init; }
    /// <summary>Objects in the layout of DVC 2 and older.</summary>
    public long LegacyObjectCount { get; init; }

    /// <summary>Scope and size.</summary>
    public override string ToString() => $"{Scope}: {ObjectCount} objects, {Size} bytes";
}

/// <summary>What a check found about an object.</summary>
public enum CacheVerdictKind
{
    /// <summary>The bytes match the name.</summary>
    Good,
    /// <summary>The bytes do not match the name; the object was moved to the quarantine.</summary>
    Corrupt,
    /// <summary>The bytes do not match the name; the object is where it was: it could not be moved, or was not to be.</summary>
    CorruptInPlace,
    /// <summary>Needed by the workspace's metadata and not there.</summary>
    Missing,
    /// <summary>The object could not be read.</summary>
    Unreadable,
}

/// <summary>The verdict about one object of the cache.</summary>
public sealed record CacheVerdict
{
    /// <summary>Name of the object.</summary>
    public required ContentHash Hash { get; init; }
    /// <summary>What was found.</summary>
    public CacheVerdictKind Verdict { get; init; }
    /// <summary>What the bytes really hash to.</summary>
    public ContentHash? ActualHash { get; init; }
    /// <summary>Bytes.</summary>
    public long Size { get; init; }
    /// <summary>Where the object is, or would be.</summary>
    public string? ObjectPath { get; init; }
    /// <summary>Where a bad object was moved to.</summary>
    public string? QuarantinePath { get; init; }
    /// <summary>Tracked paths of the workspace that need it.</summary>
    public IReadOnlyList<string> UsedBy { get; init; } = [];

    /// <summary>Name and verdict.</summary>
    public override string ToString() => $"{Hash}: {Verdict}";
}

/// <summary>An object that a clean-up removes (or would remove).</summary>
public sealed record CachePlan
{
    /// <summary>Name of the object.</summary>
    public required ContentHash Hash { get; init; }
    /// <summary>Bytes.</summary>
    public long Size { get; init; }
    /// <summary>Where it is.</summary>
    public string? ObjectPath { get; init; }
    /// <summary>Cache folder or remote name it is removed from.</summary>
    public string? Location { get; init; }
    /// <summary>When the object was last written.</summary>
    public DateTimeOffset LastWriteTime { get; init; }
    /// <summary>Whether it was removed.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Name.</summary>
    public override string ToString() => Hash.ToString();
}

/// <summary>One object that was brought from the layout of DVC 2 to that of DVC 3.</summary>
public sealed record CacheMigration
{
    /// <summary>Name in the old layout.</summary>
    public required ContentHash OldHash { get; init; }
    /// <summary>Name in the new layout.</summary>
    public required ContentHash Hash { get; init; }
    /// <summary>Bytes.</summary>
    public long Size { get; init; }
    /// <summary>How the new object shares bytes with the old one.</summary>
    public LinkKind LinkKind { get; init; }

    /// <summary>Old and new name.</summary>
    public override string ToString() => $"{OldHash} -> {Hash}";
}
