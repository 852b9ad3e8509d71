using System.Security.Cryptography;
using System.Text;
using DataVersion.Remotes.Ssh;

namespace DataVersion.Tests.Remotes.Ssh;

/// <summary>known_hosts files, without a server.</summary>
public sealed class KnownHostsTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private static readonly byte[] Key = MakeKey("ssh-ed25519", 1);
    private static readonly byte[] Other = MakeKey("ssh-ed25519", 2);
    private static readonly byte[] OtherType = MakeKey("ssh-rsa", 1);

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("far.example", 22, "Known")]
    [InlineData("FAR.example", 22, "Known")]
    [InlineData("far.example", 2222, "Known")] // what is known of the host at its own port
    [InlineData("near.example", 22, "Unknown")]
    public void A_plain_name_counts_for_its_host(string host, int port, string verdict) =>
        Assert.Equal(verdict, Judge($"far.example,10.0.0.1 {Line(Key)} a comment", host, port).ToString());

    [Theory]
    [InlineData("far.example", 2222, "Known")]
    [InlineData("far.example", 22, "Unknown")]
    [InlineData("far.example", 2223, "Unknown")]
    public void A_name_with_a_port_counts_for_that_port(string host, int port, string verdict) =>
        Assert.Equal(verdict, Judge($"[far.example]:2222 {Line(Key)}", host, port).ToString());

    [Theory]
    [InlineData("a.example", "Known")]
    [InlineData("b.example", "Unknown")]
    [InlineData("example", "Unknown")]
    public void Wildcards_and_exceptions_count(string host, string verdict) =>
        Assert.Equal(verdict, Judge($"*.example,!b.example {Line(Key)}", host, 22).ToString());

    [Fact]
    public void A_hashed_name_counts_for_its_host()
    {
        var salt = RandomNumberGenerator.GetBytes(20);
        var line = $"|1|{Convert.ToBase64String(salt)}|{Convert.ToBase64String(HMACSHA1.HashData(salt, Encoding.ASCII.GetBytes("[far.example]:2222")))} {Line(Key)}";

        Assert.Equal(HostKeyVerdict.Known, Judge(line, "far.example", 2222));
        Assert.Equal(HostKeyVerdict.Unknown, Judge(line, "near.example", 2222));
        Assert.Equal(HostKeyVerdict.Unknown, Judge("|1|no|base64! " + Line(Key), "far.example", 2222));
    }

    [Fact]
    public void Another_key_of_the_type_is_a_change_and_one_of_another_type_is_unknown()
    {
        Assert.Equal(HostKeyVerdict.Changed, Judge($"far {Line(Other)}", "far", 22));
        Assert.Equal(HostKeyVerdict.Unknown, Judge($"far {Line(OtherType)}", "far", 22));
        Assert.Equal(HostKeyVerdict.Known, Judge($"far {Line(Other)}\nfar {Line(Key)}", "far", 22));
        // A port of its own with another key is a change, whatever the host has at its usual one.
        Assert.Equal(HostKeyVerdict.Changed, Judge($"[far]:2222 {Line(Other)}\nfar {Line(Key)}", "far", 2222));
    }

    [Fact]
    public void A_revoked_key_is_never_known() =>
        Assert.Equal(HostKeyVerdict.Revoked, Judge($"far {Line(Key)}\n@revoked * {Line(Key)}", "far", 22));

    [Fact]
    public void What_is_no_entry_is_passed_over() =>
        Assert.Equal(HostKeyVerdict.Known, Judge($"# a comment\n\nfar\nfar ssh-ed25519\n@cert-authority far {Line(Other)}\n\tfar {Line(Key)}", "far", 22));

    [Fact]
    public void What_is_written_down_is_known()
    {
        Assert.Equal(HostKeyVerdict.Known, Judge(KnownHosts.Format("Far", 2222, Key), "far", 2222));
        Assert.Equal(HostKeyVerdict.Known, Judge(KnownHosts.Format("far", 22, Key), "far", 22));
    }

    private HostKeyVerdict Judge(string text, string host, int port)
    {
        File.WriteAllText(scratch.PathOf("known_hosts"), text);
        return KnownHosts.Read([scratch.PathOf("missing"), scratch.PathOf("known_hosts")]).Judge(host, port, Key).Verdict;
    }

    private static string Line(byte[] key) => $"{KnownHosts.TypeOf(key)} {Convert.ToBase64String(key)}";

    private static byte[] MakeKey(string type, byte content) => [0, 0, 0, (byte)type.Length, .. Encoding.ASCII.GetBytes(type), 0, 0, 0, 1, content];
}
