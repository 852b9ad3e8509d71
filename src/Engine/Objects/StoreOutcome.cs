using DataVersion.Engine.Files;

namespace DataVersion.Engine.Objects;

/// <summary>A workspace file whose content is to be stored.</summary>
/// <param name="SourcePath">Absolute path.</param>
/// <param name="Known">Its stat as the caller found it (links not followed); <see cref="FileStat.Exists"/> is false when
/// it was not looked at.</param>
/// <param name="KnownHash">Its plain MD5 if a stat record for exactly <paramref name="Known"/> answers; null to find it out.</param>
/// <param name="Preferred">The kind of link the workspace file will become: hard and symbolic links are stored without a
/// copy, as a second name of the file itself.</param>
public readonly record struct StoreRequest(
    string SourcePath, FileStat Known = default, ContentHash? KnownHash = null, LinkKind Preferred = LinkKind.Copy);

/// <summary>How storing a file ended.</summary>
public enum StoreStatus : byte
{
    /// <summary>A new object was made.</summary>
    Stored,
    /// <summary>A good object of the same content was there.</summary>
    AlreadyThere,
    /// <summary>The file changed while it was stored, twice in a row; nothing was stored.</summary>
    ChangedDuringRead,
    /// <summary>The source is not there.</summary>
    Missing,
    /// <summary>It could not be read or not be written.</summary>
    Failed,
}

/// <summary>What became of one file that was to be stored.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Hash">The content, when stored or already there.</param>
/// <param name="Source">The stat of the source (links followed) for which the hash is true.</param>
/// <param name="Method">How a new object was made: Reflink, Hardlink (it shares the inode of the workspace file now) or Copy.</param>
/// <param name="Error">Set for every status but the first two. Kinds: DiskFull, AccessDenied, InputOutput,
/// FileChangedDuringRead, PathNotFound, PathUnsupported.</param>
public readonly record struct StoreOutcome(
    StoreStatus Status, ContentHash Hash, FileStat Source, LinkKind? Method, DataVersionException? Error)
{
    /// <summary>The stat of the object when it was found good; <see cref="FileStat.Exists"/> is false when nobody looked.</summary>
    public FileStat Object { get; init; }

    /// <summary>True when the object is in the store and good.</summary>
    public bool IsStored => Status is StoreStatus.Stored or StoreStatus.AlreadyThere;
}
