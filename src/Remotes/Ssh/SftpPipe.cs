using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// What moves content over SFTP (version 3; source: draft-ietf-secsh-filexfer-02, and OpenSSH's PROTOCOL for its extensions): several
/// requests are under way at a time, large ones where the server takes them, and each answer wakes only whoever waits for it. SSH.NET's own
/// client asks for the true name of a path before every call and registers three waits in the thread pool for every piece.
/// </summary>
internal sealed class SftpPipe : IDisposable
{
    /// <summary>What every server takes (section 3 of the draft).</summary>
    private const int CommonPiece = 32 << 10;

    /// <summary>Larger ones would only take memory.</summary>
    private const int MostPiece = 255 << 10;

    /// <summary>No answer is longer: a piece with what stands around it, or the attributes of a file.</summary>
    private const int MostAnswer = 512 << 10;

    private readonly Dictionary<uint, SftpReply> pending = [];
    private readonly Lock gate = new();
    private readonly TimeSpan patience;
    private readonly byte[] head = new byte[9];
    private SftpChannel? channel;
    private Exception? failure;
    private uint last;
    private int headLength;
    private byte[]? body;
    private int bodyLength, bodyCame;

    private SftpPipe(TimeSpan patience) => this.patience = patience;

    /// <summary>Bytes that one request reads or writes.</summary>
    public int Piece { get; private set; } = CommonPiece;

    /// <summary>A file can get a name that another one has (OpenSSH's extension).</summary>
    public bool CanReplace { get; private set; }

    /// <summary>Opens one.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="patience">How long to wait for an answer.</param>
    /// <returns>Null when there can be none: the server allows no further channel.</returns>
    public static SftpPipe? TryOpen(SftpClient client, TimeSpan patience)
    {
        var pipe = new SftpPipe(patience);
        pipe.channel = SftpChannel.TryOpen(client, data => pipe.Receive(data.Span), pipe.End);
        if (pipe.channel is null)
            return null;
        pipe.Greet();
        return pipe;
    }

    /// <summary>Asks to open a file.</summary>
    public SftpReply Open(string path, SftpOpening how) => Ask(SftpType.Open, new SftpText(path), writer => writer.Number((uint)how).Number(0));

    /// <summary>Asks to close a file.</summary>
    public SftpReply Close(byte[] handle) => Ask(SftpType.Close, new SftpText(handle), static _ => { });

    /// <summary>Asks for the attributes of a file.</summary>
    public SftpReply Stat(byte[] handle) => Ask(SftpType.FileStat, new SftpText(handle), static _ => { });

    /// <summary>Asks for bytes of a file.</summary>
    public SftpReply Read(byte[] handle, long offset, int count) => Ask(SftpType.Read, new SftpText(handle), writer => writer.Long(offset).Number((uint)count));

    /// <summary>Asks to write bytes to a file.</summary>
    public SftpReply Write(byte[] handle, long offset, ReadOnlyMemory<byte> bytes) => Ask(SftpType.Write, new SftpText(handle), writer => writer.Long(offset).Text(bytes.Span), bytes.Length);

    /// <summary>Asks to give a file a name, in the place of what has it. Only when <see cref="CanReplace"/>.</summary>
    public SftpReply Replace(string from, string to) => Ask(SftpType.Extended, new SftpText("posix-rename@openssh.com"), writer => writer.Text(from).Text(to), 4 * (from.Length + to.Length));

    /// <summary>How long to wait for an answer.</summary>
    public TimeSpan Patience => patience;

    /// <summary>True when nobody gets an answer any more.</summary>
    public bool IsEnded
    {
        get
        {
            lock (gate)
                return failure is not null;
        }
    }

    /// <summary>Nobody gets an answer any more.</summary>
    public void End(Exception why)
    {
        List<SftpReply> left;
        lock (gate)
        {
            failure ??= why;
            left = [.. pending.Values];
            pending.Clear();
        }
        foreach (var reply in left)
            reply.Fail(why);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End(new SshConnectionException("The connection was closed."));
        channel?.Dispose();
    }

