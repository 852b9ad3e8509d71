using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>What is remembered of a remote costs time when it is wrong, and nothing else.</summary>
public sealed class RemoteIndexTests : IDisposable
{
    private readonly MemoryStorage service = new();
    private readonly SyncSandbox sandbox = TransferTests.Sample();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public async Task A_manifest_that_was_cut_there_is_sent_again()
    {
        await PushAsync();
        var key = Manifest();
        var right = service.Values[key];
        service.Values[key] = right[..^10];

        await PushAsync();

        Assert.Equal(right, service.Values[key]);
    }

    [Fact]
    public async Task A_new_manifest_does_not_go_on_the_word_of_another()
    {
        await PushAsync();
        Assert.Empty(await PushAsync());
        // A folder of a file that the remote was known to hold, and holds no more.
        var text = File.ReadAllText(Directory.EnumerateFiles(Path.Combine(sandbox.Root, "d")).Order(StringComparer.Ordinal).First());
        sandbox.Write(Path.Combine("e", "same"), text);
        sandbox.Add("e");
        var lost = "files/md5/" + Path.GetRelativePath(Path.Combine("x", "files", "md5"), SyncSandbox.ObjectOf("x", text)).Replace('\\', '/');
        Assert.True(service.Values.TryRemove(lost, out _));

        await PushAsync();

        Assert.Contains(lost, service.Values.Keys);
        Assert.Equal(2, service.Values.Keys.Count(k => k.EndsWith(".dir", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_manifest_of_which_a_bit_flips_on_its_way_comes_right_the_second_time()
    {
        await PushAsync();
        var clone = sandbox.Clone();
        var wrong = true;
        service.Flip = _ => wrong && !(wrong = false);

        var results = await SyncSandbox.SyncAsync(clone, TransferDirection.Fetch, open: _ => service);

        Assert.False(wrong);
        Assert.All(results, r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
    }

    private string Manifest() => service.Values.Keys.Single(k => k.EndsWith(".dir", StringComparison.Ordinal));

    private Task<List<TransferResult>> PushAsync() => SyncSandbox.SyncAsync(sandbox.Root, TransferDirection.Push, open: _ => service);
}
