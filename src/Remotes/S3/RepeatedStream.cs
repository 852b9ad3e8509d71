namespace DataVersion.Remotes.S3;

/// <summary>
/// A stream of known length that can be read again from its start, by being opened again. The SDK reads one that can be sought
/// twice, first for the signature; one that cannot be sought it sends in chunks with a trailer, which older services refuse.
/// </summary>
/// <param name="open">Opens it.</param>
/// <param name="length">Its length.</param>
internal sealed class RepeatedStream(Func<Stream> open, long length) : Stream
{
    private Stream source = open();
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = source.Read(buffer, offset, count);
        position += read;
        return read;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin)
    {
        var wanted = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => position + offset, _ => length + offset };
        if (wanted == position)
            return position;
        if (wanted != 0)
            throw new NotSupportedException("The stream is read from its start.");
        source.Dispose();
        source = open();
        return position = 0;
    }

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            source.Dispose();
        base.Dispose(disposing);
    }
}
