using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes.Http;

namespace DataVersion.Remotes.Ftp;

/// <summary>When a connection is encrypted.</summary>
internal enum FtpTls
{
    /// <summary>When the server offers it.</summary>
    Auto,
    /// <summary>After the command AUTH TLS; a server without is not used.</summary>
    Explicit,
    /// <summary>From the first byte.</summary>
    Implicit,
    /// <summary>Not at all.</summary>
    Never,
}

/// <summary>How to get to an FTP server and log in there.</summary>
/// <param name="Host">Host, without brackets.</param>
/// <param name="Port">Port.</param>
/// <param name="User">User; <c>anonymous</c> when none is named.</param>
/// <param name="Password">Password; empty for none.</param>
/// <param name="Tls">When the connection is encrypted.</param>
/// <param name="Timeout">How long to wait for a connection.</param>
/// <param name="Folder">The folder of the remote: from the root when it begins with a slash, else from the folder one comes to.</param>
internal sealed record FtpSettings(string Host, int Port, string User, string Password, FtpTls Tls, TimeSpan Timeout, string Folder)
{
    private SslClientAuthenticationOptions Ssl { get; init; } = new();

    /// <summary>
    /// How TLS is spoken: one object for all connections, because that is what sessions are resumed by. Servers want the session
    /// of the control connection on the data connections, which .NET cannot do with TLS 1.3: 1.2 it is.
    /// </summary>
    public SslClientAuthenticationOptions GetSsl() => Ssl;

    /// <summary>Reads them.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: an option that is not valid.</exception>
    public static FtpSettings Read(RemoteConfiguration remote, RemoteAddress address)
    {
        var tls = (remote.Get("tls") ?? (address.Scheme == "ftps" ? "implicit" : "auto")) switch
        {
            "auto" => FtpTls.Auto,
            "explicit" => FtpTls.Explicit,
            "implicit" => FtpTls.Implicit,
            "never" => FtpTls.Never,
            var other => throw Invalid(remote, $"tls = {other}"),
        };
        if (address.Scheme == "ftps" && tls is FtpTls.Never or FtpTls.Auto && address.Scheme == "ftps")
            throw Invalid(remote, "an ftps:// address without TLS");
        var host = address.Host.Trim('[', ']');
        var user = remote.Get("user") is { Length: > 0 } named ? named : address.User;
        var ssl = new SslClientAuthenticationOptions { TargetHost = host, EnabledSslProtocols = SslProtocols.Tls12, AllowTlsResume = true };
        HttpConnections.Trust(ssl, remote);
        return new FtpSettings(host,
            int.TryParse(remote.Get("port"), CultureInfo.InvariantCulture, out var port) ? port : address.Port ?? (tls == FtpTls.Implicit ? 990 : 21),
            user ?? "anonymous",
            remote.Get("password") ?? address.GetPassword() ?? (user is null ? "anonymous@" : ""), tls, HttpConnections.Seconds(remote, "timeout", 60),
            // RFC 1738 §3.2.2: an escaped slash begins at the root.
            address.Path.StartsWith("%2F", StringComparison.OrdinalIgnoreCase) ? "/" + address.Path[3..].Trim('/') : address.Path) { Ssl = ssl };
    }

    private static DataVersionException Invalid(RemoteConfiguration remote, string what) => new(DataErrorKind.RemoteFailed,
        $"The remote '{remote.Name}' cannot be used: {what}.", null, "The option tls is auto, explicit, implicit or never; of ftps:// remotes, implicit or explicit.");
}
