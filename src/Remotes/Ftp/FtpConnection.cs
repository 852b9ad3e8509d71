using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Ftp;

/// <summary>A control connection: one command at a time. Sources: RFC 959, 2228, 2389, 2428, 3659, 4217.</summary>
internal sealed class FtpConnection : IDisposable
{
    private const int MostLine = 1 << 20;

    private readonly FtpSettings settings;
    private readonly SslClientAuthenticationOptions ssl;
    private readonly string place;
    private readonly TimeSpan patience;
    private readonly byte[] buffer = new byte[8192];
    private readonly HashSet<string> features = new(StringComparer.OrdinalIgnoreCase);
    private IPAddress? remoteAddress;
    private FtpStream stream = null!;
    private int at;
    private int end;
    private bool isPlainPassive;

    private FtpConnection(FtpSettings settings, string place, TimeSpan patience) =>
        (this.settings, ssl, this.place, this.patience) = (settings, settings.MakeSsl(), place, patience);

    /// <summary>What the server said first.</summary>
    public string Greeting { get; private set; } = "";

    /// <summary>The folder one comes to, without a slash at its end.</summary>
    public string Home { get; private set; } = "";

    /// <summary>True when what passes is encrypted.</summary>
    public bool IsEncrypted { get; private set; }

    /// <summary>False when something went wrong in the middle of a transfer: nobody knows what the next answer is to.</summary>
    public bool IsInStep { get; private set; } = true;

    /// <summary>When it was used last.</summary>
    public DateTime Used { get; set; } = DateTime.UtcNow;

    /// <summary>The option that makes LIST show names with a dot; null when the server takes none.</summary>
    public string? ListOption { get; set; } = "-a";

    /// <summary>True when the server has a command.</summary>
    public bool Has(string feature) => features.Contains(feature);