    private void Greet()
    {
        var greeting = new SftpReply();
        lock (gate)
            pending[3] = greeting;
        // The version stands where others have their number.
        channel!.Send([0, 0, 0, 5, SftpType.Init, 0, 0, 0, 3], 9);
        var extensions = greeting.Extension(patience, SftpType.Version, Extensions) ?? throw new SshException("The server does not speak version 3 of SFTP.");
        last = 3;
        CanReplace = extensions.Contains("posix-rename@openssh.com");
        if (extensions.Contains("limits@openssh.com"))
            Piece = Ask(SftpType.Extended, new SftpText("limits@openssh.com"), static _ => { }).Extension(patience, SftpType.ExtendedReply, Limit) is > 0 and var limit ? limit : CommonPiece;
    }

    private static HashSet<string> Extensions(byte[] body)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; at < body.Length;)
        {
            var name = SftpReply.BytesAt(body, at);
            at += 4 + name.Length;
            at += 4 + SftpReply.BytesAt(body, at).Length;
            names.Add(Encoding.UTF8.GetString(name));
        }
        return names;
    }

    // Longest packet, longest reading, longest writing, most files. 0 means that nothing is promised.
    private static int Limit(byte[] body)
    {
        if (body.Length < 24)
            return CommonPiece;
        var (read, write) = (BinaryPrimitives.ReadUInt64BigEndian(body.AsSpan(8)), BinaryPrimitives.ReadUInt64BigEndian(body.AsSpan(16)));
        return read == 0 || write == 0 ? CommonPiece : (int)Math.Min(MostPiece, Math.Min(read, write));
    }

    private SftpReply Ask(byte type, SftpText first, Action<SftpWriter> rest, int more = 0)
    {
        var reply = new SftpReply();
        uint number;
        lock (gate)
        {
            if (failure is not null)
                throw new SshConnectionException(failure.Message, failure);
            number = ++last;
            pending[number] = reply;
        }
        var bytes = ArrayPool<byte>.Shared.Rent(64 + first.Length + more);
        try
        {
            var writer = new SftpWriter(bytes);
            writer.Begin(type, number);
            first.AddTo(writer);
            rest(writer);
            channel!.Send(bytes, writer.Finish());
        }
        catch (Exception error)
        {
            lock (gate)
                pending.Remove(number);
            if (error is SshException or System.Net.Sockets.SocketException or ObjectDisposedException)
                End(error);
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
        return reply;
    }

    // On the thread of the connection, one piece after the other.
    private void Receive(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0)
        {
            if (body is null)
            {
                var part = Math.Min(data.Length, head.Length - headLength);
                data[..part].CopyTo(head.AsSpan(headLength));
                data = data[part..];
                if ((headLength += part) < head.Length)
                    return;
                var length = BinaryPrimitives.ReadUInt32BigEndian(head);
                if (length is < 5 or > MostAnswer)
                    throw new SshException($"The server sent an answer of {length:N0} bytes.");
                (bodyLength, bodyCame) = ((int)length - 5, 0);
                body = ArrayPool<byte>.Shared.Rent(Math.Max(1, bodyLength));
            }
            var count = Math.Min(data.Length, bodyLength - bodyCame);
            data[..count].CopyTo(body.AsSpan(bodyCame));
            data = data[count..];
            if ((bodyCame += count) == bodyLength)
                Deliver();
        }
    }

    private void Deliver()
    {
        var (bytes, number) = (body!, BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(5)));
        (body, headLength) = (null, 0);
        SftpReply? reply;
        lock (gate)
            pending.Remove(number, out reply);
        if (reply is null)
            ArrayPool<byte>.Shared.Return(bytes);
        else
            reply.Come(head[4], bytes, bodyLength);
    }
}
