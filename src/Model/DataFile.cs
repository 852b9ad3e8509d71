namespace DataVersion;

/// <summary>Whether a tracked path is one file or a whole folder.</summary>
public enum DataFileKind
{
    /// <summary>One file.</summary>
    File,
    /// <summary>A folder with everything below it.</summary>
    Directory,
}

/// <summary>How tracked data in the workspace relates to what is recorded.</summary>
public enum DataFileState
{
    /// <summary>The workspace holds exactly what is recorded.</summary>
    Unchanged,
    /// <summary>The workspace holds other content.</summary>
    Modified,
    /// <summary>The workspace does not hold it.</summary>
    Missing,
    /// <summary>It was not compared (a past revision, another repository).</summary>
    Unknown,
}

/// <summary>A tracked path (file or folder) with its pointer, hash and size.</summary>
public sealed record DataFile
{
    /// <summary>Path relative to the repository's root, with <c>/</c>.</summary>
    public required string Path { get; init; }
    /// <summary>Absolute path in the workspace; binds to <c>-LiteralPath</c> of other cmdlets.</summary>
    public string? FullName { get; init; }
    /// <summary>File or folder.</summary>
    public DataFileKind Kind { get; init; }
    /// <summary>Name of the content; null when it was never recorded.</summary>
    public ContentHash? Hash { get; init; }
    /// <summary>Bytes; of a folder the sum of its files; null when unknown.</summary>
    public long? Size { get; init; }
    /// <summary>Number of files in a folder; null for a file.</summary>
    public int? FileCount { get; init; }
    /// <summary>The workspace against the record.</summary>
    public DataFileState State { get; init; } = DataFileState.Unknown;
    /// <summary>How the workspace file is connected to the cache now; null when there is none, or when a folder mixes kinds.</summary>
    public LinkKind? LinkKind { get; init; }
    /// <summary>Whether the content is in the cache; null when not looked up.</summary>
    public bool? IsCached { get; init; }
    /// <summary>True when the file is recorded as executable.</summary>
    public bool IsExecutable { get; init; }
    /// <summary>The metadata file, relative to the root: <c>x.dvc</c> or <c>dvc.yaml</c>.</summary>
    public string? MetadataPath { get; init; }
    /// <summary>What tracks it: <c>x.dvc</c>, or the stage as <c>name</c> or <c>folder/dvc.yaml:name</c>.</summary>
    public string? Stage { get; init; }
    /// <summary>The tracked path that contains this one, when this is an entry of a tracked folder.</summary>
    public string? Parent { get; init; }
    /// <summary>Description from the metadata.</summary>
    public string? Description { get; init; }
    /// <summary>Type from the metadata, for example <c>model</c>.</summary>
    public string? Type { get; init; }
    /// <summary>Labels from the metadata.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
    /// <summary>Name of the remote this data goes to, when it is not the default one.</summary>
    public string? Remote { get; init; }
    /// <summary>The revision this was read from; null for the workspace.</summary>
    public string? Revision { get; init; }

    /// <summary>The path.</summary>
    public override string ToString() => Path;
}
