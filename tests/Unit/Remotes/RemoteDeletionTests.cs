using DataVersion.Engine;
using DataVersion.Engine.Caching;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Http;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes;

/// <summary>A clean-up of a remote deletes many objects with one request, and says of each what became of it.</summary>
public sealed class RemoteDeletionTests
{
    private static readonly string[] Keys = [.. Enumerable.Range(0, 25).Select(i => $"files/md5/{i:x2}/{i:x30}")];

    [Fact]
    public async Task Many_objects_go_with_one_request()
    {
        var service = Filled(deleteBatch: 10);
        var gone = new List<string>();

        var failures = await CleanAsync(service, plan => gone.Add(plan.ObjectPath!));

        Assert.Empty(failures);
        Assert.Equal([5, 10, 10], service.Deleted.Select(d => d.Count).Order());
        Assert.Equal(Keys, gone.Order());
        Assert.Empty(service.Values);
    }

    [Fact]
    public async Task What_fails_for_now_is_asked_for_again_and_what_fails_for_good_is_told_of_each()
    {
        var service = Filled(deleteBatch: 1000);
        var attempts = 0;
        service.BeforeDelete = key =>
        {
            if (key == Keys[3])
                throw new DataVersionException(DataErrorKind.TransferFailed, "It is locked.");
            if (key == Keys[7] && attempts++ == 0)
                throw new TransientRemoteException("Slow down.", key);
        };
        var gone = new List<string>();

        var failures = await CleanAsync(service, plan => gone.Add(plan.ObjectPath!));

        Assert.Equal((Keys[3], "It is locked."), (Assert.Single(failures).Path, failures[0].Error.Message));
        Assert.Equal(Keys.Where(k => k != Keys[3]), gone.Order());
        Assert.Equal(2, service.Deleted.Count);
        Assert.Equal([Keys[7]], service.Deleted.Last());
    }

    [ServerFact("s3")]
    public async Task S3_deletes_what_is_named_and_nothing_else()
    {
        var remote = S3Remotes.At(TestServer.Get("s3"), "deletion-" + Guid.NewGuid().ToString("N"));
        await using var storage = RemoteStorages.Open(remote);
        string[] names = ["a", "b c&<>'\"%20+ü", "kept"];
        foreach (var name in names)
            await storage.PutTextAsync(name, name);

        var failed = await storage.DeleteManyAsync([names[0], names[1], "never there"], default);

        Assert.Empty(failed);
        var left = new List<string>();
        await foreach (var item in storage.ListAsync("", default))
            left.Add(item.Key);
        Assert.Equal(["kept"], left);
    }

    [Theory]
    [InlineData(400, "<Error><Code>MissingContentMD5</Code><Message>no</Message></Error>")]
    [InlineData(501, "<Error><Code>NotImplemented</Code><Message>no</Message></Error>")]
    public async Task A_service_that_refuses_many_at_once_is_asked_one_by_one(int status, string answer)
    {
        using var service = new ScriptedServer(context => context.Request.HttpMethod == "POST" ? ScriptedServer.SayAsync(context, status, answer) : ScriptedServer.SayAsync(context, 204));
        await using var storage = OpenAt(service);

        Assert.Empty(await storage.DeleteManyAsync(["a", "b", "c"], default));
        Assert.Empty(await storage.DeleteManyAsync(["d"], default));

        Assert.Equal(["/bucket/p/a", "/bucket/p/b", "/bucket/p/c", "/bucket/p/d"], service.Requests.Where(r => r.Method == "DELETE").Select(r => r.Path).Order());
        Assert.Single(service.Requests, r => r.Method == "POST");
    }

    [Fact]
    public async Task Of_many_S3_says_which_could_not_be_deleted()
    {
        using var service = new ScriptedServer(context => ScriptedServer.SayAsync(context, 200,
            "<DeleteResult><Error><Key>p/b</Key><Code>AccessDenied</Code><Message>held</Message></Error><Error><Key>p/c</Key><Code>SlowDown</Code><Message>wait</Message></Error></DeleteResult>"));
        await using var storage = OpenAt(service);

        var failed = await storage.DeleteManyAsync(["a", "b", "c"], default);

        Assert.Equal(["b", "c"], failed.Keys.Order());
        Assert.Contains("AccessDenied", failed["b"].Message, StringComparison.Ordinal);
        Assert.True(Assert.IsType<TransientRemoteException>(failed["c"]).IsThrottling);
    }

    private static IRemoteStorage OpenAt(ScriptedServer service) => RemoteStorages.Open(new RemoteConfiguration("st", "s3://bucket/p", new Dictionary<string, string>
    {
        ["endpointurl"] = service.Url.TrimEnd('/'), ["region"] = "us-east-1", ["access_key_id"] = "AKIAEXAMPLE", ["secret_access_key"] = "a secret of forty letters",
    }, [ConfigScope.Local], true));

    private static MemoryStorage Filled(int deleteBatch)
    {
        var service = new MemoryStorage { Traits = new StorageTraits { Connections = 1, DeleteBatch = deleteBatch } };
        foreach (var key in Keys)
            service.Values[key] = [1];
        return service;
    }

    private static async Task<IReadOnlyList<PathFailure>> CleanAsync(MemoryStorage service, Action<CachePlan> done)
    {
        var used = new UsedObjects(OperationContext.Silent);
        var remote = new RemoteObjects(new RemoteConfiguration("st", "s3://b/p", new Dictionary<string, string>(), [ConfigScope.Repository], true), service);
        return await RemoteCleanUp.RunAsync(remote, await RemoteCleanUp.PlanAsync(remote, used, OperationContext.Silent), used, done, OperationContext.Silent);
    }
}
