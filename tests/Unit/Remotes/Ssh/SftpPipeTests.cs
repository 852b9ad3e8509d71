using System.Buffers;
using DataVersion.Remotes.Ssh;
using DataVersion.Tests.Remotes.Servers;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace DataVersion.Tests.Remotes.Ssh;

/// <summary>The channel that SSH.NET does not show, and what answers say.</summary>
public sealed class SftpPipeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Where a new version of SSH.NET has no such channel any more, remotes still work: with its own, slower client.
    [ServerTheory("ssh")]
    [InlineData("ssh")]
    [InlineData("ssh-proftpd")]
    public void SSH_NET_still_has_the_channel_that_is_looked_for(string name)
    {
        var server = TestServer.Get(name);
        using var client = new SftpClient(server["host"], int.Parse(server["port"]), server["user"], new PrivateKeyFile(server["key"]));
        client.Connect();

        using var pipe = SftpPipe.TryOpen(client, Patience);

        Assert.NotNull(pipe);
        Assert.True(pipe.CanReplace);
        Assert.InRange(pipe.Piece, 32 << 10, 255 << 10);
        Assert.Throws<SftpPathNotFoundException>(() => pipe.Open("/no/such/file", SftpOpening.Read).Handle(Patience));
    }

    [ServerFact("ssh")]
    public void Who_waits_is_told_when_the_connection_ends()
    {
        var server = TestServer.Get("ssh");
        using var client = new SftpClient(server["host"], int.Parse(server["port"]), server["user"], new PrivateKeyFile(server["key"]));
        client.Connect();
        using var pipe = SftpPipe.TryOpen(client, Patience)!;

        client.Disconnect();

        Assert.ThrowsAny<SshException>(() => pipe.Open("/", SftpOpening.Read).Handle(Patience));
    }

    [Fact]
    public void An_answer_tells_what_is_wrong()
    {
        Assert.Throws<SftpPathNotFoundException>(() => Answer(SftpType.Status, 0, 0, 0, 2, 0, 0, 0, 1, (byte)'x').Handle(Patience));
        Assert.Throws<SftpPermissionDeniedException>(() => Answer(SftpType.Status, 0, 0, 0, 3).Done(Patience));
        Assert.Equal("full", Assert.Throws<SftpException>(() => Answer(SftpType.Status, 0, 0, 0, 4, 0, 0, 0, 4, (byte)'f', (byte)'u', (byte)'l', (byte)'l').Done(Patience)).Message);
        Assert.ThrowsAny<SshException>(() => Answer(SftpType.Handle, 0, 0, 0, 9, 1).Handle(Patience));
        Assert.ThrowsAny<SshException>(() => Answer(SftpType.Handle, 0).Handle(Patience));
        Assert.ThrowsAny<SshException>(() => Answer(SftpType.Status, 0).Done(Patience));
        Assert.ThrowsAny<SshException>(() => Answer(SftpType.Attributes, 0, 0, 0, 1, 0).Size(Patience));
        Assert.ThrowsAny<SshException>(() => Answer(SftpType.Data, 0, 0, 1, 0, 5).Data(Patience, Stream.Null));
    }

    [Fact]
    public void An_answer_is_not_waited_for_without_end() =>
        Assert.Throws<SshOperationTimeoutException>(() => new SftpReply().Done(TimeSpan.FromMilliseconds(20)));

    private static SftpReply Answer(byte type, params byte[] body)
    {
        var reply = new SftpReply();
        var shared = ArrayPool<byte>.Shared.Rent(body.Length);
        body.CopyTo(shared, 0);
        reply.Come(type, shared, body.Length);
        return reply;
    }
}
