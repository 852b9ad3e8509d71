using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;
using DataVersion.Remotes.Ftp;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Ftp;

/// <summary>vsftpd, not encrypted: it lists as ls does.</summary>
[Server("ftp")]
public sealed class PlainVsftpdConformanceTests() : FtpConformance("ftp", "ftp", "never");

/// <summary>vsftpd, encrypted because it offers that.</summary>
[Server("ftp")]
public sealed class VsftpdConformanceTests() : FtpConformance("ftp", "ftp", null);

/// <summary>ProFTPD, encrypted after a command.</summary>
[Server("ftp-proftpd")]
public sealed class ProFtpdConformanceTests() : FtpConformance("ftp-proftpd", "ftp", "explicit");

/// <summary>ProFTPD, encrypted from the start.</summary>
[Server("ftp-proftpd")]
public sealed class ImplicitProFtpdConformanceTests() : FtpConformance("ftp-proftpd", "ftps", null);

/// <summary>Pure-FTPd.</summary>
[Server("ftp-pureftpd")]
public sealed class PureFtpdConformanceTests() : FtpConformance("ftp-pureftpd", "ftp", null)
{
    // Every call may log in, which takes it seconds.
    private protected override int ManyKeys => 400;
}

/// <summary>What they have in common.</summary>
public abstract class FtpConformance(string server, string scheme, string? tls) : StorageConformance
{
    private TestServer Far => TestServer.Get(server);

    private int Port => scheme == "ftps" ? int.Parse(Far["implicitPort"], System.Globalization.CultureInfo.InvariantCulture) : Far.Address.Port;

    // What a proxy cuts is seen at the control connection; data connections go by other ports.
    private protected override (string Host, int Port)? Server => null;

    private protected override IRemoteStorage Open(string prefix, int? port = null) => Open(prefix, port ?? Port, Far["password"]);

    private protected override IRemoteStorage OpenWithWrongCredentials(string prefix) => Open(prefix, Port, "wrong");

    private protected override IRemoteStorage OpenUnknownBucket() => Open("no/such/folder", Port, Far["password"]);

    private IRemoteStorage Open(string path, int port, string password)
    {
        var options = new Dictionary<string, string> { ["password"] = password, ["ssl_verify"] = Far["ca"] };
        if (tls is not null)
            options["tls"] = tls;
        var remote = new RemoteConfiguration("far", $"{scheme}://{Far["user"]}@{Far["host"]}:{port}/{path}", options, [ConfigScope.Repository], true);
        return new GuardedStorage(new FtpStorage(remote), remote);
    }
}
