using System.Runtime.InteropServices;

namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>
/// Keeps the lanes of one worker busy: when the message of a lane ends, the next job takes its place, whatever the others
/// are doing. A lane reads its message in chunks into a buffer of its own. Not thread-safe.
/// </summary>
internal sealed unsafe class LaneHasher : IDisposable
{
    /// <summary>Bytes of a lane's buffer. Memory is touched only as far as messages are long.</summary>
    public const int Capacity = 512 * 1024;

    // Buffers begin at different places modulo the page size, or the lanes would throw one another out of the nearest cache.
    private const int Stride = Capacity + (5 * Md5Lanes.BlockSize);

    private readonly Md5Lanes lanes;
    private readonly CancellationToken cancellation;
    private readonly Action<long> passed;
    private readonly LaneJob?[] jobs;
    private readonly long[] done; // bytes read
    private readonly int[] loaded; // bytes of the last read
    private byte* buffers;
    private int active;

    /// <param name="width">A width with lanes.</param>
    /// <param name="cancellation">Looked at between two runs.</param>
    /// <param name="passed">Receives the number of bytes of each chunk that was hashed.</param>
    public LaneHasher(LaneWidth width, CancellationToken cancellation, Action<long> passed)
    {
        lanes = new Md5Lanes(width);
        (this.cancellation, this.passed) = (cancellation, passed);
        (jobs, done, loaded) = (new LaneJob?[lanes.Count], new long[lanes.Count], new int[lanes.Count]);
        buffers = (byte*)NativeMemory.AlignedAlloc((nuint)(Stride * lanes.Count), Md5Lanes.BlockSize);
    }

    /// <summary>
    /// Takes a job, which is ours from then on. Returns when it has a lane; other jobs may end meanwhile, and their receivers
    /// must not give us new ones.
    /// </summary>
    public void Hash(LaneJob job)
    {
        try
        {
            while (active == jobs.Length)
                Advance();
        }
        catch
        {
            job.Dispose();
            throw;
        }
        var lane = Array.IndexOf(jobs, null);
        (jobs[lane], done[lane]) = (job, 0);
        active++;
        lanes.Begin(lane);
        Load(lane, job);
    }

    /// <summary>Goes on until all jobs have ended.</summary>
    public void Finish()
    {
        while (active > 0)
            Advance();
    }

    public void Dispose()
    {
        for (var lane = 0; lane < jobs.Length; lane++)
            jobs[lane]?.Dispose();
        Array.Clear(jobs);
        active = 0;
        lanes.Dispose();
        NativeMemory.AlignedFree(buffers);
        buffers = null;
    }

    private void Advance()
    {
        cancellation.ThrowIfCancellationRequested();
        lanes.Run();
        for (var lane = 0; lane < jobs.Length; lane++)
            if (jobs[lane] is { } job && lanes.IsEmpty(lane))
            {
                passed(loaded[lane]);
                if (done[lane] < job.Size)
                    Load(lane, job);
                else
                    End(lane, job, lanes.Result(lane, job.Algorithm));
            }
    }

    private void Load(int lane, LaneJob job)
    {
        var buffer = buffers + ((nint)lane * Stride);
        var wanted = (int)Math.Min(Capacity, job.Size - done[lane]);
        int length;
        try
        {
            length = job.Read(new Span<byte>(buffer, wanted), done[lane]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            End(lane, job, null, error);
            return;
        }
        if (length < wanted)
        {
            End(lane, job, null);
            return;
        }
        done[lane] += loaded[lane] = length;
        if (done[lane] == job.Size)
        {
            if (job.Algorithm == ContentHashAlgorithm.Md5Dos2Unix)
                length = LegacyTextHash.Normalize(new Span<byte>(buffer, length)).Length;
            length += Md5Lanes.Pad(buffer + length, job.Size <= Capacity ? length : job.Size);
        }
        lanes.Feed(lane, buffer, length / Md5Lanes.BlockSize);
    }

    // The lane is free before the job hears of it: if the job's receiver throws, it will not be told a second time.
    private void End(int lane, LaneJob job, ContentHash? hash, Exception? error = null)
    {
        jobs[lane] = null;
        active--;
        lanes.Feed(lane, null, 0);
        using (job)
        {
            if (error is not null)
                job.Failed(error);
            else
                job.Hashed(hash, hash is not null && job.Size <= Capacity ? new ReadOnlySpan<byte>(buffers + ((nint)lane * Stride), (int)job.Size) : []);
        }
    }
}
