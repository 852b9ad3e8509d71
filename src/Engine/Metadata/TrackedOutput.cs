namespace DataVersion.Engine.Metadata;

/// <summary>What makes an output.</summary>
public enum OutputSource
{
    /// <summary>A <c>.dvc</c> file of data that was added.</summary>
    DataFile,
    /// <summary>A <c>.dvc</c> file of data that was imported from a path or URL.</summary>
    UrlImport,
    /// <summary>A <c>.dvc</c> file of data that was imported from another repository.</summary>
    RepositoryImport,
    /// <summary>A stage of a <c>dvc.yaml</c>, or a stage with a command in a <c>.dvc</c> file of DVC 0.x.</summary>
    Pipeline,
}

/// <summary>One file of a directory whose files are listed in the metadata (remotes that keep versions).</summary>
/// <param name="Path">Path inside the directory, with <c>/</c>.</param>
/// <param name="Hash">The content; null when only the remote knows it.</param>
/// <param name="Size">Bytes; null when not recorded.</param>
/// <param name="Version">What a remote that keeps versions has of it; null when nothing is recorded.</param>
public readonly record struct TrackedFile(string Path, ContentHash? Hash, long? Size, RecordedVersion? Version = null);

/// <summary>One tracked file or directory with everything the metadata says about it.</summary>
public sealed record TrackedOutput
{
    /// <summary>Repository-relative with <c>/</c>; for an external output an absolute path, a URL or a path that begins with <c>..</c>.</summary>
    public required string Path { get; init; }

    /// <summary>The output lies outside the repository.</summary>
    public bool IsExternal { get; init; }

    /// <summary>The recorded content; null when nothing is recorded yet.</summary>
    public ContentHash? Hash { get; init; }

    /// <summary>The recorded checksum as text: the MD5, or a storage's tag or checksum for external outputs.</summary>
    public string? ChecksumText { get; init; }

    /// <summary>Bytes, of a directory the sum of its files; null when not recorded.</summary>
    public long? Size { get; init; }

    /// <summary>Files of a directory; null when not recorded.</summary>
    public int? FileCount { get; init; }

    /// <summary>The recorded content is a directory.</summary>
    public bool IsDirectory => Hash is { IsDirectory: true };

    /// <summary>The file is executable.</summary>
    public bool IsExecutable { get; init; }

    /// <summary>The content is kept in the cache.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>The output is not removed before its stage runs.</summary>
    public bool Persist { get; init; }

    /// <summary>The remote that alone holds it; null for the default one.</summary>
    public string? Remote { get; init; }

    /// <summary>The output is pushed to remotes.</summary>
    public bool Push { get; init; } = true;

    /// <summary>What a person wrote about it.</summary>
    public string? Description { get; init; }

    /// <summary>The kind of data in the user's words.</summary>
    public string? Type { get; init; }

    /// <summary>Labels in the user's words.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>The <c>.dvc</c> or <c>dvc.yaml</c> that defines it, repository-relative.</summary>
    public required string MetadataPath { get; init; }

    /// <summary>The stage of the <c>dvc.yaml</c>; null for a <c>.dvc</c> file.</summary>
    public string? StageName { get; init; }

    /// <summary>Line of the definition in <see cref="MetadataPath"/>, from 1.</summary>
    public int Line { get; init; }

    /// <summary>What makes the output.</summary>
    public OutputSource Kind { get; init; }

    /// <summary>The files of a directory that the metadata lists one by one; empty otherwise.</summary>
    public IReadOnlyList<TrackedFile> Files { get; init; } = [];

    /// <summary>The metadata lists the files of a directory, in the place of its hash; an empty one has none.</summary>
    public bool ListsFiles { get; init; }

    /// <summary>What a remote that keeps versions has of a single file; null when nothing is recorded.</summary>
    public RecordedVersion? Version { get; init; }

    /// <summary>The stage or import is frozen.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>The metadata file is spelled as it would be written.</summary>
    internal bool IsPlain { get; init; }

    /// <summary>How DVC names what makes the output: <c>x.dvc</c>, <c>name</c>, or <c>folder/dvc.yaml:name</c>.</summary>
    public string StageAddress => StageName switch
    {
        null => MetadataPath,
        _ when MetadataPath == PipelineFile.FileName => StageName,
        _ => MetadataPath + ":" + StageName,
    };
}
