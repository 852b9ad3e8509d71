using System.Security.Cryptography;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Hashing;

/// <summary>
/// Hashes one file at a time with the platform's MD5: small files with one read and one call, large ones with reading
/// (and copying) of a chunk overlapped with hashing of another. Holds its buffers; one for each worker, not thread-safe.
/// </summary>
internal sealed class FileHasher : IDisposable
{
    /// <summary>Files up to this length are read as a whole. Also the chunk length that legacy hashes are defined by.</summary>
    public const int ChunkSize = LegacyTextHash.ChunkSize;

    private readonly IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private readonly CancellationToken cancellation;
    private readonly Action<long> passed;
    private byte[] current = [];
    private byte[] next = [];

    /// <param name="cancellation">Looked at between two chunks.</param>
    /// <param name="passed">Receives the number of bytes of each chunk that was hashed.</param>
    public FileHasher(CancellationToken cancellation, Action<long>? passed = null)
    {
        this.cancellation = cancellation;
        this.passed = passed ?? (static _ => { });
    }

    /// <summary>Hashes a file; again, once, if it changes meanwhile. Errors are values.</summary>
    public HashOutcome Hash(string path, ContentHashAlgorithm algorithm)
    {
        if (Open(path, out var file, out var before) is { } failure)
            return failure;
        using (file)
            return Hash(file, path, before, algorithm, attempts: 2);
    }

    /// <summary>Hashes an open file, this many times at most, until it holds still. Errors are values.</summary>
    /// <param name="file">The file; the caller closes it.</param>
    /// <param name="path">Its path, for errors.</param>
    /// <param name="before">Its stat now.</param>
    /// <param name="algorithm">The hash wanted.</param>
    /// <param name="attempts">1 or more.</param>
    public HashOutcome Hash(SourceFile file, string path, FileStat before, ContentHashAlgorithm algorithm, int attempts)
    {
        try
        {
            while (true)
            {
                var hash = Read(file, before.Size, algorithm, null);
                var after = file.Stat();
                if (hash is { } found && before.SameContentAs(after))
                    return new HashOutcome(HashStatus.Hashed, found, before, after, null);
                if (--attempts <= 0)
                    return new HashOutcome(HashStatus.ChangedDuringRead, default, before, after, Changed(path));
                before = after;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Unreadable(error, path);
        }
    }

    /// <summary>Opens a file to be hashed and gives its stat, or what came of it instead.</summary>
    public static HashOutcome? Open(string path, out SourceFile file, out FileStat stat)
    {
        (file, stat) = (default, default);
        try
        {
            file = SourceFile.Open(path);
            stat = file.Stat();
            if (stat.Kind == FileKind.File)
                return null;
            file.Dispose();
            return Failure(HashStatus.Failed, stat, new DataVersionException(DataErrorKind.PathUnsupported,
                $"Cannot read '{path}': it is a {stat.Kind.ToString().ToLowerInvariant()}, not a file.", path,
                "Track files and folders only; add pipes and devices to .dvcignore."));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            return Unreadable(error, path);
        }
    }

    /// <summary>What came of a file that could not be read.</summary>
    public static HashOutcome Unreadable(Exception error, string path) => Failure(
        error is FileNotFoundException or DirectoryNotFoundException ? HashStatus.Missing : HashStatus.Failed,
        default, FileErrors.Describe(error, path, "read"));

    /// <summary>Reads exactly this many bytes and hashes them; null when the file ends before.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="size">Its length by its stat.</param>
    /// <param name="algorithm">The hash wanted; only MD5 together with a copy.</param>
    /// <param name="copy">Where the bytes are written to as well; what is hashed is what was written.</param>
    public ContentHash? Read(SourceFile file, long size, ContentHashAlgorithm algorithm, CopyTarget? copy)
    {
        if (size > ChunkSize)
            return ReadLarge(file, size, algorithm, copy);
        var content = ReadSmall(file, (int)size);
        if (content.Length != size)
            return null;
        var hash = HashSmall(content, algorithm);
        if (copy is { } target)
            target.Write(content, 0);
        return hash;
    }

    /// <summary>Reads a file of at most <see cref="ChunkSize"/> bytes into the hasher's buffer, where it stays until the next call.</summary>
    public Span<byte> ReadSmall(SourceFile file, int size)
    {
        if (current.Length < size)
            current = new byte[Math.Max(size <= 128 * 1024 ? 128 * 1024 : ChunkSize, size)];
        return current.AsSpan(0, file.Fill(current.AsSpan(0, size), 0));
    }

    /// <summary>Hashes bytes in memory; legacy text is changed in place.</summary>
    public ContentHash HashSmall(Span<byte> content, ContentHashAlgorithm algorithm)
    {
        Span<byte> bytes = stackalloc byte[16];
        MD5.HashData(algorithm == ContentHashAlgorithm.Md5 ? content : LegacyTextHash.Normalize(content), bytes);
        passed(content.Length);
        return new ContentHash(bytes, algorithm);
    }

    public void Dispose() => md5.Dispose();

    private ContentHash? ReadLarge(SourceFile file, long size, ContentHashAlgorithm algorithm, CopyTarget? copy)
    {
        if (current.Length < ChunkSize)
            current = new byte[ChunkSize];
        if (next.Length < ChunkSize)
            next = new byte[ChunkSize];
        var complete = false;
        var reader = new ChunkReader(file, copy);
        try
        {
            var length = reader.Read(current.AsSpan(0, ChunkSize), 0);
            for (long offset = 0; ; )
            {
                if (length < Math.Min(ChunkSize, size - offset))
                    return null;
                cancellation.ThrowIfCancellationRequested();
                offset += length;
                var (chunk, ahead, at, wanted) = (current.AsMemory(0, length), next, offset, (int)Math.Min(ChunkSize, size - offset));
                // While this chunk is hashed the next one is read.
                var work = wanted > 0 ? Task.Run(() => reader.Read(ahead.AsSpan(0, wanted), at)) : null;
                try
                {
                    md5.AppendData(algorithm == ContentHashAlgorithm.Md5 ? chunk.Span : LegacyTextHash.Normalize(chunk.Span));
                }
                finally
                {
                    work?.Wait(CancellationToken.None);
                }
                passed(length);
                if (work is null)
                    break;
                length = work.Result;
                (current, next) = (next, current);
            }
            Span<byte> hash = stackalloc byte[16];
            md5.GetHashAndReset(hash);
            complete = true;
            return new ContentHash(hash, algorithm);
        }
        catch (AggregateException error) when (error.InnerException is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error.InnerException);
            throw;
        }
        finally
        {
            if (!complete)
                md5.GetHashAndReset();
        }
    }

    private static HashOutcome Failure(HashStatus status, in FileStat stat, DataVersionException error) =>
        new(status, default, stat, stat, error);

    /// <summary>The error of a file that does not hold still.</summary>
    internal static DataVersionException Changed(string path) => new(DataErrorKind.FileChangedDuringRead,
        $"'{path}' changed while it was read, so its content is not known.", path,
        "Let the program that writes it finish, then run the command again.");
}
