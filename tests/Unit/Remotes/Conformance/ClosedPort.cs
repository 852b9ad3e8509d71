using System.Net;
using System.Net.Sockets;

namespace DataVersion.Tests.Remotes;

/// <summary>A port of loopback where nobody listens, and nobody else can begin to while the test lasts.</summary>
internal sealed class ClosedPort : IDisposable
{
    private readonly Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public ClosedPort() => socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

    public int Number => ((IPEndPoint)socket.LocalEndPoint!).Port;

    public void Dispose() => socket.Dispose();
}
