using DataVersion.Engine.Files;

namespace DataVersion.Engine.Hashing;

/// <summary>A file to be hashed.</summary>
/// <param name="Path">Absolute path; links are followed.</param>
/// <param name="Algorithm">The hash wanted.</param>
/// <param name="SizeHint">Its length if known, else -1: large files are begun first, so that none is left over at the end.</param>
public readonly record struct HashRequest(
    string Path, ContentHashAlgorithm Algorithm = ContentHashAlgorithm.Md5, long SizeHint = -1);

/// <summary>How hashing a file ended.</summary>
public enum HashStatus : byte
{
    /// <summary>The hash is that of the file while it had the stat.</summary>
    Hashed,
    /// <summary>Nothing is there (or a link to nothing).</summary>
    Missing,
    /// <summary>The file changed while it was read, twice in a row.</summary>
    ChangedDuringRead,
    /// <summary>It could not be read.</summary>
    Failed,
}

/// <summary>What came out of hashing one file.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Hash">The hash when <see cref="HashStatus.Hashed"/>.</param>
/// <param name="Before">The stat of the open file before the first byte was read.</param>
/// <param name="After">The stat after the last byte; the same content as <paramref name="Before"/> when hashed.</param>
/// <param name="Error">Set for every other status.</param>
public readonly record struct HashOutcome(
    HashStatus Status, ContentHash Hash, FileStat Before, FileStat After, DataVersionException? Error);
