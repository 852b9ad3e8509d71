using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;
using DataVersion.Remotes.Ftp;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Ftp;

/// <summary>FTP when things go wrong: certificates, servers that go, answers that make no sense.</summary>
public sealed class FtpFaultTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [ServerFact("ftp-proftpd")]
    public async Task A_certificate_that_nobody_vouches_for_is_refused()
    {
        var server = TestServer.Get("ftp-proftpd");
        foreach (var (url, password) in ((string, string)[])[($"ftp://{server["user"]}@127.0.0.1:{server["port"]}", "dvpass"), ($"ftps://{server["user"]}@127.0.0.1:{server["implicitPort"]}", "dvpass")])
        {
            await using var storage = Open(url, ("password", password));
            var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default));
            Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
            Assert.Contains("ssl_verify", error.RecommendedAction, StringComparison.Ordinal);
            await using var careless = Open(url, ("password", password), ("ssl_verify", "false"));
            Assert.Null(await careless.FindAsync("x", default));
        }
    }

    [ServerFact("ftp-proftpd")]
    public async Task A_certificate_for_another_name_is_refused()
    {
        var server = TestServer.Get("ftp-proftpd");
        // An address of loopback that the certificate does not name.
        await using var storage = Open($"ftps://{server["user"]}@127.0.0.2:{Forward(int.Parse(server["implicitPort"]))}", ("password", "dvpass"), ("ssl_verify", server["ca"]));

        Assert.Equal(DataErrorKind.RemoteFailed, (await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default))).Kind);

        await using var byName = Open($"ftps://{server["user"]}@localhost:{server["implicitPort"]}", ("password", "dvpass"), ("ssl_verify", server["ca"]));
        Assert.Null(await byName.FindAsync("x", default));
    }

    [ServerFact("ftp")]
    public async Task A_server_that_goes_and_comes_back_is_used_again()
    {
        using var server = TestServer.StartPrivate("ftp");
        await using var storage = Open($"ftp://{server["user"]}@127.0.0.1:{server["port"]}/data", ("password", server["password"]), ("ssl_verify", server["ca"]));
        var bytes = RandomNumberGenerator.GetBytes(40_000_000);
        var killed = 0;
        using var copies = new VerifiedCopies(OperationContext.Silent, static _ => { });

        await Assert.ThrowsAsync<TransientRemoteException>(() => storage.PutAsync("big", Upload(bytes, copies, passed =>
        {
            if (Interlocked.Increment(ref killed) == 20)
                server.Kill();
        }), default));
        Assert.True((await Assert.ThrowsAsync<TransientRemoteException>(() => storage.FindAsync("big", default))).IsUnreachable);
        server.Revive();

        Assert.Null(await storage.FindAsync("big", default));
        await storage.PutAsync("big", Upload(bytes, copies, null), default);
        Assert.Equal(bytes.Length, (await storage.FindAsync("big", default))!.Size);
        // What the first try left is gone.
        Assert.Equal(["big"], Directory.GetFiles(Path.Combine(server["files"], "data")).Select(Path.GetFileName));
    }

    [ServerFact("ftp")]
    public async Task A_cut_control_connection_is_an_error_that_may_pass()
    {
        var server = TestServer.Get("ftp");
        await using var proxy = new FaultProxy("127.0.0.1", server.Address.Port);
        await using var storage = Open($"ftp://{server["user"]}@127.0.0.1:{proxy.Port}", ("password", server["password"]), ("ssl_verify", server["ca"]));
        Assert.Null(await storage.FindAsync("x", default));

        proxy.CutAll();
        await Assert.ThrowsAsync<TransientRemoteException>(() => storage.FindAsync("x", default));
        Assert.Null(await storage.FindAsync("x", default));
        proxy.Delay = TimeSpan.FromMilliseconds(200);
        Assert.Null(await storage.FindAsync("x", default));
    }

    [ServerFact("ftp")]
    public async Task Whether_it_is_encrypted_shows_when_connected()
    {
        var server = TestServer.Get("ftp");
        foreach (var (tls, isEncrypted) in ((string, bool)[])[("auto", true), ("never", false)])
        {
            await using var storage = Open($"ftp://{server["user"]}@127.0.0.1:{server["port"]}", ("password", server["password"]), ("ssl_verify", server["ca"]), ("tls", tls));

            Assert.Equal(!isEncrypted, (await storage.ExamineAsync(default)).Credentials.Contains("NOT ENCRYPTED", StringComparison.Ordinal));
            Assert.Equal(isEncrypted, storage.Traits.ChecksArrival);
        }
    }

    [Fact]
    public async Task A_name_with_a_line_break_sends_no_command()
    {
        using var listener = Serve("220 hello", "530 no TLS", "230 welcome", "211 no features", "200 binary", "257 \"/\"");
        await using var storage = Open($"ftp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", ("tls", "auto"));

        Assert.Equal(DataErrorKind.PathUnsupported, (await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x\r\nDELE y", default))).Kind);
    }

    [Fact]
    public async Task What_is_no_FTP_server_is_told_as_such()
    {
        using var listener = Serve("SSH-2.0-OpenSSH_9.2");
        await using var storage = Open($"ftp://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");

        Assert.Contains("does not speak FTP", (await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_TLS_nothing_is_said_to_a_server_when_TLS_was_asked_for()
    {
        using var listener = Serve("220 hello", "502 what?");
        await using var storage = Open($"ftp://anna@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", ("tls", "explicit"), ("password", "sesame"));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default));

        Assert.Contains("no TLS", error.Message, StringComparison.Ordinal);
    }

    private static IRemoteStorage Open(string url, params (string Option, string Value)[] options)
    {
        var remote = new RemoteConfiguration("far", url, options.ToDictionary(o => o.Option, o => o.Value), [ConfigScope.Repository], true);
        return new GuardedStorage(new FtpStorage(remote), remote);
    }

    private RemoteUpload Upload(byte[] bytes, VerifiedCopies copies, Action<long>? passed)
    {
        var path = scratch.PathOf(Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, bytes);
        return new RemoteUpload(path, bytes.Length, new ContentHash(MD5.HashData(bytes)), copies, passed);
    }

    // Says a line at once, and another one after each line it gets.
    private static TcpListener Serve(params string[] lines)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            using var reader = new StreamReader(client.GetStream());
            foreach (var line in lines)
            {
                await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(line + "\r\n"));
                await reader.ReadLineAsync();
            }
        });
        return listener;
    }

    // A port of 127.0.0.2 that leads to one of 127.0.0.1.
    private static int Forward(int port)
    {
        var listener = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            using var server = new TcpClient("127.0.0.1", port);
            await Task.WhenAny(client.GetStream().CopyToAsync(server.GetStream()), server.GetStream().CopyToAsync(client.GetStream()));
            listener.Stop();
        });
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
