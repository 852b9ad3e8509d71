using DataVersion.Engine.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Ssh;

/// <summary>OpenSSH, with a key.</summary>
[Server("ssh")]
public class OpenSshConformanceTests : SshConformance
{
    private protected override TestServer Far => TestServer.Get("ssh");

    private protected override (string Option, string Value) Login => ("keyfile", Far["key"]);
}

/// <summary>OpenSSH, as if it allowed one channel of a connection only.</summary>
[Server("ssh")]
public sealed class OneChannelConformanceTests : OpenSshConformanceTests
{
    private protected override bool AllowsPipe => false;
}

/// <summary>ProFTPD's SFTP, with a password.</summary>
[Server("ssh-proftpd")]
public sealed class ProFtpdSftpConformanceTests : SshConformance
{
    private protected override TestServer Far => TestServer.Get("ssh-proftpd");

    private protected override (string Option, string Value) Login => ("password", Far["password"]);
}

/// <summary>What both have in common.</summary>
public abstract class SshConformance : StorageConformance
{
    private readonly SshHome home = new();

    private protected abstract TestServer Far { get; }

    private protected abstract (string Option, string Value) Login { get; }

    private protected virtual bool AllowsPipe => true;

    private protected override (string Host, int Port)? Server => Far.Address;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => Open(prefix, port ?? Far.Address.Port, Login);

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) => Open(prefix, Far.Address.Port, ("password", "wrong"));

    private protected override IRemoteStorage OpenUnknownBucket() => Open("no/such/folder", Far.Address.Port, Login);

    private IRemoteStorage Open(string path, int port, (string, string) login)
    {
        home.Trust(Far);
        home.AllowsPipe = AllowsPipe;
        return home.Open($"ssh://{Far["user"]}@{Far["host"]}:{port}{Far["root"].TrimEnd('/')}/{path}", login);
    }
}
