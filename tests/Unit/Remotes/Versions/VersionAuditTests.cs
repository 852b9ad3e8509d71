using DataVersion.Engine;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Repositories;
using DataVersion.Tests.Cmdlets;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>Status, Test-DataRemote and Repair-DataRemote of remotes that keep versions.</summary>
/// <param name="service">The server.</param>
public abstract class VersionAuditTests(string service) : IDisposable
{
    private readonly VersionedSandbox sandbox = new(service);

    public void Dispose() => sandbox.Dispose();

    [ServerFact]
    public async Task A_status_tells_what_the_remote_and_the_cache_lack()
    {
        var root = await PushedAsync();
        using var session = new ModuleSession(root);
        Assert.Equal([], Lines("Get-DataStatus -Cloud"));
        Assert.Equal([], Lines("Get-DataStatus -NotInRemote | Where-Object Comparison -eq Remote"));

        sandbox.Write(root, "f", "changed");
        VersionedSandbox.Add(root, "f");
        await DropAsync(root, "d/a");
        Remove(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(root), "second"));
        var before = VersionedSandbox.Metadata(root);

        Assert.Equal(["d/a NotInRemote", "d/b NotInCache", "f NotInRemote"], Lines("Get-DataStatus -Cloud"));
        Assert.Equal(["d/ NotInRemote", "f NotInRemote"], Lines("Get-DataStatus -NotInRemote | Where-Object Comparison -eq Remote"));
        Assert.Equal(["d/a NotInRemote", "f NotInRemote"], Lines("Get-DataStatus -NotInRemote -Granular | Where-Object Comparison -eq Remote"));
        Assert.Equal(before, VersionedSandbox.Metadata(root));

