using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
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
    private static int connections;

    private RemoteConfiguration? Remote { get; init; }

    /// <summary>
    /// How TLS is spoken on a control connection and on its data connections. Servers want the session of the very control
    /// connection on the data connections, which .NET cannot do with TLS 1.3, so 1.2 it is; and it remembers sessions by the name
    /// of the host, letter by letter, so each control connection gets a spelling of its own.
    /// </summary>
    public SslClientAuthenticationOptions MakeSsl()
    {
        var ssl = new SslClientAuthenticationOptions { TargetHost = Host, EnabledSslProtocols = SslProtocols.Tls12, AllowTlsResume = true };
        HttpConnections.Trust(ssl, Remote!);
        var number = Interlocked.Increment(ref connections);
        if (!IPAddress.TryParse(Host, out _))
            ssl.TargetHost = Spell(Host, number);
        else
        {
            // Sessions are not remembered by addresses at all: it is given a name, and the certificate is held against the address.
            ssl.TargetHost = $"c{number.ToString(CultureInfo.InvariantCulture)}.{Host.Replace('.', '-').Replace(':', '-').Replace('%', '-')}.invalid";
            ssl.RemoteCertificateValidationCallback ??= (_, certificate, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
                && certificate is X509Certificate2 shown && shown.MatchesHostname(Host);
        }
        return ssl;
    }

    // The digits of a number in the case of letters, which means nothing in names of hosts.
    private static string Spell(string host, int number) => string.Concat(host.Select(c =>
    {
        if (!char.IsAsciiLetter(c))
            return c;
        var upper = (number & 1) == 1;
        number >>= 1;
        return upper ? char.ToUpperInvariant(c) : char.ToLowerInvariant(c);
    }));

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
        // What ssl_verify says wrong is said now.
        HttpConnections.Trust(new SslClientAuthenticationOptions(), remote);
        return new FtpSettings(host,
            int.TryParse(remote.Get("port"), CultureInfo.InvariantCulture, out var port) ? port : address.Port ?? (tls == FtpTls.Implicit ? 990 : 21),
            user ?? "anonymous",
            remote.Get("password") ?? address.GetPassword() ?? (user is null ? "anonymous@" : ""), tls, HttpConnections.Seconds(remote, "timeout", 60),
            // RFC 1738 §3.2.2: an escaped slash begins at the root.
            address.Path.StartsWith("%2F", StringComparison.OrdinalIgnoreCase) ? "/" + address.Path[3..].Trim('/') : address.Path) { Remote = remote };
    }

    private static DataVersionException Invalid(RemoteConfiguration remote, string what) => new(DataErrorKind.RemoteFailed,
        $"The remote '{remote.Name}' cannot be used: {what}.", null, "The option tls is auto, explicit, implicit or never; of ftps:// remotes, implicit or explicit.");
}
