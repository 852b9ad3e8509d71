namespace DataVersion;

/// <summary>A link kind that was tried between the cache and the workspace.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Works">Whether a trial link could be made.</param>
/// <param name="Reason">Why not, in the words of the operating system.</param>
public sealed record LinkCapability(LinkKind Kind, bool Works, string? Reason)
{
    /// <summary>Kind and verdict.</summary>
    public override string ToString() => Works ? $"{Kind}" : $"{Kind} (no: {Reason})";
}

/// <summary>A repository: where it is, where its cache is, which links really work there, who holds it.</summary>
public sealed record DataRepository
{
    /// <summary>Absolute path of the root, the folder with <c>.dvc</c>.</summary>
    public required string Root { get; init; }
    /// <summary>Absolute path of the Git work tree; null without Git.</summary>
    public string? GitRoot { get; init; }
    /// <summary>Absolute path of the cache.</summary>
    public required string CacheFolder { get; init; }
    /// <summary>Name of the default remote.</summary>
    public string? DefaultRemote { get; init; }
    /// <summary>File system of the workspace, for example <c>ext4</c>.</summary>
    public string? FileSystem { get; init; }
    /// <summary>File system of the cache.</summary>
    public string? CacheFileSystem { get; init; }
    /// <summary>Configured order of link kinds.</summary>
    public IReadOnlyList<LinkKind> LinkOrder { get; init; } = [];
    /// <summary>What was tried between cache and workspace; empty when not probed.</summary>
    public IReadOnlyList<LinkCapability> LinkCapabilities { get; init; } = [];
    /// <summary>Processes that hold the repository now.</summary>
    public IReadOnlyList<string> LockHolders { get; init; } = [];

    /// <summary>The root.</summary>
    public override string ToString() => Root;
}
