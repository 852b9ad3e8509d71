using System.Net.Security;

namespace DataVersion.Remotes.Ftp;

/// <summary>A data connection: it carries one file or listing.</summary>
internal sealed class FtpData(FtpStream stream)
{
    /// <summary>What passes.</summary>
    public Stream Stream => stream;

    /// <summary>Says that this was all (with TLS: in a way that nobody else can), and closes.</summary>
    public async Task CloseAsync()
    {
        try
        {
            if (stream.Inner is SslStream ssl)
                await ssl.ShutdownAsync().ConfigureAwait(false);
        }
        // The other side has closed already: its answer says whether all is well.
        catch (Exception error) when (error is IOException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
        }
        stream.Dispose();
    }

    /// <summary>Closes without a word.</summary>
    public void Abort() => stream.Dispose();
}
