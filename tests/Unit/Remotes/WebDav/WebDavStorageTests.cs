using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Remotes.WebDav;
using DataVersion.Tests.Remotes.Http;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.WebDav;

/// <summary>What WebDAV servers do that the conformance suite does not ask for.</summary>
public sealed class WebDavStorageTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    private static TestServer Apache => TestServer.Get("webdav");

    public void Dispose() => scratch.Dispose();

    [ServerFact("webdav")]
    public async Task A_token_is_taken()
    {
        await using var storage = HttpRemotes.Open(Url("bearer"), ("token", Apache["token"]));
        await using var stranger = HttpRemotes.Open(Url("bearer"), ("token", "guessed"));

        await storage.PutTextAsync("token", "kept");

        Assert.Equal("kept", await storage.GetTextAsync("token"));
        var error = await Assert.ThrowsAsync<DataVersionException>(() => stranger.FindAsync("token", default));
        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.DoesNotContain("guessed", error.Message);
    }

    [Fact]
    public async Task A_command_prints_the_token_and_a_new_one_when_that_has_ended()
    {
        if (OperatingSystem.IsWindows())
            return;
        var script = scratch.Write("it's a token.sh", $"""
            if [ -e '{scratch.PathOf("ran")}' ]; then echo again >> '{scratch.PathOf("ran")}'; echo new; else touch '{scratch.PathOf("ran")}'; echo old; fi
            """);
        using var server = new ScriptedServer(c => ScriptedServer.SayAsync(c, c.Request.Headers["Authorization"] == "Bearer new" ? 201 : 401));
        await using var storage = HttpRemotes.Open(server.Url.Replace("http:", "webdav:", StringComparison.Ordinal), ("bearer_token_command", $"sh \"{script}\""));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => storage.PutTextAsync($"command/{i}", "kept")));

        // Once for all that were refused at the same moment.
        Assert.Equal("again\n", await File.ReadAllTextAsync(scratch.PathOf("ran")));
    }

    [ServerTheory("webdav")]
    [InlineData("sh -c 'echo it does not work >&2; exit 3'", "ended with 3: it does not work")]
    [InlineData("there-is-no-such-program", "there-is-no-such-program")]
    [InlineData("true", "did not print")]
    public async Task A_command_that_fails_is_told_as_such(string command, string why)
    {
        await using var storage = HttpRemotes.Open(Url("bearer"), ("bearer_token_command", command));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains(why, error.Message);
    }

    [Theory]
    [InlineData("a b  c", "a|b|c")]
    [InlineData("a 'b c' \"d 'e'\" f\\ g ''", "a|b c|d 'e'|f g|")]
    [InlineData("\"a \\\" b\" '\\x'", "a \" b|\\x")]
    public void Commands_are_words(string command, string words)
    {
        if (!OperatingSystem.IsWindows())
            Assert.Equal(words.Split('|'), TokenCommandLogin.Split(command));
    }

    [ServerFact("http")]
    public async Task A_client_certificate_is_shown()
    {
        var nginx = TestServer.Get("http");
        await File.WriteAllTextAsync(Path.Combine(nginx["files"], "free", "certified"), "for friends");
        var url = nginx["secureEndpoint"].Replace("https:", "webdavs:", StringComparison.Ordinal) + "/certificate";
        await using var storage = HttpRemotes.Open(url, ("ssl_verify", nginx["ca"]), ("cert_path", nginx["clientCertificate"]), ("key_path", nginx["clientKey"]));
        await using var stranger = HttpRemotes.Open(url, ("ssl_verify", nginx["ca"]));

        Assert.Equal("for friends", await storage.GetTextAsync("certified"));
        Assert.Equal(DataErrorKind.RemoteFailed, (await Assert.ThrowsAsync<DataVersionException>(() => stranger.GetTextAsync("certified"))).Kind);
    }

    [Fact]
    public void A_client_certificate_that_cannot_be_read_is_told_as_such() =>
        Assert.Contains("cert_path", Assert.Throws<DataVersionException>(() => HttpRemotes.Open("webdavs://localhost/x", ("cert_path", scratch.PathOf("none")))).RecommendedAction);

    [ServerFact("http")]
    public async Task A_server_without_WebDAV_is_told_as_such()
    {
        await using var storage = HttpRemotes.Open(TestServer.Get("http")["endpoint"].Replace("http:", "webdav:", StringComparison.Ordinal) + "/free");

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.RequireReadableAsync(default));

        Assert.Contains("no WebDAV folder", error.Message);
    }

    [ServerTheory("webdav", "webdav-nginx")]
    [InlineData("webdav", "dav")]
    [InlineData("webdav-nginx", "")]
    public async Task A_folder_that_somebody_removed_is_made_again(string name, string folder)
    {
        var server = TestServer.Get(name);
        var prefix = "removed-" + Guid.NewGuid().ToString("N");
        await using var storage = HttpRemotes.Open(HttpRemotes.Url(server, folder, prefix).Replace("http:", "webdav:", StringComparison.Ordinal), ("user", server["user"]), ("password", server["password"]));
        await storage.PutTextAsync("files/md5/ab/1", "one");
        Directory.Delete(Path.Combine(server["files"], folder, prefix), recursive: true);

        await Assert.ThrowsAsync<TransientRemoteException>(() => storage.PutTextAsync("files/md5/ab/2", "two"));
        await storage.PutTextAsync("files/md5/ab/2", "two");

        Assert.Equal("two", await storage.GetTextAsync("files/md5/ab/2"));
        Assert.Equal(["2"], Directory.GetFiles(Path.Combine(server["files"], folder, prefix), "*", SearchOption.AllDirectories).Select(Path.GetFileName));
    }

    [ServerTheory("webdav", "webdav-nginx")]
    [InlineData("webdav", "dav")]
    [InlineData("webdav-nginx", "")]
    public async Task Two_pushes_make_the_same_folders_at_once(string name, string folder)
    {
        var server = TestServer.Get(name);
        var url = HttpRemotes.Url(server, folder, "both-" + Guid.NewGuid().ToString("N")).Replace("http:", "webdav:", StringComparison.Ordinal);
        await using var one = HttpRemotes.Open(url, ("user", server["user"]), ("password", server["password"]));
        await using var two = HttpRemotes.Open(url, ("user", server["user"]), ("password", server["password"]));

        await Parallel.ForAsync(0, 96, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) =>
        {
            for (var attempt = 0; ; attempt++)
                try
                {
                    await (i % 2 == 0 ? one : two).PutTextAsync($"files/md5/{i / 4:x2}/{i % 4}", $"{i}");
                    return;
                }
                catch (TransientRemoteException) when (attempt < 3)
                {
                    // What the engine does, too.
                }
        });

        for (var i = 0; i < 96; i++)
            Assert.Equal($"{i}", await one.GetTextAsync($"files/md5/{i / 4:x2}/{i % 4}"));
    }

    [Fact]
    public async Task A_server_that_does_not_know_its_own_address_moves_by_path()
    {
        var stored = new List<string>();
        using var server = new ScriptedServer(c =>
        {
            if (c.Request.HttpMethod != "MOVE")
                return ScriptedServer.SayAsync(c, 201);
            var target = c.Request.Headers["Destination"]!;
            if (target[0] == '/')
                stored.Add(target);
            return ScriptedServer.SayAsync(c, target[0] == '/' ? 201 : 502);
        });
        await using var storage = HttpRemotes.Open(server.Url.Replace("http:", "webdav:", StringComparison.Ordinal) + "dav");

        await storage.PutTextAsync("ab/c d", "x");

        Assert.Equal(["/dav/ab/c%20d"], stored);
    }

    [Fact]
    public async Task Answers_are_understood_however_they_are_written()
    {
        var xml = """
            <?xml version="1.0"?><a:multistatus xmlns:a="DAV:" xmlns:x="other">
             <a:response><a:href>https://host:8443/base/</a:href><a:propstat><a:prop><a:resourcetype><a:collection/></a:resourcetype></a:prop><a:status>HTTP/1.1 200 OK</a:status></a:propstat></a:response>
             <a:response><a:href>/base/%C3%BC%20x</a:href>
              <a:propstat><a:prop><a:resourcetype/><a:getcontentlength>12</a:getcontentlength><a:getetag>W/"t"</a:getetag><a:getlastmodified>Mon, 12 Jan 1998 09:25:56 GMT</a:getlastmodified></a:prop><a:status>HTTP/1.1 200 OK</a:status></a:propstat>
              <a:propstat><a:prop><x:quota/></a:prop><a:status>HTTP/1.1 404 Not Found</a:status></a:propstat></a:response>
             <a:response><a:href>/base/plain</a:href><a:propstat><a:prop><a:getcontentlength>?</a:getcontentlength></a:prop></a:propstat></a:response>
             <a:response><a:href>/base/secret</a:href><a:status>HTTP/1.1 403 Forbidden</a:status></a:response>
            </a:multistatus>
            """;

        var entries = await MultiStatus.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(xml)), default);

        Assert.Equal([new DavEntry("/base", true, -1, null, null), new DavEntry("/base/\u00fc x", false, 12, "t", new DateTimeOffset(1998, 1, 12, 9, 25, 56, TimeSpan.Zero)),
            new DavEntry("/base/plain", false, -1, null, null)], entries);
        await Assert.ThrowsAsync<System.Xml.XmlException>(() => MultiStatus.ReadAsync(new MemoryStream("<html/>"u8.ToArray()), default));
        await Assert.ThrowsAsync<System.Xml.XmlException>(() => MultiStatus.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(xml[..500])), default));
    }

    private static string Url(string folder) => HttpRemotes.Url(Apache, folder, "special").Replace("http:", "webdav:", StringComparison.Ordinal);
}
