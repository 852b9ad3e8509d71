using System.Net.Sockets;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Ftp;

/// <summary>A stream of the network: what breaks here is a broken connection, not a broken file.</summary>
internal sealed class FtpStream(Stream inner, string place) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>What it passes through.</summary>
    public Stream Inner => inner;

    /// <summary>Makes a call of the network.</summary>
    public static async Task<T> GuardAsync<T>(Func<Task<T>> call, string place)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException || error is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown })
        {
            throw Broken(place, error);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            throw Broken(place, error);
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await inner.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException)
        {
            throw Broken(place, error);
        }
    }

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }

    private static TransientRemoteException Broken(string place, Exception error) => new($"The connection to '{place}' broke: {error.Message}", place, error);
}
