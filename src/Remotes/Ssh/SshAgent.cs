using System.Buffers.Binary;
using System.IO.Pipes;
using System.Net.Sockets;
using System.Text;
using Renci.SshNet;
using Renci.SshNet.Security;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// The agent that holds keys in memory and signs with them. Protocol: draft-ietf-sshm-ssh-agent (requests 11 and 13). A
/// connection is made for each request.
/// </summary>
internal sealed class SshAgent(string socket)
{
    /// <summary>The pipe of the agent that comes with Windows.</summary>
    public const string WindowsPipe = @"\\.\pipe\openssh-ssh-agent";

    private const string PipePrefix = @"\\.\pipe\";
    private const int MostBytes = 256 * 1024;
    private const byte RequestIdentities = 11;
    private const byte IdentitiesAnswer = 12;
    private const byte SignRequest = 13;
    private const byte SignResponse = 14;

    /// <summary>The keys it holds; none when there is no agent.</summary>
    public IReadOnlyList<AgentKey> Keys()
    {
        try
        {
            var answer = Ask([RequestIdentities]);
            if (answer.Length < 5 || answer[0] != IdentitiesAnswer)
                return [];
            var keys = new List<AgentKey>();
            ReadOnlySpan<byte> rest = answer.AsSpan(5);
            for (var count = BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(1)); count > 0; count--)
            {
                var key = ReadText(ref rest);
                keys.Add(new AgentKey(this, key, Encoding.UTF8.GetString(ReadText(ref rest))));
            }
            return keys;
        }
        catch (Exception error) when (error is IOException or SocketException or UnauthorizedAccessException or TimeoutException or InvalidDataException)
        {
            return [];
        }
    }

    /// <summary>Signs; gives the type of the signature and the signature, as they travel.</summary>
    /// <exception cref="IOException">The agent refused, or is gone.</exception>
    public byte[] Sign(byte[] key, byte[] data, uint flags)
    {
        var request = new byte[1 + 4 + key.Length + 4 + data.Length + 4];
        request[0] = SignRequest;
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(1), key.Length);
        key.CopyTo(request, 5);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(5 + key.Length), data.Length);
        data.CopyTo(request, 9 + key.Length);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(request.Length - 4), flags);
        var answer = Ask(request);
        if (answer.Length < 5 || answer[0] != SignResponse)
            throw new IOException("The SSH agent refused to sign.");
        ReadOnlySpan<byte> rest = answer.AsSpan(1);
        return ReadText(ref rest);
    }

    private byte[] Ask(byte[] request)
    {
        using var stream = Connect();
        var message = new byte[4 + request.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, request.Length);
        request.CopyTo(message, 4);
        stream.Write(message);
        stream.Flush();
        stream.ReadExactly(message, 0, 4);
        var length = BinaryPrimitives.ReadInt32BigEndian(message);
        if (length is <= 0 or > MostBytes)
            throw new InvalidDataException("The SSH agent's answer is not one.");
        var answer = new byte[length];
        stream.ReadExactly(answer);
        return answer;
    }

    private Stream Connect()
    {
        if (socket.StartsWith(PipePrefix, StringComparison.OrdinalIgnoreCase))
        {
            var pipe = new NamedPipeClientStream(".", socket[PipePrefix.Length..], PipeDirection.InOut);
            try
            {
                pipe.Connect(500);
                return pipe;
            }
            catch
            {
                pipe.Dispose();
                throw;
            }
        }
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            client.Connect(new UnixDomainSocketEndPoint(socket));
            return new NetworkStream(client, ownsSocket: true);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static byte[] ReadText(ref ReadOnlySpan<byte> rest)
    {
        var length = rest.Length < 4 ? -1 : BinaryPrimitives.ReadInt32BigEndian(rest);
        if (length < 0 || length > rest.Length - 4)
            throw new InvalidDataException("The SSH agent's answer is cut short.");
        var text = rest.Slice(4, length).ToArray();
        rest = rest[(4 + length)..];
        return text;
    }
}

/// <summary>A key of the agent: what it signs, the agent signs.</summary>
internal sealed class AgentKey(SshAgent agent, byte[] key, string comment) : IPrivateKeySource
{
    private const uint RsaSha256 = 2;
    private const uint RsaSha512 = 4;

    /// <summary>The public key, as it travels.</summary>
    public byte[] Key => key;

    /// <summary>What the agent calls it.</summary>
    public string Comment => comment;

    public IReadOnlyCollection<HostAlgorithm> HostKeyAlgorithms { get; } = KnownHosts.TypeOf(key) switch
    {
        "ssh-rsa" => [new Algorithm(agent, "rsa-sha2-512", key, RsaSha512), new Algorithm(agent, "rsa-sha2-256", key, RsaSha256)],
        var type => [new Algorithm(agent, type, key, 0)],
    };

    private sealed class Algorithm(SshAgent agent, string name, byte[] key, uint flags) : HostAlgorithm(name)
    {
        public override byte[] Data => key;

        public override byte[] Sign(byte[] data) => agent.Sign(key, data, flags);

        public override bool VerifySignature(byte[] data, byte[] signature) => throw new NotSupportedException();
    }
}
