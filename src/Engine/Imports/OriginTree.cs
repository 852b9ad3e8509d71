namespace DataVersion.Engine.Imports;

/// <summary>One file at the place that data is imported or exported from.</summary>
/// <param name="Path">Path below the origin, with <c>/</c>; empty when the origin is the file itself.</param>
/// <param name="Size">Bytes; -1 when the origin does not tell.</param>
public sealed record OriginFile(string Path, long Size)
{
    /// <summary>The file on this machine, when it is one; absolute.</summary>
    public string? LocalPath { get; init; }

    /// <summary>The content, when the origin knows it: of tracked data.</summary>
    public ContentHash? Hash { get; init; }

    /// <summary>Permission to run it.</summary>
    public bool IsExecutable { get; init; }

    /// <summary>How the service tells versions of it apart, as DVC writes it; null for services that do not tell.</summary>
    public string? Tag { get; init; }

    /// <summary>MD5 of the bytes as 32 hexadecimal digits, when a service has computed it.</summary>
    public string? Md5 { get; init; }

    /// <summary>The version on a service that keeps versions.</summary>
    public string? Version { get; init; }

    /// <summary>What the origin itself needs to find it.</summary>
    internal object? Handle { get; init; }
}

/// <summary>What there is at an origin.</summary>
/// <param name="IsFolder">A folder, else one file.</param>
/// <param name="Files">The file, or all files of the folder.</param>
public sealed record OriginTree(bool IsFolder, IReadOnlyList<OriginFile> Files)
{
    /// <summary>Bytes, as far as they are known.</summary>
    public long Size => Files.Sum(file => Math.Max(file.Size, 0));
}

/// <summary>A place outside the repository that data comes from. One instance serves one command.</summary>
public interface IDataOrigin : IAsyncDisposable
{
    /// <summary>Where it is, for messages; without secrets.</summary>
    string Place { get; }

    /// <summary>How many files at a time suit it.</summary>
    int Connections { get; }

    /// <summary>Looks what is there; no content is read.</summary>
    /// <exception cref="DataVersionException">PathNotFound; RemoteFailed.</exception>
    Task<OriginTree> ReadAsync(OperationContext context);

    /// <summary>Writes the bytes of a file to a stream. The caller checks them where the hash is known.</summary>
    Task CopyAsync(OriginFile file, Stream target, CancellationToken cancellation);

    /// <summary>
    /// Brings tracked objects into the cache of a repository, and says of each file that failed why. Called for files with
    /// <see cref="OriginFile.Hash"/> only.
    /// </summary>
    Task<IReadOnlyDictionary<ContentHash, DataVersionException>> FetchAsync(Repository repository, IReadOnlyList<OriginFile> files, OperationContext context) =>
        throw new NotSupportedException();
}
