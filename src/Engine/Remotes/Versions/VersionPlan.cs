using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes.Versions;

/// <summary>One file of a remote that keeps versions.</summary>
/// <param name="Item">Its content, the path in the repository and the length.</param>
/// <param name="Key">Its key on the remote; of a fetch with the version.</param>
/// <param name="Output">The output that it is, or belongs to.</param>
/// <param name="Inner">Its path inside the output; empty for the output itself.</param>
public sealed record VersionedFile(TransferItem Item, string Key, TrackedOutput Output, string Inner)
{
    /// <summary>Of a fetch: versions of other files, or of other revisions, that have the same content.</summary>
    public IReadOnlyList<string> OtherKeys { get; init; } = [];
}

/// <summary>A file that need not travel, but of which another version is to be recorded.</summary>
/// <param name="File">The file.</param>
/// <param name="Version">What the remote has of it.</param>
public sealed record FoundVersion(VersionedFile File, RecordedVersion Version);

/// <summary>What a push to, or a fetch from, a remote that keeps versions would do: pure data.</summary>
public sealed record VersionPlan
{
    /// <summary>Push or Fetch.</summary>
    public required TransferDirection Direction { get; init; }

    /// <summary>The remote.</summary>
    public required RemoteConfiguration Remote { get; init; }

    /// <summary>The files that travel.</summary>
    public required IReadOnlyList<VersionedFile> Files { get; init; }

    /// <summary>Push: files that are there, and are not recorded yet.</summary>
    public IReadOnlyList<FoundVersion> Found { get; init; } = [];

    /// <summary>Push: something would be replaced, and whether its version is kept is not known before something is stored.</summary>
    public bool TriesFirst { get; init; }

    /// <summary>Fetch: manifests of the folders, for the cache; the metadata says what is in them.</summary>
    public IReadOnlyList<(Objects.Manifest Manifest, string Path)> Manifests { get; init; } = [];

    /// <summary>What cannot be transferred.</summary>
    public required IReadOnlyList<TransferProblem> Problems { get; init; }

    /// <summary>Files on both sides already.</summary>
    public required long UpToDateCount { get; init; }

    /// <summary>Bytes that travel, as far as lengths are known.</summary>
    public long Bytes => Files.Sum(file => Math.Max(file.Item.Size, 0));

    /// <summary>Nothing would be done.</summary>
    public bool IsEmpty => Files.Count == 0 && Found.Count == 0;

    /// <summary>What is reported of a file that would travel.</summary>
    public TransferResult Planned(TransferItem item) => Result(item, TransferOutcome.Planned,
        item.Why ?? (Direction == TransferDirection.Push ? "The remote lacks it." : "The cache lacks it."));

    /// <summary>What is reported of a file.</summary>
    public TransferResult Result(TransferItem item, TransferOutcome outcome, string? reason = null) => new()
    {
        Hash = item.Hash, Path = item.Path, Size = item.Size < 0 ? null : item.Size, Direction = Direction, Remote = Remote.Name, Outcome = outcome, Reason = reason,
    };
}
