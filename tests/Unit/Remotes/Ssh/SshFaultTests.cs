using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Ssh;

/// <summary>SSH when the server goes, or does not let one write.</summary>
public sealed class SshFaultTests : IDisposable
{
    private readonly SshHome home = new();
    private readonly ScratchFolder scratch = new();

    public void Dispose()
    {
        home.Dispose();
        scratch.Dispose();
    }

    [ServerFact("ssh")]
    public async Task An_upload_is_gone_on_with_after_the_server_was_killed()
    {
        using var server = TestServer.StartPrivate("ssh");
        home.Trust(server);
        var bytes = RandomNumberGenerator.GetBytes(24 << 20);
        var layout = new PartLayout(bytes.Length, 8 << 20, new ContentHash(MD5.HashData(bytes)));
        string token;
        await using (var first = home.Open(server, ("keyfile", server["key"])))
        {
            await using var upload = await first.Parts!.BeginAsync("new/folder/big", layout, default);
            token = upload.Token;
            await upload.PutAsync(0, bytes.AsMemory(0, 8 << 20), default);
            server.Kill();
            await Assert.ThrowsAsync<TransientRemoteException>(() => upload.PutAsync(1, bytes.AsMemory(8 << 20, 8 << 20), default));
            Assert.True((await Assert.ThrowsAsync<TransientRemoteException>(() => first.FindAsync("x", default))).IsUnreachable);
        }
        server.Revive();
        // A part of which only the begin arrived is none.
        var temporary = Path.Combine(server["root"], "new/folder", token);
        await using (var file = File.OpenWrite(temporary))
            file.SetLength((8 << 20) + 12345);

        await using var storage = home.Open(server, ("keyfile", server["key"]));
        await using var resumed = await storage.Parts!.ResumeAsync("new/folder/big", token, layout, default);

        Assert.Equal([0], resumed!.Present);
        await resumed.PutAsync(1, bytes.AsMemory(8 << 20, 8 << 20), default);
        await resumed.PutAsync(2, bytes.AsMemory(16 << 20, 8 << 20), default);
        await resumed.CompleteAsync(default);
        Assert.Equal(MD5.HashData(bytes), MD5.HashData(await File.ReadAllBytesAsync(Path.Combine(server["root"], "new/folder/big"))));
        Assert.False(File.Exists(temporary));
        Assert.Null(await storage.Parts.ResumeAsync("new/folder/big", "../../etc/passwd", layout, default));
    }

    [ServerFact("ssh")]
    public async Task Of_a_cut_upload_nothing_is_left()
    {
        var server = TestServer.Get("ssh");
        home.Trust(server);
        await using var proxy = new FaultProxy("127.0.0.1", server.Address.Port);
        var folder = "cut-" + Guid.NewGuid().ToString("N");
        await using var storage = home.Open($"ssh://{server["user"]}@127.0.0.1:{proxy.Port}{server["root"]}/{folder}", ("keyfile", server["key"]));
        await storage.PutAsync("x", Upload([1]), default);
        proxy.Restart();
        proxy.CutUpAfter = 2_000_000;

        await Assert.ThrowsAsync<TransientRemoteException>(() => storage.PutAsync("y", Upload(RandomNumberGenerator.GetBytes(8_000_000)), default));
        await storage.PutAsync("z", Upload([1]), default);

        Assert.Equal(["x", "z"], Directory.GetFiles(Path.Combine(server["root"], folder)).Select(Path.GetFileName).Order());
    }

    [ServerFact("ssh")]
    public async Task A_connection_that_breaks_while_the_way_for_content_is_opened_may_work_a_little_later()
    {
        var server = TestServer.Get("ssh");
        home.Trust(server);
        await using var proxy = new FaultProxy("127.0.0.1", server.Address.Port);
        var failures = 0;
        // The answers are about 350 bytes.
        for (var bytes = 1; bytes < 400; bytes += 35)
        {
            await using var storage = home.Open($"ssh://{server["user"]}@127.0.0.1:{proxy.Port}{server["root"]}/opened-{Guid.NewGuid():N}", ("keyfile", server["key"]));
            Assert.Null(await storage.FindAsync("x", default));
            proxy.Restart();
            proxy.CutDownAfter = bytes;

            if (await Record.ExceptionAsync(() => storage.PutAsync("x", Upload([1]), default)) is { } error)
            {
                Assert.IsType<TransientRemoteException>(error);
                failures++;
            }
            proxy.CutDownAfter = 0;
            await storage.PutAsync("x", Upload([1]), default);
        }
        Assert.True(failures > 3, $"It broke {failures} times only.");
    }

    [ServerTheory("ssh")]
    [InlineData("/proc/nowhere")]
    [InlineData("/nowhere-at-all")]
    public async Task A_folder_that_may_not_be_written_is_told_as_such(string folder)
    {
        var server = TestServer.Get("ssh");
        home.Trust(server);
        await using var storage = home.Open($"ssh://{server["user"]}@{server["host"]}:{server["port"]}{folder}", ("keyfile", server["key"]));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.PutAsync("files/md5/ab/x", Upload([1]), default));

        Assert.Equal(DataErrorKind.TransferFailed, error.Kind);
        Assert.NotNull(error.RecommendedAction);
    }

    private RemoteUpload Upload(byte[] bytes)
    {
        var path = scratch.PathOf(Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, bytes);
        return new RemoteUpload(path, bytes.Length, new ContentHash(MD5.HashData(bytes)), new VerifiedCopies(OperationContext.Silent, static _ => { }));
    }
}
