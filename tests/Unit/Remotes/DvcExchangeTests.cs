namespace DataVersion.Tests.Remotes;

/// <summary>The real DVC and ours at the two ends of one remote.</summary>
public sealed class DvcExchangeTests
{
    [DvcFact]
    public async Task Dvc_pulls_what_we_pushed()
    {
        using var sandbox = TransferTests.Sample();
        sandbox.Write("many/ü😀 [1].bin", new string('x', 3_000_000));
        sandbox.Write("many/empty", "");
        sandbox.Add("many");
        await SyncSandbox.PushAsync(sandbox.Root);
        var two = sandbox.Clone();

        sandbox.Dvc(two, "pull");

        Assert.Equal("two", File.ReadAllText(Path.Combine(two, "d", "sub", "2")));
        Assert.Equal(3_000_000, new FileInfo(Path.Combine(two, "many", "ü😀 [1].bin")).Length);
        Assert.Contains("up to date", sandbox.Dvc(two, "status"));
        Assert.Contains("in sync", sandbox.Dvc(two, "status", "-c"));
        Assert.Contains("up to date", sandbox.Dvc(two, "push"));
    }

    [DvcFact]
    public async Task We_fetch_what_dvc_pushed()
    {
        using var sandbox = TransferTests.Sample();
        sandbox.Write("big.bin", new string('y', 2_500_000));
        sandbox.Dvc(sandbox.Root, "add", "big.bin");
        sandbox.Dvc(sandbox.Root, "push");
        var two = sandbox.Clone();

        Assert.Empty(await SyncSandbox.PushAsync(sandbox.Root));
        var fetched = await SyncSandbox.FetchAsync(two);

        Assert.Equal(6, fetched.Count);
        Assert.All(fetched, r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
        sandbox.Dvc(two, "checkout");
        Assert.Equal("two", File.ReadAllText(Path.Combine(two, "d", "sub", "2")));
        Assert.Contains("up to date", sandbox.Dvc(two, "status"));
    }
}
