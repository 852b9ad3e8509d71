using System.Security.Cryptography;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>Looking at the objects of a remote, and making them whole again.</summary>
public sealed class RemoteAuditTests : IDisposable
{
    private readonly MemoryStorage service = new();
    private readonly SyncSandbox sandbox = TransferTests.Sample();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public async Task A_whole_remote_is_good_by_reading()
    {
        await PushAsync();

        var (sum, verdicts) = await AuditAsync();

        Assert.Equal(RemoteVerdictKind.Good, sum.Verdict);
        Assert.Equal(5, verdicts.Count);
        Assert.All(verdicts, v => Assert.Equal((RemoteVerdictKind.Good, RemoteEvidence.Download), (v.Verdict, v.Evidence)));
    }

    [Theory]
    [InlineData(false, RemoteEvidence.ServiceChecksum)]
    [InlineData(true, RemoteEvidence.StatedChecksum)]
    public async Task A_checksum_of_the_service_is_evidence_and_nothing_is_read(bool stated, RemoteEvidence evidence)
    {
        service.Describe = (item, bytes) => item with { Md5 = Convert.ToHexStringLower(MD5.HashData(bytes)), IsMd5Stated = stated };
        await PushAsync();
        service.Reads.Clear();

        var (sum, verdicts) = await AuditAsync();

        Assert.Equal(RemoteVerdictKind.Good, sum.Verdict);
        Assert.All(verdicts, v => Assert.Equal(evidence, v.Evidence));
        Assert.Empty(service.Reads);
        Assert.Equal(RemoteEvidence.Download, (await AuditAsync(download: true)).Sum.Evidence);
    }

    [Fact]
    public async Task What_is_missing_or_wrong_is_named_although_the_manifest_is_there()
    {
        await PushAsync();
        service.Values.TryRemove(KeyOf("one"), out _);
        service.Values[KeyOf("two")] = "tw0"u8.ToArray();

        var (sum, verdicts) = await AuditAsync();

        Assert.Equal(RemoteVerdictKind.Corrupt, sum.Verdict);
        Assert.Equal(("d/1", RemoteVerdictKind.Missing), verdicts.Where(v => v.Verdict == RemoteVerdictKind.Missing).Select(v => (v.Path, v.Verdict)).Single());
        Assert.Equal("d/sub/2", verdicts.Single(v => v.Verdict == RemoteVerdictKind.Corrupt).Path);
        // DVC, and an unchanged push, believe the manifest.
        Assert.Contains("missing", sum.Detail);
    }

    [Fact]
    public async Task A_repair_takes_the_bytes_from_the_cache()
    {
        await PushAsync();
        service.Values.TryRemove(KeyOf("one"), out _);
        service.Values[KeyOf("two")] = "tw0"u8.ToArray();

        var (results, lost) = await RepairAsync();

        Assert.Empty(lost);
        Assert.Equal(["d/1", "d/sub/2"], results.Where(r => r.Outcome == TransferOutcome.Transferred).Select(r => r.Path).Order(StringComparer.Ordinal));
        Assert.Equal(RemoteVerdictKind.Good, (await AuditAsync()).Sum.Verdict);
    }

    [Fact]
    public async Task A_repair_takes_the_bytes_from_the_workspace_when_the_cache_lost_them()
    {
        await PushAsync();
        service.Values.TryRemove(KeyOf("one"), out _);
        var file = Path.Combine(sandbox.Root, "d", "1");
        File.Delete(file);
        File.WriteAllText(file, "one");
        File.Delete(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "one"));

        var (results, _) = await RepairAsync();

        Assert.Contains("workspace", Assert.Single(results).Reason);
        Assert.Equal("one"u8.ToArray(), service.Values[KeyOf("one")]);
    }

    [Fact]
    public async Task A_repair_takes_the_bytes_from_another_remote()
    {
        await PushAsync();
        // The folder 'store' holds everything, the cache and the workspace nothing.
        await SyncSandbox.PushAsync(sandbox.Root);
        service.Values.TryRemove(KeyOf("one"), out _);
        File.Delete(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "one"));
        File.Delete(Path.Combine(sandbox.Root, "d", "1"));

        var (results, _) = await RepairAsync("another");

        Assert.Contains("remote 'store'", Assert.Single(results).Reason);
        Assert.Equal("one"u8.ToArray(), service.Values[KeyOf("one")]);
    }

    [Fact]
    public async Task What_is_nowhere_is_lost_and_its_manifest_is_held_back()
    {
        await PushAsync();
        service.Values.TryRemove(KeyOf("one"), out _);
        foreach (var manifest in service.Values.Keys.Where(k => k.EndsWith(".dir", StringComparison.Ordinal)))
            service.Values.TryRemove(manifest, out _);
        File.Delete(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "one"));
        File.Delete(Path.Combine(sandbox.Root, "d", "1"));

        var (results, lost) = await RepairAsync();

        Assert.Equal("d/1", Assert.Single(lost).Path);
        Assert.Equal(TransferOutcome.HeldBack, Assert.Single(results).Outcome);
        Assert.DoesNotContain(service.Values.Keys, k => k.EndsWith(".dir", StringComparison.Ordinal));
    }

    private static string KeyOf(string text) => RemoteKeys.Of(new ContentHash(MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text))));

    private Task PushAsync() => SyncSandbox.SyncAsync(sandbox.Root, TransferDirection.Push, open: _ => service);

    private async Task<(RemoteVerdict Sum, List<RemoteVerdict> Verdicts)> AuditAsync(bool download = false)
    {
        using var repository = Repository.Open(sandbox.Root);
        return await AuditAsync(repository, download);
    }

    private async Task<(RemoteVerdict Sum, List<RemoteVerdict> Verdicts)> AuditAsync(Repository repository, bool download = false)
    {
        var verdicts = new List<RemoteVerdict>();
        var needs = Assert.Single(NeededObjects.Collect(repository, new SyncSelection(), forPush: true, OperationContext.Silent));
        var sum = await RemoteAudit.RunAsync(repository, needs, service, download, 0, verdict =>
        {
            lock (verdicts)
                verdicts.Add(verdict);
        }, OperationContext.Silent);
        return (sum, verdicts);
    }

    // The remote under repair is the service in memory; under the name of the only configured one unless told.
    private async Task<(List<TransferResult> Results, IReadOnlyList<TransferItem> Lost)> RepairAsync(string? name = null)
    {
        using var repository = Repository.Open(sandbox.Root);
        var (_, verdicts) = await AuditAsync(repository);
        var remote = repository.Configuration.GetRemote();
        var repair = new RemoteRepair(repository, name is null ? remote : remote with { Name = name }, service, DataVersion.Remotes.RemoteStorages.Open, 0, OperationContext.Silent);
        var plan = await repair.PlanAsync([.. verdicts.Where(v => !v.IsGood)]);
        var results = new List<TransferResult>();
        var withhold = plan.Lost.Count == 0 ? new HashSet<ContentHash>() : [.. plan.Steps.Select(s => s.Item.Hash).Where(h => h.IsDirectory)];
        await repair.RunAsync(plan, withhold, (result, _) =>
        {
            lock (results)
                results.Add(result);
        });
        return (results, plan.Lost);
    }
}
