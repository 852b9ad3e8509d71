using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// A command whose input and output are the connection to a host (<c>ProxyCommand</c> of ssh_config). The library of SSH wants a
/// socket, so it gets one on loopback that is taken once, at once, and by nobody afterwards.
/// </summary>
internal sealed class SshProxyCommand : IDisposable
{
    private const int MostSaid = 1000;

    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly StringBuilder said = new();
    private readonly Process process;
    private Socket? socket;

    /// <summary>Starts a command and listens.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: it cannot be started.</exception>
    public SshProxyCommand(string command)
    {
        Command = command;
        listener.Start(1);
        try
        {
            var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "cmd.exe" : "/bin/sh")
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, CreateNoWindow = true,
            };
            // The shell gives its place to the command, so that ending it ends the command.
            if (OperatingSystem.IsWindows())
                start.Arguments = "/d /s /c \"" + command + "\"";
            else
                foreach (var argument in (string[])["-c", "exec " + command])
                    start.ArgumentList.Add(argument);
            process = Process.Start(start)!;
        }
        catch (Exception error) when (error is System.ComponentModel.Win32Exception or IOException)
        {
            listener.Stop();
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The ProxyCommand '{command}' cannot be started: {error.Message}", null, "Correct ~/.ssh/config.");
        }
        _ = ListenAsync();
        _ = HearAsync();
    }

    /// <summary>The command, with its tokens replaced.</summary>
    public string Command { get; }

    /// <summary>Where to connect to, once.</summary>
    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>Why there is no connection: what the command said before it ended with an error; null when it did not.</summary>
    public string? Failure()
    {
        if (!process.WaitForExit(TimeSpan.FromMilliseconds(500)) || process.ExitCode == 0)
            return null;
        lock (said)
            return $"it ended with the exit code {process.ExitCode}{(said.Length == 0 ? "" : ": " + said.ToString().Trim())}";
    }

    /// <summary>Ends the command and the connection.</summary>
    public void Dispose()
    {
        listener.Stop();
        socket?.Dispose();
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(1));
        }
        catch (Exception error) when (error is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It has ended already.
        }
        process.Dispose();
    }

    private async Task ListenAsync()
    {
        try
        {
            socket = await listener.AcceptSocketAsync().ConfigureAwait(false);
            listener.Stop();
            socket.NoDelay = true;
            await using var stream = new NetworkStream(socket, ownsSocket: true);
            var down = CopyAsync(process.StandardOutput.BaseStream, stream);
            var up = CopyAsync(stream, process.StandardInput.BaseStream);
            // Either end closed: the other one must learn of it.
            await Task.WhenAny(down, up).ConfigureAwait(false);
            if (up.IsCompleted)
                process.StandardInput.Close();
        }
        catch (Exception error) when (error is SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection tells its user that it is closed.
        }
    }

    // Byte by byte as they come: nobody may wait for a buffer to fill.
    private static async Task CopyAsync(Stream from, Stream to)
    {
        var buffer = new byte[64 << 10];
        while (await from.ReadAsync(buffer).ConfigureAwait(false) is > 0 and var count)
        {
            await to.WriteAsync(buffer.AsMemory(0, count)).ConfigureAwait(false);
            await to.FlushAsync().ConfigureAwait(false);
        }
    }

    private async Task HearAsync()
    {
        try
        {
            while (await process.StandardError.ReadLineAsync().ConfigureAwait(false) is { } line)
                lock (said)
                    if (said.Length < MostSaid)
                        said.Append(line).Append(' ');
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }
}
