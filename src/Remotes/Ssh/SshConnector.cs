using System.Net;
using System.Net.Sockets;
using DataVersion.Engine.Remotes;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace DataVersion.Remotes.Ssh;

/// <summary>Opens connections: through the hosts in between, with host keys checked, logged in. Not several at a time.</summary>
/// <param name="settings">How to get there.</param>
/// <param name="place">The remote, for messages.</param>
/// <param name="stall">How long to wait for an answer.</param>
/// <param name="allowsPipe">Content may move over a channel of its own.</param>
internal sealed class SshConnector(SshSettings settings, string place, TimeSpan stall, bool allowsPipe)
{
    private static readonly string[] FastCiphers = ["aes128-gcm@openssh.com", "aes256-gcm@openssh.com"];

    private readonly Dictionary<SshSettings, SshCredentials> credentials = [];

    /// <summary>What the last login was made with, without secrets.</summary>
    public string Credentials => credentials.GetValueOrDefault(settings)?.Used ?? "none";

    /// <summary>Opens a connection.</summary>
    /// <exception cref="DataVersionException">RemoteFailed, TransientRemoteException.</exception>
    public SshConnection Open(CancellationToken cancellation)
    {
        var below = new List<IDisposable>();
        SshProxyCommand? proxy = null;
        try
        {
            var first = settings.Jumps.Count > 0 ? settings.Jumps[0] : settings;
            var (host, port) = (first.Host, first.Port);
            if (first.ProxyCommand is not null)
            {
                proxy = new SshProxyCommand(first.ProxyCommand);
                below.Add(proxy);
                (host, port) = (IPAddress.Loopback.ToString(), proxy.Port);
            }
            foreach (var (at, jump) in settings.Jumps.Index())
            {
                var (from, fromPort) = at == 0 ? (host, port) : Forward((SshClient)below[^1], jump.Host, jump.Port, below);
                var client = new SshClient(Describe(jump, from, fromPort));
                below.Add(client);
                Connect(client, jump, cancellation);
            }
            if (settings.Jumps.Count > 0)
                (host, port) = Forward((SshClient)below[^1], settings.Host, settings.Port, below);
            var sftp = new SftpClient(Describe(settings, host, port)) { BufferSize = 256 * 1024, OperationTimeout = stall };
            below.Add(sftp);
            Connect(sftp, settings, cancellation);
            return new SshConnection(sftp, below, stall, allowsPipe);
        }
        catch (Exception error)
        {
            var why = cancellation.IsCancellationRequested || error is DataVersionException and not TransientRemoteException ? null : proxy?.Failure();
            Close(below);
            if (why is not null)
                throw new DataVersionException(DataErrorKind.RemoteFailed, $"The ProxyCommand '{proxy!.Command}' does not lead to '{place}': {why}.", place, "Try the command in a shell, and correct ~/.ssh/config.");
            throw;
        }
    }

    /// <summary>Closes what was opened, the last first.</summary>
    internal static void Close(IReadOnlyList<IDisposable> opened)
    {
        for (var i = opened.Count - 1; i >= 0; i--)
            try
            {
                opened[i].Dispose();
            }
            // What is broken cannot be closed properly.
            catch (Exception error) when (error is SshException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
            {
            }
    }

    private ConnectionInfo Describe(SshSettings to, string host, int port)
    {
        if (!credentials.TryGetValue(to, out var login))
            credentials[to] = login = new SshCredentials(to);
        var info = new ConnectionInfo(host, port, to.User, login.MakeMethods()) { Timeout = to.Timeout };
        foreach (var cipher in FastCiphers.Reverse())
            if (info.Encryptions.TryGetValue(cipher, out var made))
            {
                info.Encryptions.Remove(cipher);
                info.Encryptions.Insert(0, cipher, made);
            }
        // A key of a type that is known proves more than one of a better type that is not. Certificates are not understood.
        foreach (var name in info.HostKeyAlgorithms.Keys.Where(k => k.Contains("-cert-", StringComparison.Ordinal)).ToList())
            info.HostKeyAlgorithms.Remove(name);
        var known = KnownHosts.Read(to.KnownHostsFiles).TypesOf(to.KnownAs, to.IsAlias ? 22 : to.Port);
        foreach (var name in info.HostKeyAlgorithms.Keys.Where(k => known.Contains(k.StartsWith("rsa-", StringComparison.Ordinal) ? "ssh-rsa" : k)).Reverse().ToList())
        {
            var made = info.HostKeyAlgorithms[name];
            info.HostKeyAlgorithms.Remove(name);
            info.HostKeyAlgorithms.Insert(0, name, made);
        }
        return info;
    }

    private void Connect(BaseClient client, SshSettings to, CancellationToken cancellation)
    {
        DataVersionException? refusal = null;
        client.HostKeyReceived += (_, shown) =>
        {
            try
            {
                refusal = HostKeys.Check(to, shown.HostKey);
            }
            catch (DataVersionException error)
            {
                refusal = error;
            }
            shown.CanTrust = refusal is null;
        };
        client.KeepAliveInterval = to.KeepAlive;
        try
        {
            client.ConnectAsync(cancellation).GetAwaiter().GetResult();
        }
        catch (Exception) when (refusal is not null)
        {
            throw refusal;
        }
        catch (SshAuthenticationException error)
        {
            throw credentials[to].Refused(place, error);
        }
        catch (Exception error) when (error is not SocketException && SshErrors.Describe(error, "connect", place, place) is { } described)
        {
            throw described;
        }
    }

    private static (string Host, int Port) Forward(SshClient through, string host, int port, List<IDisposable> below)
    {
        var forwarded = new ForwardedPortLocal(IPAddress.Loopback.ToString(), host, (uint)port);
        through.AddForwardedPort(forwarded);
        below.Add(forwarded);
        forwarded.Start();
        return (IPAddress.Loopback.ToString(), (int)forwarded.BoundPort);
    }
}
