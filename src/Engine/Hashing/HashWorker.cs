using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing.Lanes;

namespace DataVersion.Engine.Hashing;

/// <summary>
/// What one worker of a batch hashes with: one file after the other, or several in the lanes of a vector. Receivers are
/// called on the worker's thread, in the order in which the files end; the last ones by <see cref="Finish"/>. They must not
/// ask for more hashing here, except by <see cref="Alone"/>.
/// </summary>
/// <param name="plan">How the batch is hashed.</param>
/// <param name="cancellation">Looked at between two chunks.</param>
/// <param name="passed">Receives the number of bytes of each chunk that was hashed.</param>
internal sealed class HashWorker(HashPlan plan, CancellationToken cancellation, Action<long>? passed = null) : IDisposable
{
    /// <summary>Longest content that a receiver can be given as a whole.</summary>
    public const int MostContent = LaneHasher.Capacity;

    // Compiling the code of the lanes takes as long as hashing this many bytes without.
    private const long WarmUp = 8 << 20;
    private static long hashedAlone;

    // Clones that the disk is asked for at a time. Measured on btrfs: fewer wait for it, more bring nothing.
    private const int MostAhead = 16;

    private readonly Queue<(SourceFile File, long Size, ContentReceiver Done, Action<Exception> Failed)> ahead = new();
    private LaneHasher? lanes;

    /// <summary>Hashes one file at a time, at once.</summary>
    public FileHasher Alone { get; } = new(cancellation, passed);

    /// <summary>Hashes a file; again, once, if it changes meanwhile. Errors are values.</summary>
    public void Hash(string path, ContentHashAlgorithm algorithm, Action<HashOutcome> done)
    {
        if (FileHasher.Open(path, out var file, out var before) is { } failure)
        {
            done(failure);
            return;
        }
        // Legacy text is hashed by chunks of another length.
        if (TakesLane(before.Size) && (algorithm == ContentHashAlgorithm.Md5 || before.Size <= LaneHasher.Capacity))
        {
            lanes!.Hash(new FileJob(file, path, before, algorithm, Alone, done));
            return;
        }
        HashOutcome outcome;
        using (file)
            outcome = Alone.Hash(file, path, before, algorithm, attempts: 2);
        done(outcome);
    }

    /// <summary>Reads exactly this many bytes of an open file, perhaps copies them, and hashes them by plain MD5.</summary>
    /// <param name="file">The file; it stays open until a receiver was called, and is its caller's to close.</param>
    /// <param name="size">Its length by its stat.</param>
    /// <param name="copy">Where the bytes are written to as well; what is hashed is what was written.</param>
    /// <param name="done">Receives the hash, and the content if there is no copy and it is at most <see cref="MostContent"/> long.</param>
    /// <param name="failed">Receives the exception of reading or writing.</param>
    public void HashContent(SourceFile file, long size, CopyTarget? copy, ContentReceiver done, Action<Exception> failed)
    {
        if (TakesLane(size))
        {
            lanes!.Hash(new ContentJob(new ChunkReader(file, copy), size, done, failed));
            return;
        }
        ContentHash? hash;
        ReadOnlySpan<byte> content = [];
        try
        {
            if (copy is null && size <= MostContent)
            {
                var read = Alone.ReadSmall(file, (int)size);
                content = read;
                hash = read.Length == size ? Alone.HashSmall(read, ContentHashAlgorithm.Md5) : null;
            }
            else
                hash = Alone.Read(file, size, ContentHashAlgorithm.Md5, copy);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            failed(error);
            return;
        }
        done(hash, content);
    }

    /// <summary>
    /// The same for a clone, or what was cloned. The blocks of a clone are on the disk, but not in memory, whatever its source is, so the
    /// disk is asked for them now, and it is hashed when some more have been asked for.
    /// </summary>
    public void HashClone(SourceFile file, long size, ContentReceiver done, Action<Exception> failed)
    {
        if (ReferenceEquals(plan, HashPlan.Alone))
        {
            HashContent(file, size, null, done, failed);
            return;
        }
        file.ReadAhead(Math.Min(size, MostContent));
        ahead.Enqueue((file, size, done, failed));
        if (ahead.Count > MostAhead)
            HashNextClone();
    }

    /// <summary>A worker for the same batch that calls each receiver before it returns.</summary>
    public HashWorker OneByOne() => new(HashPlan.Alone, cancellation, passed);

    /// <summary>Goes on until every receiver was called.</summary>
    public void Finish()
    {
        while (ahead.Count > 0)
            HashNextClone();
        lanes?.Finish();
    }

    public void Dispose()
    {
        lanes?.Dispose();
        Alone.Dispose();
    }

    private void HashNextClone()
    {
        var (file, size, done, failed) = ahead.Dequeue();
        HashContent(file, size, null, done, failed);
    }

    private bool TakesLane(long size)
    {
        if (size > plan.MostInLane || plan.Width == LaneWidth.One)
            return false;
        if (lanes is null)
        {
            if (Interlocked.Read(ref hashedAlone) < WarmUp && !plan.AtOnce)
            {
                Interlocked.Add(ref hashedAlone, size);
                return false;
            }
            lanes = new LaneHasher(plan.Width, cancellation, passed ?? (static _ => { }));
        }
        return true;
    }
}
