using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace DataVersion.Remotes.Ssh;

/// <summary>An answer of an SFTP server that somebody waits for. Waiting sleeps at once: looking for the answer in a circle takes the
/// processor from the decryption.</summary>
internal sealed class SftpReply
{
    private byte[]? body;
    private int length;
    private byte type;
    private Exception? failure;
    private bool isThere;

    /// <summary>The answer has come.</summary>
    /// <param name="kind">Its type.</param>
    /// <param name="bytes">What it says, in a shared array, which is given back when it has been read.</param>
    /// <param name="count">Number of bytes.</param>
    public void Come(byte kind, byte[] bytes, int count)
    {
        lock (this)
        {
            (type, body, length, isThere) = (kind, bytes, count, true);
            Monitor.Pulse(this);
        }
    }

    /// <summary>It will not come.</summary>
    public void Fail(Exception error)
    {
        lock (this)
        {
            (failure, isThere) = (error, true);
            Monitor.Pulse(this);
        }
    }

    /// <summary>Waits for a handle of a file.</summary>
    public byte[] Handle(TimeSpan most) => Take(most, SftpType.Handle, static body => BytesAt(body, 0).ToArray());

    /// <summary>Waits for a length, of the attributes of a file; -1 when they do not have it.</summary>
    public long Size(TimeSpan most) => Take(most, SftpType.Attributes, static body => (NumberOf(body) & 1) == 0 ? -1 : body.Length >= 12 ? (long)BinaryPrimitives.ReadUInt64BigEndian(body[4..]) : throw Cut());

    /// <summary>Waits for the word that something has been done.</summary>
    public void Done(TimeSpan most)
    {
        Wait(most);
        try
        {
            if (type != SftpType.Status || NumberOf(body.AsSpan(0, length)) != 0)
                throw Error();
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Waits for bytes of a file, and writes them.</summary>
    /// <returns>How many; 0 behind the end of the file.</returns>
    public int Data(TimeSpan most, Stream target)
    {
        Wait(most);
        try
        {
            if (type == SftpType.Status && NumberOf(body.AsSpan(0, length)) == (uint)StatusCode.Eof)
                return 0;
            if (type != SftpType.Data)
                throw Error();
            var count = BytesAt(body.AsSpan(0, length), 0).Length;
            target.Write(body!, 4, count);
            return count;
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Waits for the answer to an extension, or to the greeting.</summary>
    /// <returns>What was made of it; the default when the server does not know the extension.</returns>
    public T? Extension<T>(TimeSpan most, byte wanted, Func<byte[], T> read)
    {
        Wait(most);
        try
        {
            return type == wanted ? read(body.AsSpan(0, length).ToArray()) : default;
        }
        finally
        {
            Release();
        }
    }

    /// <summary>A text or a handle with its length before it.</summary>
    /// <exception cref="SshException">It is longer than the answer.</exception>
    public static ReadOnlySpan<byte> BytesAt(ReadOnlySpan<byte> body, int at)
    {
        if (body.Length < at + 4 || BinaryPrimitives.ReadUInt32BigEndian(body[at..]) is var count && count > body.Length - at - 4)
            throw Cut();
        return body.Slice(at + 4, (int)count);
    }

    private static uint NumberOf(ReadOnlySpan<byte> body) => body.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(body) : throw Cut();

    private static SshException Cut() => new("The server sent an answer that is cut short.");

    private T Take<T>(TimeSpan most, byte wanted, Func<ReadOnlySpan<byte>, T> read)
    {
        Wait(most);
        try
        {
            return type == wanted ? read(body.AsSpan(0, length)) : throw Error();
        }
        finally
        {
            Release();
        }
    }

    private void Wait(TimeSpan most)
    {
        lock (this)
            while (!isThere)
                if (!Monitor.Wait(this, most))
                    throw new SshOperationTimeoutException("The server did not answer in time.");
        // The same may be thrown at several places.
        if (failure is not null)
            throw new SshConnectionException(failure.Message, failure);
    }

    private Exception Error()
    {
        var answer = body.AsSpan(0, length);
        if (type != SftpType.Status || answer.Length < 4)
            return new SshException($"The server sent an answer of the type {type} that was not asked for.");
        var code = (StatusCode)BinaryPrimitives.ReadUInt32BigEndian(answer);
        var message = answer.Length >= 8 ? Encoding.UTF8.GetString(BytesAt(answer, 4)) : code.ToString();
        return code switch
        {
            StatusCode.NoSuchFile => new SftpPathNotFoundException(message),
            StatusCode.PermissionDenied => new SftpPermissionDeniedException(message),
            _ => new SftpException(code, message),
        };
    }

    private void Release()
    {
        if (Interlocked.Exchange(ref body, null) is { } bytes)
            ArrayPool<byte>.Shared.Return(bytes);
    }
}

/// <summary>Types of messages (source: draft-ietf-secsh-filexfer-02, section 3).</summary>
internal static class SftpType
{
    public const byte Init = 1, Version = 2, Open = 3, Close = 4, Read = 5, Write = 6, FileStat = 8, Status = 101, Handle = 102, Data = 103, Attributes = 105, Extended = 200, ExtendedReply = 201;
}
