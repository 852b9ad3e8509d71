namespace DataVersion;

/// <summary>Which two states a status line compares (DVC: <c>data status</c>, <c>status</c>, <c>status -c</c>).</summary>
public enum DataComparison
{
    /// <summary>Metadata in the workspace against HEAD: will go with the next Git commit.</summary>
    Committed,
    /// <summary>Data in the workspace against the metadata: will go with the next Add-DataFile or Save-DataFile.</summary>
    Uncommitted,
    /// <summary>The cache against the metadata.</summary>
    Cache,
    /// <summary>A remote against the metadata.</summary>
    Remote,
    /// <summary>The cache against a remote.</summary>
    CacheAndRemote,
    /// <summary>Inputs of a stage or import against what its last run recorded.</summary>
    Dependency,
    /// <summary>Files that neither Git nor the repository tracks.</summary>
    Untracked,
    /// <summary>Nothing differs.</summary>
    Unchanged,
}

/// <summary>How one thing differs.</summary>
public enum DataChangeKind
{
    /// <summary>No difference.</summary>
    Unchanged,
    /// <summary>Only on the newer side.</summary>
    Added,
    /// <summary>On both sides with other content.</summary>
    Modified,
    /// <summary>Only on the older side.</summary>
    Deleted,
    /// <summary>Same content under another path.</summary>
    Renamed,
    /// <summary>The content of a folder that is not in the cache: nothing can be said of its files.</summary>
    Unknown,
    /// <summary>The object is not in the cache.</summary>
    NotInCache,
    /// <summary>The object is not in the remote.</summary>
    NotInRemote,
    /// <summary>In neither cache nor remote.</summary>
    Missing,
    /// <summary>The bytes of the object do not match its name.</summary>
    Corrupt,
    /// <summary>The source of an import has changed.</summary>
    UpdateAvailable,
    /// <summary>Tracked by nothing.</summary>
    Untracked,
}

/// <summary>One line of a status: a path, what is compared, how it differs.</summary>
public sealed record DataStatus
{
    /// <summary>Path relative to the root, with <c>/</c>; folders end with <c>/</c>.</summary>
    public required string Path { get; init; }
    /// <summary>Absolute path in the workspace.</summary>
    public string? FullName { get; init; }
    /// <summary>What is compared.</summary>
    public DataComparison Comparison { get; init; }
    /// <summary>How it differs.</summary>
    public DataChangeKind Change { get; init; }
    /// <summary>Former path of a renamed file.</summary>
    public string? OldPath { get; init; }
    /// <summary>Content on the newer side.</summary>
    public ContentHash? Hash { get; init; }
    /// <summary>Content on the older side.</summary>
    public ContentHash? OldHash { get; init; }
    /// <summary>Bytes on the newer side, else on the older one; null when unknown.</summary>
    public long? Size { get; init; }
    /// <summary>What tracks it: <c>x.dvc</c> or the stage's address.</summary>
    public string? Stage { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}

/// <summary>One difference between two versions.</summary>
public sealed record DataChange
{
    /// <summary>Path on the newer side (on the older one for a deletion); folders end with <c>/</c>.</summary>
    public required string Path { get; init; }
    /// <summary>Absolute path in the workspace; binds to <c>-LiteralPath</c> of other cmdlets.</summary>
    public string? FullName { get; init; }
    /// <summary>Former path of a renamed file.</summary>
    public string? OldPath { get; init; }
    /// <summary>How it differs.</summary>
    public DataChangeKind Change { get; init; }
    /// <summary>Content on the newer side.</summary>
    public ContentHash? Hash { get; init; }
    /// <summary>Content on the older side.</summary>
    public ContentHash? OldHash { get; init; }
    /// <summary>Bytes on the newer side; null when unknown.</summary>
    public long? Size { get; init; }
    /// <summary>Bytes on the older side; null when unknown.</summary>
    public long? OldSize { get; init; }
    /// <summary>The older revision as the user named it.</summary>
    public string? ReferenceRevision { get; init; }
    /// <summary>The newer revision; null for the workspace.</summary>
    public string? DifferenceRevision { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}

/// <summary>A data file as one revision holds it.</summary>
public sealed record DataVersionInfo
{
    /// <summary>Path relative to the root, with <c>/</c>.</summary>
    public required string Path { get; init; }
    /// <summary>Absolute path in the workspace.</summary>
    public string? FullName { get; init; }
    /// <summary>Full commit id.</summary>
    public required string Revision { get; init; }
    /// <summary>Tags that point at the commit.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];
    /// <summary>Branches that point at the commit.</summary>
    public IReadOnlyList<string> Branches { get; init; } = [];
    /// <summary>When the commit was authored.</summary>
    public DateTimeOffset Date { get; init; }
    /// <summary>Who authored it.</summary>
    public string? Author { get; init; }
    /// <summary>First line of the commit message.</summary>
    public string? Subject { get; init; }
    /// <summary>How the data file changed in this commit.</summary>
    public DataChangeKind Change { get; init; }
    /// <summary>Content at the revision; null where it was removed.</summary>
    public ContentHash? Hash { get; init; }
    /// <summary>Bytes; null when unknown.</summary>
    public long? Size { get; init; }
    /// <summary>Number of files of a folder.</summary>
    public int? FileCount { get; init; }
    /// <summary>Whether the content is in the cache.</summary>
    public bool IsCached { get; init; }
    /// <summary>What tracks it.</summary>
    public string? Stage { get; init; }

    /// <summary>Short commit id and path.</summary>
    public override string ToString() => $"{Revision[..Math.Min(8, Revision.Length)]}:{Path}";
}
