using System.Collections.Concurrent;
using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Copies files and hashes what was copied: the clone where the file systems can clone, else the bytes on their way. So the
/// hash is that of the copy, whatever happens to the source meanwhile. Thread-safe; holds the buffers of its workers.
/// </summary>
internal sealed class VerifiedCopies(OperationContext context, Action<long> passed) : IDisposable
{
    private readonly ConcurrentBag<FileHasher> idle = [];
    private readonly ConcurrentDictionary<ulong, bool> cannotClone = new();

    /// <summary>Copies a file to a new name.</summary>
    /// <param name="source">Absolute path; links are followed.</param>
    /// <param name="temporary">Absolute path that does not exist; on an error the caller removes what is there.</param>
    /// <param name="algorithm">The hash wanted.</param>
    /// <returns>The hash of the copy.</returns>
    /// <exception cref="DataVersionException">FileChangedDuringRead.</exception>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public ContentHash Copy(string source, string temporary, ContentHashAlgorithm algorithm)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var stat = FileStat.Read(source, followLinks: true);
        if (stat.Size > 0 && !cannotClone.ContainsKey(stat.Device))
        {
            var error = LinkCalls.Make(LinkKind.Reflink, source, temporary, FileModes.Private(sharedGroup: false));
            if (error == 0)
                return Hash(temporary, algorithm);
            if (!LinkCalls.MeansUnsupported(error))
                throw NativeError.ToException(error, temporary);
            cannotClone[stat.Device] = true;
        }
        if (algorithm == ContentHashAlgorithm.Md5)
            return CopyOnce(source, temporary);
        LinkCalls.Copy(source, temporary, FileModes.Private(sharedGroup: false));
        return Hash(temporary, algorithm);
    }

    /// <summary>Hashes a file that nobody else writes to.</summary>
    public ContentHash Hash(string path, ContentHashAlgorithm algorithm)
    {
        var hasher = Rent();
        try
        {
            var outcome = hasher.Hash(path, algorithm);
            return outcome.Status == HashStatus.Hashed ? outcome.Hash : throw outcome.Error!;
        }
        finally
        {
            idle.Add(hasher);
        }
    }

    public void Dispose()
    {
        while (idle.TryTake(out var hasher))
            hasher.Dispose();
    }

    private ContentHash CopyOnce(string source, string temporary)
    {
        var hasher = Rent();
        try
        {
            using var file = SourceFile.Open(source);
            using var target = OperatingSystem.IsLinux()
                ? LinuxDescriptors.CreateNew(temporary, FileModes.Private(sharedGroup: false))
                : File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
            return hasher.Read(file, file.Stat().Size, ContentHashAlgorithm.Md5, new CopyTarget(target, temporary))
                ?? throw FileHasher.Changed(source);
        }
        finally
        {
            idle.Add(hasher);
        }
    }

    private FileHasher Rent() => idle.TryTake(out var hasher) ? hasher : new FileHasher(context.Cancellation, passed);
}
