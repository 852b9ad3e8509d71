using System.Security.Cryptography;

namespace DataVersion.Engine.Remotes;

/// <summary>Hashes (plain MD5) what is read from or written to another stream.</summary>
/// <param name="inner">The other stream; closed together with this one.</param>
/// <param name="passed">Receives the number of bytes of each piece.</param>
/// <param name="ended">Called with the hash before a reader gets the last bytes; may throw, and they are not given.</param>
/// <param name="length">Reading: number of bytes there must be; not more are given. -1 when it is not known.</param>
/// <param name="cut">Reading: the error for fewer bytes.</param>
internal sealed class HashingStream(Stream inner, Action<long>? passed = null, Action<ContentHash>? ended = null, long length = -1,
    Func<Exception>? cut = null) : Stream
{
    private readonly IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private long count;
    private bool atEnd;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => length >= 0 ? length : inner.Length;

    public override long Position { get => inner.Position; set => throw new NotSupportedException(); }

    /// <summary>The hash of everything so far.</summary>
    public ContentHash CurrentHash()
    {
        Span<byte> bytes = stackalloc byte[16];
        md5.GetCurrentHash(bytes);
        return new ContentHash(bytes);
    }

    public override int Read(Span<byte> buffer)
    {
        var part = Within(buffer.Length);
        var read = part == 0 ? 0 : inner.Read(buffer[..part]);
        Pass(buffer[..read], buffer.Length > 0 && read == 0);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var part = Within(buffer.Length);
        var read = part == 0 ? 0 : await inner.ReadAsync(buffer[..part], cancellationToken).ConfigureAwait(false);
        Pass(buffer.Span[..read], buffer.Length > 0 && read == 0);
        return read;
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        inner.Write(buffer);
        Pass(buffer, false);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        Pass(buffer.Span, false);
    }

    public override void Flush() => inner.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            md5.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Within(int wanted) => length < 0 ? wanted : (int)Math.Min(wanted, length - count);

    private void Pass(ReadOnlySpan<byte> bytes, bool end)
    {
        md5.AppendData(bytes);
        count += bytes.Length;
        if (bytes.Length > 0)
            passed?.Invoke(bytes.Length);
        if (end && count < length)
            throw cut?.Invoke() ?? new EndOfStreamException();
        if ((end || count == length) && !atEnd)
        {
            atEnd = true;
            ended?.Invoke(CurrentHash());
        }
    }
}
