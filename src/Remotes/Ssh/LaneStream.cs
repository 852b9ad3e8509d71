namespace DataVersion.Remotes.Ssh;

/// <summary>A stream as SSH.NET wants it, one whose calls wait; every call ends when the transfer is cancelled.</summary>
internal sealed class LaneStream(Stream inner, CancellationToken cancellation, bool ownsInner = false) : Stream
{
    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        cancellation.ThrowIfCancellationRequested();
        // Whole pieces: each becomes a packet.
        var read = 0;
        for (int more; read < count && (more = inner.Read(buffer, offset + read, count - read)) > 0;)
            read += more;
        return read;
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        var writing = inner.WriteAsync(buffer.AsMemory(offset, count), cancellation);
        if (!writing.IsCompletedSuccessfully)
            writing.AsTask().GetAwaiter().GetResult();
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && ownsInner)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
