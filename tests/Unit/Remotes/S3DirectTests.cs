using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Http;

namespace DataVersion.Tests.Remotes;

/// <summary>Which calls go past the SDK, and what becomes of answers that are no success.</summary>
public sealed class S3DirectTests
{
    private const string Key = "files/md5/9a/0364b9e99bb480dd25e1f0284c8555";

    [Fact]
    public async Task An_object_is_read_with_one_request_that_is_signed()
    {
        using var service = new ScriptedServer(c => ScriptedServer.SayAsync(c, 200, "content"));
        await using var storage = Open(service);

        Assert.Equal("content", await GetAsync(storage));
        var request = Assert.Single(service.Requests);
        Assert.Equal(("GET", "/bucket/a%20b/" + Key), (request.Method, request.Path));
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=id/", request.Login, StringComparison.Ordinal);
        Assert.Contains("/there/s3/aws4_request, ", request.Login, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_in_particular_signs_nothing()
    {
        using var service = new ScriptedServer(c => ScriptedServer.SayAsync(c, 200, "content"));
        await using var storage = Open(service, ("allow_anonymous_login", "true"));

        Assert.Equal("content", await GetAsync(storage));
        Assert.Null(Assert.Single(service.Requests).Login);
    }

    // The engine repeats it, later each time: nobody else does, at once.
    [Theory]
    [InlineData(503, "<Error><Code>SlowDown</Code><Message>Slow</Message></Error>", true)]
    [InlineData(500, "<Error><Code>InternalError</Code></Error>", false)]
    [InlineData(502, "<html>no XML", false)]
    public async Task Not_now_is_told_after_one_request(int status, string text, bool isThrottling)
    {
        using var service = new ScriptedServer(c => ScriptedServer.SayAsync(c, status, text));
        await using var storage = Open(service);

        var error = await Assert.ThrowsAsync<TransientRemoteException>(() => GetAsync(storage));

        Assert.Equal(isThrottling, error.IsThrottling);
        Assert.Single(service.Requests);
    }

    [Fact]
    public async Task What_is_not_there_is_told_as_the_SDK_tells_it_and_the_next_call_goes_past_it_again()
    {
        using var service = new ScriptedServer(c => ScriptedServer.SayAsync(c, 404, "<Error><Code>NoSuchKey</Code><Message>None</Message></Error>"));
        await using var storage = Open(service);

        Assert.Equal(DataErrorKind.ObjectMissing, (await Assert.ThrowsAsync<DataVersionException>(() => GetAsync(storage))).Kind);
        Assert.Equal(2, service.Requests.Count);
    }

    [Fact]
    public async Task Where_the_SDK_knows_better_all_further_calls_are_left_to_it()
    {
        var asked = 0;
        using var service = new ScriptedServer(c => Interlocked.Increment(ref asked) == 1
            ? ScriptedServer.SayAsync(c, 400, "<Error><Code>Strange</Code><Message>Another way</Message></Error>") : ScriptedServer.SayAsync(c, 200, "content"));
        await using var storage = Open(service);

        Assert.Equal("content", await GetAsync(storage));
        Assert.Equal(2, service.Requests.Count);
        Assert.Equal("content", await GetAsync(storage));
        Assert.Equal(3, service.Requests.Count);
    }

    private static IRemoteStorage Open(ScriptedServer service, params (string Name, string Value)[] more)
    {
        var options = new Dictionary<string, string> { ["endpointurl"] = service.Url, ["region"] = "there" };
        if (more.Length == 0)
            (options["access_key_id"], options["secret_access_key"]) = ("id", "secret");
        foreach (var (name, value) in more)
            options[name] = value;
        return RemoteStorages.Open(new RemoteConfiguration("far", "s3://bucket/a b", options, [ConfigScope.Repository], true));
    }

    private static async Task<string> GetAsync(IRemoteStorage storage)
    {
        using var content = new MemoryStream();
        await storage.GetAsync(Key, content, ByteRange.Whole, default);
        return System.Text.Encoding.UTF8.GetString(content.ToArray());
    }
}
