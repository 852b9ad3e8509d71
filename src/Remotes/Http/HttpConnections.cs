using System.Globalization;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Remotes.Http;

/// <summary>Connections of the services that speak HTTP: one way to check certificates, to wait, and to go through proxies.</summary>
internal static class HttpConnections
{
    /// <summary>Makes a handler from the options that all these services have: <c>ssl_verify</c> (a truth value, or a file of
    /// authorities in PEM), <c>connect_timeout</c>. Proxies come from the environment. Redirects are not followed here: a login
    /// must not go with them to another host.</summary>
    /// <param name="remote">The remote.</param>
    /// <param name="connections">Most connections to one host.</param>
    /// <param name="isBlocking">They are for threads that block. An answer of which the rest is not wanted may still be read by such a
    /// thread, so nobody else reads that rest to use the connection again.</param>
    /// <exception cref="DataVersionException">RemoteFailed: the file of authorities cannot be read.</exception>
    public static SocketsHttpHandler Open(RemoteConfiguration remote, int connections, bool isBlocking = false)
    {
        var handler = new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections, ConnectTimeout = Seconds(remote, "connect_timeout", 60), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
            AutomaticDecompression = System.Net.DecompressionMethods.None, AllowAutoRedirect = false, UseCookies = false,
            ConnectCallback = ConnectAsync, Expect100ContinueTimeout = TimeSpan.FromSeconds(2), ResponseDrainTimeout = TimeSpan.FromMilliseconds(200), MaxResponseDrainSize = isBlocking ? 0 : 1 << 16,
        };
        Trust(handler.SslOptions, remote);
        Identify(handler.SslOptions, remote);
        return handler;
    }

    // A socket that was waited for in another way once never blocks again: whoever reads from it is then woken by two other threads. On a
    // thread of its own, because a host that does not answer would keep those of the pool; nobody waits for a name server when it is cancelled.
    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            using (cancellation.UnsafeRegister(static connecting => ((Socket)connecting!).Dispose(), socket))
                await Task.Factory.StartNew(() => socket.Connect(context.DnsEndPoint), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception error)
        {
            socket.Dispose();
            if (error is SocketException or ObjectDisposedException)
                cancellation.ThrowIfCancellationRequested();
            throw;
        }
    }

    // cert_path and key_path; the key may be in the file of the certificate.
    private static void Identify(SslClientAuthenticationOptions ssl, RemoteConfiguration remote)
    {
        if (remote.Get("cert_path") is not { Length: > 0 } file)
            return;
        try
        {
            var certificate = X509Certificate2.CreateFromPemFile(file, remote.Get("key_path"));
            // Windows uses keys only that it holds itself.
            if (OperatingSystem.IsWindows())
                certificate = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
            ssl.ClientCertificates = [certificate];
            ssl.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException or ArgumentException)
        {
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The client certificate of the remote '{remote.Name}' cannot be read: '{file}': {error.Message}",
                file, "Correct the options cert_path and key_path: PEM files, the key without passphrase.", error);
        }
    }

    /// <summary>A time in seconds that an option gives.</summary>
    public static TimeSpan Seconds(RemoteConfiguration remote, string option, double otherwise) =>
        TimeSpan.FromSeconds(double.TryParse(remote.Get(option), CultureInfo.InvariantCulture, out var seconds) && seconds > 0 ? seconds : otherwise);

    /// <summary>True when an option is a true truth value.</summary>
    public static bool IsTrue(RemoteConfiguration remote, string option) => string.Equals(remote.Get(option), "true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Applies <c>ssl_verify</c>.</summary>
    public static void Trust(SslClientAuthenticationOptions ssl, RemoteConfiguration remote)
    {
        switch (remote.Get("ssl_verify"))
        {
            case null or "":
            case var yes when yes.Equals("true", StringComparison.OrdinalIgnoreCase):
                break;
            case var no when no.Equals("false", StringComparison.OrdinalIgnoreCase):
                // The user said so.
                ssl.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
                break;
            case var file:
                ssl.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
                try
                {
                    ssl.CertificateChainPolicy.CustomTrustStore.ImportFromPemFile(file);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Security.Cryptography.CryptographicException)
                {
                    throw new DataVersionException(DataErrorKind.RemoteFailed, $"The file of certificate authorities of the remote '{remote.Name}' cannot be read: '{file}': {error.Message}",
                        file, "Correct the option ssl_verify: true, false, or a PEM file.", error);
                }
                break;
        }
    }
}
