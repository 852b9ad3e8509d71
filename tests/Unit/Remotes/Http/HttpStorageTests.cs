using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Http;

/// <summary>What HTTP servers do that the conformance suite does not ask for.</summary>
public sealed class HttpStorageTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    private static TestServer Nginx => TestServer.Get("http");

    public void Dispose() => scratch.Dispose();

    [ServerFact("http")]
    public async Task Redirects_are_followed()
    {
        await using (var direct = HttpRemotes.Open(Nginx["endpoint"] + "/free", ("method", "PUT")))
            await direct.PutTextAsync("redirected/x", "here");
        await using var storage = HttpRemotes.Open(Nginx["endpoint"] + "/redirect");

        Assert.Equal("here", await storage.GetTextAsync("redirected/x"));
        Assert.Equal(4, (await storage.FindAsync("redirected/x", default))!.Size);
        Assert.Null(await storage.FindAsync("redirected/nothing", default));
    }

    [Theory]
    [InlineData("basic", "Authorization")]
    [InlineData("custom", "X-Secret")]
    public async Task A_redirect_to_another_host_carries_no_login(string auth, string header)
    {
        using var other = new ScriptedServer(c => ScriptedServer.SayAsync(c, 200, "there"));
        using var home = new ScriptedServer(c => ScriptedServer.SayAsync(c, 307, "", ("Location", other.Url + "elsewhere")));
        await using var storage = HttpRemotes.Open(home.Url, ("auth", auth), ("user", "dv"), ("password", "sesame"), ("custom_auth_header", header));

        Assert.Equal("there", await storage.GetTextAsync("x"));

        Assert.All(home.Requests, r => Assert.True(r.Login is not null || r.Secret == "sesame"));
        Assert.All(other.Requests, r => Assert.True(r is { Login: null, Secret: null }));
    }

    [Fact]
    public async Task Redirects_without_end_are_an_error()
    {
        using var server = new ScriptedServer(c => ScriptedServer.SayAsync(c, 302, "", ("Location", c.Request.Url!.AbsolutePath + "x")));
        await using var storage = HttpRemotes.Open(server.Url);

        Assert.Contains("without end", (await Assert.ThrowsAsync<DataVersionException>(() => storage.FindAsync("x", default))).Message);
    }

    [ServerFact("http")]
    public async Task A_busy_server_is_an_error_that_may_pass()
    {
        await using var storage = HttpRemotes.Open(Nginx["endpoint"] + "/busy");

        Assert.True((await Assert.ThrowsAsync<TransientRemoteException>(() => storage.FindAsync("x", default))).IsThrottling);
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData(null, null)]
    public async Task A_server_says_when_to_come_again(string? header, int? seconds)
    {
        using var server = new ScriptedServer(c => ScriptedServer.SayAsync(c, 503, "", header is null ? [] : [("Retry-After", header)]));
        await using var storage = HttpRemotes.Open(server.Url);

        var error = await Assert.ThrowsAsync<TransientRemoteException>(() => storage.GetTextAsync("x"));

        Assert.Equal(seconds, error.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_server_that_knows_no_ranges_gives_the_part_all_the_same()
    {
        using var server = new ScriptedServer(c => ScriptedServer.SayAsync(c, 200, "0123456789"));
        await using var storage = HttpRemotes.Open(server.Url);
        var target = new MemoryStream();

        await storage.GetAsync("x", target, new ByteRange(3, 4), default);
        await storage.GetAsync("x", target, new ByteRange(8), default);

        Assert.Equal("345689", Encoding.UTF8.GetString(target.ToArray()));
    }

    [Fact]
    public async Task An_answer_that_is_too_short_is_an_error_that_may_pass()
    {
        using var server = new ScriptedServer(async c =>
        {
            c.Response.ContentLength64 = 1000;
            await c.Response.OutputStream.WriteAsync("short"u8.ToArray());
            await c.Response.OutputStream.FlushAsync();
            c.Response.Abort();
        });
        await using var storage = HttpRemotes.Open(server.Url);

        await Assert.ThrowsAsync<TransientRemoteException>(() => storage.GetTextAsync("x"));
    }

    [Fact]
    public async Task A_server_without_HEAD_is_asked_by_GET()
    {
        using var server = new ScriptedServer(c => c.Request.HttpMethod == "HEAD" ? ScriptedServer.SayAsync(c, 405)
            : c.Request.Url!.AbsolutePath.EndsWith("here", StringComparison.Ordinal) ? ScriptedServer.SayAsync(c, 206, "x", ("Content-Range", "bytes 0-0/77"), ("ETag", "\"tag\""))
            : ScriptedServer.SayAsync(c, 404));
        await using var storage = HttpRemotes.Open(server.Url);

        Assert.Equal((77, "tag"), await storage.FindAsync("here", default) is { } item ? (item.Size, item.ETag!) : default);
        Assert.Null(await storage.FindAsync("not", default));
        Assert.Single(server.Requests, r => r.Method == "HEAD");
    }

    [Fact]
    public async Task A_server_that_accepts_and_stores_nothing_is_found_out()
    {
        using var server = new ScriptedServer(c => c.Request.HttpMethod == "POST" ? ScriptedServer.SayAsync(c, 200, "Thank you for your form.") : ScriptedServer.SayAsync(c, 404));
        await using var storage = HttpRemotes.Open(server.Url);

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.PutTextAsync("x", "value"));

        Assert.Equal(DataErrorKind.TransferFailed, error.Kind);
        Assert.Contains("nothing there", error.Message);
    }

    [Theory]
    [InlineData("files/md5/ab/cdefabcdefabcdefabcdefabcdefab", "")]
    [InlineData("a file of somebody.csv", "val")]
    public async Task A_server_that_stores_a_part_is_found_out_and_the_part_of_an_object_is_removed(string key, string left)
    {
        var stored = "";
        using var server = new ScriptedServer(async c =>
        {
            switch (c.Request.HttpMethod)
            {
                case "PUT":
                    stored = (await new StreamReader(c.Request.InputStream).ReadToEndAsync())[..3];
                    await ScriptedServer.SayAsync(c, 201);
                    break;
                case "DELETE":
                    stored = "";
                    await ScriptedServer.SayAsync(c, 204);
                    break;
                default:
                    await ScriptedServer.SayAsync(c, stored.Length > 0 ? 200 : 404, stored);
                    break;
            }
        });
        await using var storage = HttpRemotes.Open(server.Url, ("method", "PUT"));

        await Assert.ThrowsAsync<TransientRemoteException>(() => storage.PutTextAsync(key, "value"));

        Assert.Equal(left, stored);
    }

    [ServerFact("http")]
    public async Task A_method_that_the_server_does_not_take_is_told_as_such()
    {
        await using var storage = HttpRemotes.Open(Nginx["endpoint"] + "/free");

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.PutTextAsync("x", "value"));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("method = PUT", error.RecommendedAction);
    }

    [ServerFact("http")]
    public async Task A_large_value_is_not_sent_to_a_server_that_refuses_us()
    {
        await using var storage = HttpRemotes.Open(Nginx["endpoint"] + "/basic", ("method", "PUT"), ("auth", "basic"), ("user", "dv"), ("password", "guessed"));
        var path = scratch.PathOf("large");
        await File.WriteAllBytesAsync(path, new byte[20 << 20]);
        using var copies = new VerifiedCopies(OperationContext.Silent, static _ => { });
        var sent = 0L;

        var error = await Assert.ThrowsAsync<DataVersionException>(() => storage.PutAsync("refused", new RemoteUpload(path, 20 << 20, new ContentHash(MD5.HashData(new byte[20 << 20])), copies, n => sent += n), default));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.DoesNotContain("guessed", error.ToString());
        Assert.Equal(0, sent);
    }

    [ServerTheory("http")]
    [InlineData("header", "X-Auth-Token", "dvtoken")]
    [InlineData("bearer", "Authorization", "Bearer dvtoken")]
    public async Task A_header_carries_a_secret(string folder, string header, string secret)
    {
        await using var storage = HttpRemotes.Open($"{Nginx["endpoint"]}/{folder}", ("method", "PUT"), ("auth", "custom"), ("custom_auth_header", header), ("password", secret));
        await using var stranger = HttpRemotes.Open($"{Nginx["endpoint"]}/{folder}");

        await storage.PutTextAsync("secret/" + folder, "kept");

        Assert.Equal("kept", await storage.GetTextAsync("secret/" + folder));
        Assert.Equal(DataErrorKind.RemoteFailed, (await Assert.ThrowsAsync<DataVersionException>(() => stranger.GetTextAsync("secret/" + folder))).Kind);
        Assert.Contains(header, (await storage.ExamineAsync(default)).Credentials);
        Assert.DoesNotContain("dvtoken", (await storage.ExamineAsync(default)).Credentials);
    }

    [ServerTheory("webdav")]
    [InlineData("digest", "digest")]
    [InlineData("digest", null)]
    [InlineData("dav", null)]
    public async Task The_server_chooses_how_the_password_is_told(string folder, string? auth)
    {
        var apache = TestServer.Get("webdav");
        await using var storage = HttpRemotes.Open($"{apache["endpoint"]}/{folder}", ("method", "PUT"), ("auth", auth), ("user", apache["user"]), ("password", apache["password"]));
        var key = $"plain-{auth}-{Guid.NewGuid():N}";

        await storage.PutTextAsync(key, "by digest");

        Assert.Equal("by digest", await storage.GetTextAsync(key));
        Assert.Contains(folder == "dav" ? "basic" : "digest", (await storage.ExamineAsync(default)).Credentials);
    }

    [ServerFact("http")]
    public async Task An_unknown_certificate_is_refused_unless_the_user_says_otherwise()
    {
        await using var strict = HttpRemotes.Open(Nginx["secureEndpoint"] + "/free");
        await using var careless = HttpRemotes.Open(Nginx["secureEndpoint"] + "/free", ("ssl_verify", "false"));

        Assert.Equal(DataErrorKind.RemoteFailed, (await Assert.ThrowsAsync<DataVersionException>(() => strict.FindAsync("x", default))).Kind);
        Assert.Null(await careless.FindAsync("x", default));
    }

    [Fact]
    public async Task A_query_of_the_address_goes_with_every_request()
    {
        string? asked = null;
        using var server = new ScriptedServer(c =>
        {
            asked = c.Request.RawUrl;
            return ScriptedServer.SayAsync(c, 200, "x");
        });
        await using var folder = HttpRemotes.Open(server.Url + "data/?key=1");
        await using var file = HttpRemotes.Open(server.Url + "data/a%20b.csv?key=1");

        await folder.GetTextAsync("a b");
        Assert.Equal("/data/a%20b?key=1", asked);
        await file.GetTextAsync("");
        Assert.Equal("/data/a%20b.csv?key=1", asked);
    }
}
