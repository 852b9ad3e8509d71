using System.Security.Cryptography;

namespace DataVersion.Engine.Remotes;

/// <summary>Hashes (plain MD5) what is read from or written to another stream.</summary>
/// <param name="inner">The other stream; closed together with this one.</param>
/// <param name="passed">Receives the number of bytes of each piece.</param>
/// <param name="ended">Called with the hash when a reader has reached the end; may throw.</param>
internal sealed class HashingStream(Stream inner, Action<long>? passed = null, Action<ContentHash>? ended = null) : Stream
{
    private readonly IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
    private bool atEnd;

    public override bool CanRead => inner.CanRead;

    public override bool CanSeek => false;

    public override bool CanWrite => inner.CanWrite;

    public override long Length => inner.Length;

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
        var read = inner.Read(buffer);
        Pass(buffer[..read], buffer.Length > 0 && read == 0);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
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

    private void Pass(ReadOnlySpan<byte> bytes, bool end)
    {
        md5.AppendData(bytes);
        if (bytes.Length > 0)
            passed?.Invoke(bytes.Length);
        if (end && !atEnd)
        {
            atEnd = true;
            ended?.Invoke(CurrentHash());
        }
    }
}
