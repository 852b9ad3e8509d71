namespace DataVersion.Engine.Hashing.Lanes;

/// <summary>Receives the hash of bytes that were read on the way.</summary>
/// <param name="hash">Null when there were fewer bytes than expected.</param>
/// <param name="content">The bytes if they were held as a whole; gone after the call.</param>
internal delegate void ContentReceiver(ContentHash? hash, ReadOnlySpan<byte> content);

/// <summary>An open file that is read, and perhaps copied, and hashed in a lane. Its owner closes it.</summary>
internal sealed class ContentJob(ChunkReader reader, long size, ContentReceiver done, Action<Exception> failed)
    : LaneJob(size, ContentHashAlgorithm.Md5)
{
    private ChunkReader reader = reader;

    public override int Read(Span<byte> buffer, long offset) => reader.Read(buffer, offset);

    public override void Hashed(ContentHash? hash, ReadOnlySpan<byte> content) => done(hash, content);

    public override void Failed(Exception error) => failed(error);

    public override void Dispose()
    {
    }
}