    /// <summary>Connects and logs in.</summary>
    /// <param name="settings">Where and who.</param>
    /// <param name="place">Where, for messages.</param>
    /// <param name="patience">How long to wait for an answer.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<FtpConnection> OpenAsync(FtpSettings settings, string place, TimeSpan patience, CancellationToken cancellation)
    {
        var connection = new FtpConnection(settings, place, patience);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(settings.Timeout);
            try
            {
                await connection.ConnectAsync(limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
            {
                throw new TransientRemoteException($"'{place}' did not answer within {settings.Timeout.TotalSeconds:0} s.", place, error) { IsUnreachable = true };
            }
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and waits for the answer.</summary>
    public async Task<FtpReply> SendAsync(string command, CancellationToken cancellation)
    {
        // What is in a name must not become a command.
        if (command.AsSpan().ContainsAny('\r', '\n', '\0'))
            throw new DataVersionException(DataErrorKind.PathUnsupported, "FTP has no names with line breaks in them.", command, "Use another kind of remote for this name.");
        await stream.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), cancellation).ConfigureAwait(false);
        return await ReadReplyAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends a command that must succeed.</summary>
    /// <exception cref="DataVersionException">It did not.</exception>
    public async Task<FtpReply> RequireAsync(string command, string what, string key, CancellationToken cancellation)
    {
        var reply = await SendAsync(command, cancellation).ConfigureAwait(false);
        return reply.IsSuccess || reply.IsIntermediate ? reply : throw reply.Describe(what, place, key);
    }

    /// <summary>Opens a data connection for a command. The answer is the server's: when it is not preliminary, there is no connection.</summary>
    /// <param name="command">The command.</param>
    /// <param name="restart">Where to begin in the file.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<(FtpReply Reply, FtpData? Data)> OpenDataAsync(string command, long restart, CancellationToken cancellation)
    {
        var port = await PassivePortAsync(cancellation).ConfigureAwait(false);
        if (restart > 0)
            await RequireAsync("REST " + restart.ToString(CultureInfo.InvariantCulture), "begin in the middle", command, cancellation).ConfigureAwait(false);
        var data = await FtpStream.GuardAsync(() => ConnectAsync(remoteAddress, port, cancellation), place).ConfigureAwait(false);
        try
        {
            IsInStep = false;
            var reply = await SendAsync(command, cancellation).ConfigureAwait(false);
            if (!reply.IsPreliminary)
            {
                data.Dispose();
                IsInStep = true;
                return (reply, null);
            }
            return (reply, new FtpData(IsEncrypted ? await EncryptAsync(data, cancellation).ConfigureAwait(false) : new FtpStream(data, place)));
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    /// <summary>Closes a data connection and reads what the server says of the transfer.</summary>
    public async Task<FtpReply> EndDataAsync(FtpData data, CancellationToken cancellation)
    {
        await data.CloseAsync().ConfigureAwait(false);
        var reply = await ReadReplyAsync(cancellation).ConfigureAwait(false);
        IsInStep = true;
        return reply;
    }

    /// <summary>As the other, after something went wrong: null when the server does not say anything soon.</summary>
    public async Task<FtpReply?> TryEndDataAsync(FtpData? data)
    {
        data?.Abort();
        if (IsInStep)
            return null;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            var reply = await ReadReplyAsync(limit.Token).ConfigureAwait(false);
            IsInStep = !reply.IsPreliminary;
            return reply;
        }
        catch (Exception error) when (error is OperationCanceledException or TransientRemoteException)
        {
            return null;
        }
    }

    /// <summary>True when the server still answers.</summary>
    public async Task<bool> AnswersAsync(CancellationToken cancellation)
    {
        try
        {
            return (await SendAsync("NOOP", cancellation).ConfigureAwait(false)).IsSuccess;
        }
        catch (TransientRemoteException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        IsInStep = false;
        stream?.Dispose();
    }

    private async Task ConnectAsync(CancellationToken cancellation)
    {
        stream = new FtpStream(await ConnectAsync(null, settings.Port, cancellation).ConfigureAwait(false), place);
        if (settings.Tls == FtpTls.Implicit)
            await EncryptAsync(cancellation).ConfigureAwait(false);
        var greeting = await ReadReplyAsync(cancellation).ConfigureAwait(false);
        if (greeting.Code == 120)
            greeting = await ReadReplyAsync(cancellation).ConfigureAwait(false);
        if (!greeting.IsSuccess)
            throw greeting.Describe("connect", place, place);
        Greeting = greeting.Text.Trim('(', ')', ' ');
        if (settings.Tls is FtpTls.Auto or FtpTls.Explicit)
        {
            var offer = await SendAsync("AUTH TLS", cancellation).ConfigureAwait(false);
            if (offer.IsSuccess)
                await EncryptAsync(cancellation).ConfigureAwait(false);
            else if (settings.Tls == FtpTls.Explicit)
                throw new DataVersionException(DataErrorKind.RemoteFailed, $"'{place}' offers no TLS: {offer.Text}", place, "Without encryption: set the option tls of the remote to auto or never.");
        }
        var login = await SendAsync("USER " + settings.User, cancellation).ConfigureAwait(false);
        if (login.Code == 331)
            login = await SendAsync("PASS " + settings.Password, cancellation).ConfigureAwait(false);
        if (!login.IsSuccess)
            throw login.Describe($"log in as '{settings.User}'", place, place);
        if (IsEncrypted)
        {
            await RequireAsync("PBSZ 0", "encrypt data", place, cancellation).ConfigureAwait(false);
            await RequireAsync("PROT P", "encrypt data", place, cancellation).ConfigureAwait(false);
        }
        foreach (var line in (await SendAsync("FEAT", cancellation).ConfigureAwait(false)).Lines)
            if (line.Trim().Split(' ')[0] is { Length: > 0 } feature)
                features.Add(feature);
        if (Has("UTF8"))
            await SendAsync("OPTS UTF8 ON", cancellation).ConfigureAwait(false);
        await RequireAsync("TYPE I", "transfer bytes as they are", place, cancellation).ConfigureAwait(false);
        var folder = await SendAsync("PWD", cancellation).ConfigureAwait(false);
        Home = (folder.Code == 257 ? Quoted(folder.Text) : "").TrimEnd('/');
    }

    private async Task<NetworkStream> ConnectAsync(IPAddress? address, int port, CancellationToken cancellation)
    {
        var socket = address is null ? new Socket(SocketType.Stream, ProtocolType.Tcp) : new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
            if (address is null)
                await socket.ConnectAsync(settings.Host, port, cancellation).ConfigureAwait(false);
            else
                await socket.ConnectAsync(address, port, cancellation).ConfigureAwait(false);
            // Data connections go where the control connection went, whatever address the server believes to have.
            remoteAddress ??= socket.RemoteEndPoint is IPEndPoint { Address: var reached } ? reached.IsIPv4MappedToIPv6 ? reached.MapToIPv4() : reached : null;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task EncryptAsync(CancellationToken cancellation)
    {
        stream = await EncryptAsync(stream.Inner, cancellation).ConfigureAwait(false);
        // What came in the clear before the handshake is nobody's answer.
        (at, end) = (0, 0);
        IsEncrypted = true;
    }

    private Task<FtpStream> EncryptAsync(Stream plain, CancellationToken cancellation) => FtpStream.GuardAsync(async () =>
    {
        var encrypted = new SslStream(plain);
        await encrypted.AuthenticateAsClientAsync(ssl, cancellation).ConfigureAwait(false);
        return new FtpStream(encrypted, place);
    }, place);

    private async Task<int> PassivePortAsync(CancellationToken cancellation)
    {
        if (!isPlainPassive)
        {
            var extended = await SendAsync("EPSV", cancellation).ConfigureAwait(false);
            if (extended.Code == 229 && ExtendedPort(extended.Text) is { } port)
                return port;
            if (!extended.IsNotSupported && extended.Code != 229)
                throw extended.Describe("open a data connection", place, place);
            isPlainPassive = true;
        }
        var passive = await RequireAsync("PASV", "open a data connection", place, cancellation).ConfigureAwait(false);
        return PassivePort(passive.Text) ?? throw passive.Describe("open a data connection", place, place);
    }

    // 229 Entering Extended Passive Mode (|||6446|)
    internal static int? ExtendedPort(string text) => text.LastIndexOf('(') is >= 0 and var open && text.IndexOf(')', open) is > 0 and var close
        && text[(open + 1)..close] is { Length: > 4 } inner && inner.Split(inner[0]) is [_, _, _, var number, ..] && int.TryParse(number, CultureInfo.InvariantCulture, out var port) ? port : null;

    // 227 Entering Passive Mode (127,0,0,1,156,64)
    internal static int? PassivePort(string text)
    {
        var match = System.Text.RegularExpressions.Regex.Match(text, @"\d+,\d+,\d+,\d+,(\d+),(\d+)");
        return match.Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) * 256 + int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) : null;
    }

    // 257 "/a folder with ""quotes""" is the current directory
    internal static string Quoted(string text)
    {
        var begin = text.IndexOf('"');
        var name = new StringBuilder();
        for (var i = begin + 1; begin >= 0 && i < text.Length; i++)
            if (text[i] != '"')
                name.Append(text[i]);
            else if (i + 1 < text.Length && text[i + 1] == '"')
                name.Append(text[i++]);
            else
                break;
        return name.ToString();
    }

    private async Task<FtpReply> ReadReplyAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(patience);
        try
        {
            var line = await ReadLineAsync(limit.Token).ConfigureAwait(false);
            if (line.Length < 3 || !int.TryParse(line.AsSpan(0, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
                throw new DataVersionException(DataErrorKind.RemoteFailed, $"'{place}' does not speak FTP.", place, "Check address and port, and the option tls.");
            var lines = new List<string> { line.Length > 4 ? line[4..] : "" };
            if (line.Length > 3 && line[3] == '-')
                do
                {
                    line = await ReadLineAsync(limit.Token).ConfigureAwait(false);
                    lines.Add(IsLast(line, code) ? line[Math.Min(4, line.Length)..] : line);
                }
                while (!IsLast(line, code));
            return new FtpReply(code, lines);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientRemoteException($"'{place}' did not answer within {patience.TotalSeconds:0} s.", place, error);
        }
    }

    private static bool IsLast(string line, int code) =>
        line.StartsWith(code.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal) && (line.Length == 3 || line[3] == ' ');

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        using var line = new MemoryStream();
        while (line.Length < MostLine)
        {
            if (at == end)
            {
                (at, end) = (0, await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false));
                if (end == 0)
                    throw new TransientRemoteException($"'{place}' closed the connection.", place);
            }
            var stop = Array.IndexOf(buffer, (byte)'\n', at, end - at);
            line.Write(buffer, at, (stop < 0 ? end : stop) - at);
            at = stop < 0 ? end : stop + 1;
            if (stop >= 0)
                return Encoding.UTF8.GetString(line.GetBuffer(), 0, (int)line.Length).TrimEnd('\r');
        }
        throw new TransientRemoteException($"'{place}' sends a line without end.", place);
    }
}
