namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>A message that is hashed in a lane. All members are called on the worker's thread.</summary>
/// <param name="size">Bytes to hash.</param>
/// <param name="algorithm">The hash; legacy text only up to <see cref="LaneHasher.Capacity"/>.</param>
internal abstract class LaneJob(long size, ContentHashAlgorithm algorithm) : IDisposable
{
    /// <summary>Bytes to hash.</summary>
    public long Size => size;

    /// <summary>The hash.</summary>
    public ContentHashAlgorithm Algorithm => algorithm;

    /// <summary>Reads the next bytes, from the start to the end; fewer than asked for when there are no more.</summary>
    /// <exception cref="IOException">Comes back as <see cref="Failed"/>.</exception>
    public abstract int Read(Span<byte> buffer, long offset);

    /// <summary>All was read and hashed.</summary>
    /// <param name="hash">Null when there were fewer bytes than expected.</param>
    /// <param name="content">The message if it was not longer than <see cref="LaneHasher.Capacity"/>; gone after the call.</param>
    public abstract void Hashed(ContentHash? hash, ReadOnlySpan<byte> content);

    /// <summary>Reading failed.</summary>
    public abstract void Failed(Exception error);

    /// <summary>Lets go of what is open: after the end of the job, and also when the work is given up before.</summary>
    public abstract void Dispose();
}
