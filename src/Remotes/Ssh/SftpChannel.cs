using System.Reflection;
using System.Runtime.CompilerServices;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// A channel of a connection of SSH.NET that speaks SFTP, as bytes in both directions. SSH.NET has such a thing and does not show it; it is
/// looked for by its name, and whoever uses this does without when a version of SSH.NET has it no more.
/// </summary>
internal sealed class SftpChannel : IDisposable
{
    private const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.FlattenHierarchy;

    private readonly IDisposable channel;
    private readonly Action<byte[], int, int> send;
    private readonly Func<bool> isOpen;
    private readonly SftpClient client;
    private Action<ReadOnlyMemory<byte>>? received;
    private Action<Exception>? ended;

    private SftpChannel(SftpClient client, IDisposable channel)
    {
        (this.client, this.channel) = (client, channel);
        send = Member(channel, "SendData", typeof(byte[]), typeof(int), typeof(int)).CreateDelegate<Action<byte[], int, int>>(channel);
        isOpen = Member(channel, "get_IsOpen").CreateDelegate<Func<bool>>(channel);
    }

    /// <summary>Opens a channel.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="received">Receives what comes, piece by piece, on the connection's own thread; to be taken before it returns.</param>
    /// <param name="ended">Called when nothing comes any more.</param>
    /// <returns>Null when the server allows none, or SSH.NET has none.</returns>
    /// <exception cref="SshConnectionException">The connection broke; also <see cref="System.Net.Sockets.SocketException"/>.</exception>
    public static SftpChannel? TryOpen(SftpClient client, Action<ReadOnlyMemory<byte>> received, Action<Exception> ended)
    {
        SftpChannel? made = null;
        try
        {
            var session = typeof(BaseClient).GetProperty("Session", Any)?.GetValue(client) ?? throw new MissingMemberException();
            made = new SftpChannel(client, (IDisposable)Call(session, "CreateChannelSession")!) { received = received, ended = ended };
            made.Listen();
            Call(made.channel, "Open");
            if (Call(made.channel, "SendSubsystemRequest", "sftp") is true)
                return made;
        }
        catch (Exception error) when (error is MissingMemberException or ArgumentException or SshException and not SshConnectionException)
        {
        }
        catch
        {
            made?.Dispose();
            throw;
        }
        made?.Dispose();
        return null;
    }

    /// <summary>Sends bytes; they may be used for something else afterwards.</summary>
    /// <exception cref="SshException">The channel is closed, or the connection broken.</exception>
    public void Send(byte[] bytes, int count)
    {
        if (!isOpen())
            throw new SshConnectionException("The channel is closed.");
        send(bytes, 0, count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client.ErrorOccurred -= Failed;
        try
        {
            channel.Dispose();
        }
        // What is broken cannot be closed properly.
        catch (Exception error) when (error is SshException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
        }
    }

    private void Listen()
    {
        Subscribe("DataReceived", nameof(Came));
        Subscribe("Exception", nameof(Failed));
        Subscribe("Closed", nameof(Closed));
        client.ErrorOccurred += Failed;
    }

    // The events' types are not shown; a handler that takes less of them fits.
    private void Subscribe(string name, string handler)
    {
        var added = channel.GetType().GetEvent(name, Any) ?? throw new MissingMemberException(name);
        added.AddEventHandler(channel, Delegate.CreateDelegate(added.EventHandlerType!, this, typeof(SftpChannel).GetMethod(handler, Any)!));
    }

    private void Came(object? sender, EventArgs data) => received!(DataOf(data));

    private void Failed(object? sender, ExceptionEventArgs error) => ended!(error.Exception);

    private void Closed(object? sender, EventArgs what) => ended!(new SshConnectionException("The server closed the channel."));

    // What it throws is what comes: a broken connection is one, however it is told.
    private static object? Call(object target, string name, params object[] arguments) =>
        Member(target, name, [.. arguments.Select(a => a.GetType())]).Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);

    private static MethodInfo Member(object target, string name, params Type[] parameters)
    {
        if (target.GetType().GetMethod(name, Any, parameters) is { } own)
            return own;
        // A member that only an interface shows.
        return target.GetType().GetInterfaces().Select(i => i.GetMethod(name, parameters)).FirstOrDefault(m => m is not null) ?? throw new MissingMemberException(name);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Data")]
    private static extern ArraySegment<byte> DataOf([UnsafeAccessorType("Renci.SshNet.Common.ChannelDataEventArgs, Renci.SshNet")] object data);
}