        string[] Lines(string command) => [.. session.Run<DataStatus>(command + " | Where-Object Change -ne Unchanged").Select(line => $"{line.Path} {line.Change}").Order(StringComparer.Ordinal)];
    }

    [ServerFact]
    public async Task A_test_looks_at_every_recorded_version()
    {
        var root = await PushedAsync();
        using var session = new ModuleSession(root);

        var verdicts = session.Run<RemoteVerdict>("Test-DataRemote -Deep -IncludeGood");

        Assert.All(verdicts, verdict => Assert.True(verdict.IsGood, $"{verdict} {verdict.Detail}"));
        Assert.Contains(verdicts, verdict => verdict.Check == RemoteCheck.Versions);
        Assert.Equal(["d/a", "d/b", "f"], Of(verdicts).Keys);
        Assert.All(Of(verdicts).Values, verdict => Assert.Equal(service == "azure" ? RemoteEvidence.StatedChecksum : RemoteEvidence.ServiceChecksum, verdict.Evidence));
        Assert.All(Of(session.Run<RemoteVerdict>("Test-DataRemote -Deep -Download -IncludeGood")).Values, verdict => Assert.Equal((true, RemoteEvidence.Download), (verdict.IsGood, verdict.Evidence)));
        // What was written for the test is gone.
        await using (var storage = VersionedSandbox.Storage(root))
            await foreach (var item in storage.ListAsync("", default))
                Assert.DoesNotContain("dataversion-test", item.Key);

        // The newest version is somebody else's: the recorded one counts. Another is lost, one is not recorded, one is of other bytes.
        await sandbox.PutAsync(root, "f", "somebody else's");
        await DropAsync(root, "d/a");
        sandbox.Write(root, "new", "new");
        VersionedSandbox.Add(root, "new");
        var record = Path.Combine(root, "d.dvc");
        var md5 = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("second"u8));
        File.WriteAllText(record, File.ReadAllText(record).Replace(md5, "0123456789abcdef0123456789abcdef", StringComparison.Ordinal));

        var found = Of(session.Run<RemoteVerdict>("Test-DataRemote -Deep -IncludeGood"));

        Assert.Equal([("d/a", RemoteVerdictKind.Missing), ("d/b", RemoteVerdictKind.Corrupt), ("f", RemoteVerdictKind.Good), ("new", RemoteVerdictKind.Missing)], found.Select(pair => (pair.Key, pair.Value.Verdict)));
        Assert.Contains("No version of it is recorded", found["new"].Detail, StringComparison.Ordinal);
        Assert.Equal([false], session.Run<bool>("Test-DataRemote -Deep -Quiet"));
    }

    [ServerFact]
    public void A_bucket_without_versions_fails_the_test_and_is_not_repaired()
    {
        var root = sandbox.Make("one", keepsVersions: false);
        sandbox.Write(root, "f", "text");
        VersionedSandbox.Add(root, "f");
        var metadata = VersionedSandbox.Metadata(root);
        using var session = new ModuleSession(root);

        Assert.Equal(RemoteVerdictKind.Failed, Assert.Single(session.Run<RemoteVerdict>("Test-DataRemote"), verdict => verdict.Check == RemoteCheck.Versions).Verdict);
        Assert.Equal(["RemoteFailed"], session.Invoke("Repair-DataRemote").ErrorIds);
        Assert.Equal(metadata, VersionedSandbox.Metadata(root));
    }

    [ServerFact]
    public async Task A_repair_sends_again_what_is_lost_and_records_it()
    {
        var root = await PushedAsync();
        using var session = new ModuleSession(root);
        var before = Versions(root);
        await DropAsync(root, "d/a");
        await DropAsync(root, "f");
        // One comes from the cache, one from the workspace.
        Remove(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(root), "text"));
        Assert.All(session.Run<TransferResult>("Repair-DataRemote -WhatIf"), result => Assert.Equal(TransferOutcome.Planned, result.Outcome));
        Assert.Equal(before, Versions(root));

        Assert.Equal(["d/a", "f"], session.Run<TransferResult>("Repair-DataRemote").Select(result => $"{result.Path}").Order(StringComparer.Ordinal));

        var after = Versions(root);
        Assert.Equal([false, true, false], after.Select((id, i) => id == before[i]));
        Assert.Empty(session.Run("Repair-DataRemote").Output);
        Assert.Empty(await VersionedSandbox.PushAsync(root));
        var two = sandbox.Clone(root, "two");
        Assert.All(await VersionedSandbox.FetchAsync(two), result => Assert.Equal(TransferOutcome.Transferred, result.Outcome));
    }

    [ServerFact]
    public void What_cannot_be_known_is_neither_good_nor_repaired()
    {
        var root = sandbox.Make("one");
        sandbox.Write(root, "d.dvc", "outs:\n- md5: 0123456789abcdef0123456789abcdef.dir\n  size: 1\n  nfiles: 1\n  hash: md5\n  path: d\n");
        sandbox.Write(root, "old.dvc", "outs:\n- md5: 0123456789abcdef0123456789abcdef\n  size: 1\n  path: old\n");
        var before = VersionedSandbox.Metadata(root);
        using var session = new ModuleSession(root);

        Assert.All(Of(session.Run<RemoteVerdict>("Test-DataRemote -Deep -ReadOnly")), pair => Assert.Equal(RemoteVerdictKind.Unknown, pair.Value.Verdict));
        Assert.Equal(["TransferFailed", "TransferFailed"], session.Invoke("Repair-DataRemote").ErrorIds);
        Assert.Equal(["d/ Missing", "old Missing"], session.Run<DataStatus>("Get-DataStatus -Cloud").Select(line => $"{line.Path} {line.Change}").Order(StringComparer.Ordinal));
        Assert.Equal(before, VersionedSandbox.Metadata(root));
    }

    [ServerFact]
    public async Task What_the_past_needs_is_looked_at_and_cannot_be_repaired()
    {
        var root = await PushedAsync();
        var config = Path.Combine(root, ".dvc", "config");
        File.WriteAllText(config, File.ReadAllText(config).Replace("    no_scm = True\n", "", StringComparison.Ordinal));
        using var session = new ModuleSession(root);
        session.Run("git init -q -b main . ; git config user.name n ; git config user.email n@example.invalid ; git add *.dvc ; git commit -q -m one");
        var old = new VersionOf(root, "f");
        // The same content is there in two versions, of which the older one is lost.
        sandbox.Write(root, "f", "other");
        VersionedSandbox.Add(root, "f");
        await VersionedSandbox.PushAsync(root);
        sandbox.Write(root, "f", "text");
        VersionedSandbox.Add(root, "f");
        await VersionedSandbox.PushAsync(root);
        session.Run("git commit -q -a -m two");
        Assert.NotEqual(old.Id, new VersionOf(root, "f").Id);
        await using (var storage = VersionedSandbox.Storage(root))
            await storage.DeleteAsync(old.Key, default);

        Assert.Equal([], session.Run<RemoteVerdict>("Test-DataRemote -Deep -ReadOnly | Where-Object Verdict -eq Missing"));
        Assert.Equal("f", session.Run<RemoteVerdict>("Test-DataRemote -Deep -ReadOnly -AllCommits | Where-Object { $_.Check -eq 'Object' -and $_.Verdict -eq 'Missing' }") is [var missing] ? missing.Path : null);
        Assert.Equal(["ArgumentInvalid"], session.Invoke("Repair-DataRemote -AllCommits").ErrorIds);
    }

    [ServerFact]
    public async Task What_is_nowhere_is_named_as_lost_and_the_record_stays()
    {
        var root = await PushedAsync();
        using var session = new ModuleSession(root);
        await DropAsync(root, "f");
        Remove(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(root), "text"));
        File.Delete(Path.Combine(root, "f"));
        var before = VersionedSandbox.Metadata(root);

        var result = session.Invoke("Repair-DataRemote");

        Assert.Contains("'f' is lost", Assert.Single(result.Errors).ToString(), StringComparison.Ordinal);
        Assert.Equal(before, VersionedSandbox.Metadata(root));
    }

    private async Task<string> PushedAsync()
    {
        var root = sandbox.Make("one");
        sandbox.Write(root, "d/a", "first");
        sandbox.Write(root, "d/b", "second");
        sandbox.Write(root, "f", "text");
        VersionedSandbox.Add(root, "d", "f");
        Assert.Equal(3, (await VersionedSandbox.PushAsync(root)).Count);
        return root;
    }

    // The version that is recorded goes for ever, as rules for old versions make it go.
    private static async Task DropAsync(string root, string path)
    {
        using var repository = Repository.Open(root);
        var (remote, output) = (repository.Configuration.GetRemote(null), repository.Index.Find(path.Split('/')[0])!);
        var version = output.Version ?? output.Files.Single(file => $"{output.Path}/{file.Path}" == path).Version;
        await using var storage = VersionedSandbox.Storage(root);
        await storage.DeleteAsync(path, default);
        await storage.DeleteAsync(VersionKeys.InVersion(remote.Scheme, path, version!.Id), default);
    }

    // The version that is recorded of a file now.
    private sealed class VersionOf
    {
        public VersionOf(string root, string path)
        {
            using var repository = Repository.Open(root);
            Id = repository.Index.Find(path)!.Version!.Id;
            Key = VersionKeys.InVersion(repository.Configuration.GetRemote(null).Scheme, path, Id);
        }

        public string Id { get; }

        public string Key { get; }
    }

    private static string[] Versions(string root)
    {
        using var repository = Repository.Open(root);
        return [.. repository.Index.Find("d")!.Files.Select(file => file.Version!.Id), repository.Index.Find("f")!.Version!.Id];
    }

    private static SortedDictionary<string, RemoteVerdict> Of(IEnumerable<RemoteVerdict> verdicts) =>
        new(verdicts.Where(verdict => verdict.Check == RemoteCheck.Object).ToDictionary(verdict => verdict.Path!), StringComparer.Ordinal);

    private static void Remove(string path)
    {
        File.SetAttributes(path, FileAttributes.Normal);
        File.Delete(path);
    }
}

/// <summary>The same with S3.</summary>
[Server("s3")]
public sealed class S3VersionAuditTests() : VersionAuditTests("s3");

/// <summary>The same with Google Cloud Storage.</summary>
[Server("gcs")]
public sealed class GoogleVersionAuditTests() : VersionAuditTests("gcs");

/// <summary>The same with Azure Blob Storage.</summary>
[Server("azure")]
public sealed class AzureVersionAuditTests() : VersionAuditTests("azure");
