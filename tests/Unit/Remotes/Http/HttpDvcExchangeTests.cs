using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Http;

/// <summary>The real DVC and ours at the two ends of one HTTP server.</summary>
public sealed class HttpDvcExchangeTests
{
    [ServerFact("http", "dvc")]
    public async Task What_one_pushes_the_other_pulls()
    {
        var nginx = TestServer.Get("http");
        using var sandbox = TransferTests.Sample();
        sandbox.Write("big.bin", new string('y', 2_500_000));
        sandbox.Add("big.bin");
        var url = $"{nginx["endpoint"]}/post/{Guid.NewGuid():N}";
        Configure(sandbox.Root, url + "/ours", nginx);
        Assert.All(await SyncSandbox.PushAsync(sandbox.Root), r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
        var two = sandbox.Clone();
        Configure(two, url + "/ours", nginx);

        sandbox.Dvc(two, "pull");
        Assert.Equal("two", File.ReadAllText(Path.Combine(two, "d", "sub", "2")));
        Assert.Equal(2_500_000, new FileInfo(Path.Combine(two, "big.bin")).Length);
        Assert.Contains("up to date", sandbox.Dvc(two, "push"));

        Configure(two, url + "/theirs", nginx);
        sandbox.Dvc(two, "push");
        var three = sandbox.Clone("three");
        Configure(three, url + "/theirs", nginx);
        var fetched = await SyncSandbox.FetchAsync(three);
        Assert.Equal(6, fetched.Count);
        Assert.All(fetched, r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
        Assert.Equal(SyncSandbox.Objects(SyncSandbox.CacheOf(two)).Where(o => o.StartsWith("files", StringComparison.Ordinal)), SyncSandbox.Objects(SyncSandbox.CacheOf(three)));
    }

    private static void Configure(string root, string url, TestServer nginx) => File.WriteAllText(Path.Combine(root, ".dvc", "config"), $"""
        [core]
            no_scm = True
            remote = store
        ['remote "store"']
            url = {url}
            auth = basic
            user = {nginx["user"]}
            password = {nginx["password"]}

        """);
}
