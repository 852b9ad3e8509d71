using System.Security.Cryptography;
using DataVersion.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Hashing;

/// <summary>A new file that gets the bytes which a <see cref="FileHasher"/> hashes.</summary>
/// <param name="Handle">The file, open for reading and writing.</param>
/// <param name="Path">Its path, for errors.</param>
internal readonly record struct CopyTarget(SafeFileHandle Handle, string Path);

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
        try
        {
            using var file = SourceFile.Open(path);
            var before = file.Stat();
            if (before.Kind != FileKind.File)
                return Failure(HashStatus.Failed, before, new DataVersionException(DataErrorKind.PathUnsupported,
                    $"Cannot read '{path}': it is a {before.Kind.ToString().ToLowerInvariant()}, not a file.", path,
                    "Track files and folders only; add pipes and devices to .dvcignore."));
            for (var attempt = 0; ; attempt++)
            {
                var hash = Read(file, before.Size, algorithm, null);
                var after = file.Stat();
                if (hash is { } found && before.SameContentAs(after))
                    return new HashOutcome(HashStatus.Hashed, found, before, after, null);
                if (attempt == 1)
                    return new HashOutcome(HashStatus.ChangedDuringRead, default, before, after, Changed(path));
                before = after;
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return Failure(HashStatus.Missing, default, FileErrors.Describe(error, path, "read"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure(HashStatus.Failed, default, FileErrors.Describe(error, path, "read"));
        }
    }

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
            Write(target, content, 0);
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

    /// <summary>Writes all bytes at an offset.</summary>
    public static void Write(CopyTarget target, ReadOnlySpan<byte> content, long offset)
    {
        if (OperatingSystem.IsLinux())
            LinuxDescriptors.Write(target.Handle, content, offset, target.Path);
        else
            RandomAccess.Write(target.Handle, content, offset);
    }

    public void Dispose() => md5.Dispose();

    private ContentHash? ReadLarge(SourceFile file, long size, ContentHashAlgorithm algorithm, CopyTarget? copy)
    {
        if (current.Length < ChunkSize)
            current = new byte[ChunkSize];
        if (next.Length < ChunkSize)
            next = new byte[ChunkSize];
        var complete = false;
        var inKernel = OperatingSystem.IsLinux();
        try
        {
            var length = ReadChunk(current, 0, ChunkSize);
            for (long offset = 0; ; )
            {
                if (length < Math.Min(ChunkSize, size - offset))
                    return null;
                cancellation.ThrowIfCancellationRequested();
                offset += length;
                var (chunk, ahead, at, wanted) = (current.AsMemory(0, length), next, offset, (int)Math.Min(ChunkSize, size - offset));
                // While this chunk is hashed the next one is read.
                var work = wanted > 0 ? Task.Run(() => ReadChunk(ahead, at, wanted)) : null;
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

        int ReadChunk(byte[] buffer, long at, int wanted)
        {
            if (copy is not { } target)
                return file.Fill(buffer.AsSpan(0, wanted), at);
            // In the kernel where it can, then read back while the page is still warm.
            if (inKernel)
            {
                var done = 0L;
                while (done < wanted)
                {
                    var copied = LinuxDescriptors.Copy(file.Handle, target.Handle, at + done, wanted - done, target.Path);
                    inKernel = copied >= 0;
                    if (copied <= 0)
                        break;
                    done += copied;
                }
                if (inKernel)
                    return SourceFile.Of(target.Handle, target.Path).Fill(buffer.AsSpan(0, (int)done), at);
            }
            var read = file.Fill(buffer.AsSpan(0, wanted), at);
            Write(target, buffer.AsSpan(0, read), at);
            return read;
        }
    }

    private static HashOutcome Failure(HashStatus status, in FileStat stat, DataVersionException error) =>
        new(status, default, stat, stat, error);

    /// <summary>The error of a file that does not hold still.</summary>
    internal static DataVersionException Changed(string path) => new(DataErrorKind.FileChangedDuringRead,
        $"'{path}' changed while it was read, so its content is not known.", path,
        "Let the program that writes it finish, then run the command again.");
}
