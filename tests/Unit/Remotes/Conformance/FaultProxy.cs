using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DataVersion.Tests.Remotes;

/// <summary>
/// Stands between a client and a server on loopback and misbehaves when told to: cuts connections, delays, flips a byte, or
/// is gone. Knows nothing of the protocol.
/// </summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Socket, bool> open = new();
    private readonly CancellationTokenSource end = new();
    private readonly string host;
    private readonly int port;
    private readonly Task accepting;
    private long down;
    private long up;

    public FaultProxy(string host, int port)
    {
        (this.host, this.port) = (host, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    /// <summary>The port to connect to instead of the server's.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Wait before each piece of an answer.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Cuts all connections after so many bytes of answers in all, once; 0 for never.</summary>
    public long CutDownAfter { get; set; }

    /// <summary>Cuts all connections after so many bytes of requests in all, once; 0 for never.</summary>
    public long CutUpAfter { get; set; }

    /// <summary>Flips one bit of the byte that is this many bytes into the answers in all, once; 0 for never.</summary>
    public long FlipDownAt { get; set; }

    /// <summary>Flips one bit of the byte that is this many bytes into the requests in all, once; 0 for never.</summary>
    public long FlipUpAt { get; set; }

    /// <summary>Refuses and cuts everything, as a server that is gone.</summary>
    public bool IsGone { get; set; }

    /// <summary>Of a hundred new connections, how many are cut at once.</summary>
    public int CutPercent { get; set; }

    /// <summary>Counts answers from zero again.</summary>
    public void Restart() => (down, up) = (0, 0);

    /// <summary>Cuts what is open now.</summary>
    public void CutAll()
    {
        foreach (var socket in open.Keys)
            socket.Close(0);
    }

    public async ValueTask DisposeAsync()
    {
        await end.CancelAsync();
        listener.Stop();
        CutAll();
        await accepting;
        end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(end.Token);
                if (IsGone || Random.Shared.Next(100) < CutPercent)
                    client.Close(0);
                else
                    _ = ServeAsync(client);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        (open[client], open[server]) = (true, true);
        try
        {
            await server.ConnectAsync(host, port, end.Token);
            (client.NoDelay, server.NoDelay) = (true, true);
            await Task.WhenAll(PumpAsync(client, server, isUp: true), PumpAsync(server, client, isUp: false));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
        }
        finally
        {
            open.TryRemove(client, out _);
            open.TryRemove(server, out _);
            client.Close(0);
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isUp)
    {
        var buffer = new byte[1 << 16];
        int read;
        while ((read = await from.ReceiveAsync(buffer, end.Token)) > 0)
        {
            if (!isUp && Delay > TimeSpan.Zero)
                await Task.Delay(Delay, end.Token);
            var total = isUp ? Interlocked.Add(ref up, read) : Interlocked.Add(ref down, read);
            var flip = isUp ? FlipUpAt : FlipDownAt;
            if (flip > 0 && flip <= total && flip > total - read)
            {
                buffer[flip - (total - read) - 1] ^= 1;
                if (isUp)
                    FlipUpAt = 0;
                else
                    FlipDownAt = 0;
            }
            var cut = isUp ? CutUpAfter : CutDownAfter;
            if (IsGone || cut > 0 && total >= cut)
            {
                if (isUp)
                    CutUpAfter = 0;
                else
                    CutDownAfter = 0;
                if (cut > 0 && cut > total - read)
                    await to.SendAsync(buffer.AsMemory(0, (int)(cut - (total - read))), end.Token);
                // Close(0) sends a reset, as a connection that is torn.
                CutAll();
                return;
            }
            for (var sent = 0; sent < read;)
                sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), end.Token);
        }
        to.Shutdown(SocketShutdown.Send);
    }
}
