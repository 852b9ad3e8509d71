using DataVersion.Engine;
using DataVersion.Engine.Git;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>Pushing to and fetching from a remote that keeps plain files and their versions, whatever the service is.</summary>
/// <param name="service">The server.</param>
public abstract class VersionTransferTests(string service) : IDisposable
{
    private readonly VersionedSandbox sandbox = new(service);

    public void Dispose() => sandbox.Dispose();

    [ServerFact]
    public async Task The_recorded_version_is_fetched_whatever_came_after_it()
    {
        var one = await PushedAsync(("d/a", "first"), ("f", "old"));
        var two = sandbox.Clone(one, "two");
        sandbox.Write(one, "d/a", "second");
        sandbox.Write(one, "f", "new");
        VersionedSandbox.Add(one, "d", "f");
        Assert.Equal(2, (await VersionedSandbox.PushAsync(one)).Count);

        Assert.Equal(2, (await VersionedSandbox.FetchAsync(two)).Count);

        Assert.Equal("first", File.ReadAllText(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(two), "first")));
        Assert.Equal("old", File.ReadAllText(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(two), "old")));
    }

    [ServerFact]
    public async Task Any_name_travels_and_a_large_file_in_parts()
    {
        string[] names = ["ü😀 [1].bin", "a#b", "a%20b", "a+b & c", "a?b", "a\"b'c"];
        var one = await PushedAsync([.. names.Select(name => ("d/" + name, "text of " + name)), ("large", new string('x', 20_000_000))]);
        var two = sandbox.Clone(one, "two");

        var results = await VersionedSandbox.FetchAsync(two);

        Assert.Equal(names.Length + 1, results.Count);
        Assert.All(results, result => Assert.Equal(TransferOutcome.Transferred, result.Outcome));
        Assert.All(names, name => Assert.Equal("text of " + name, File.ReadAllText(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(two), "text of " + name))));
        await using var storage = VersionedSandbox.Storage(two);
        var there = (await storage.FindAsync("large", default))!;
        using var repository = Repository.Open(two);
        Assert.Equal(new Engine.Metadata.RecordedVersion("v", there.Version!, Engine.Imports.ImportTags.Of(repository.Configuration.GetRemote(null).Scheme, there)), repository.Index.Find("large")!.Version);
    }

    [ServerFact]
    public async Task An_empty_folder_as_DVC_lists_it_is_one_and_is_recorded_by_its_hash_again()
    {
        var one = sandbox.Make("one");
        Directory.CreateDirectory(Path.Combine(one, "empty"));
        sandbox.Write(one, "empty.dvc", "outs:\n- hash: md5\n  path: empty\n  files: []\n");

        Assert.Empty(await VersionedSandbox.FetchAsync(one));
        Assert.Empty(await VersionedSandbox.PushAsync(one));
        VersionedSandbox.Add(one, "empty");

        Assert.Contains("md5: d751713988987e9331980363e24189ce.dir", File.ReadAllText(Path.Combine(one, "empty.dvc")), StringComparison.Ordinal);
        Assert.DoesNotContain("\n  files:", File.ReadAllText(Path.Combine(one, "empty.dvc")), StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task Bytes_that_are_not_the_recorded_ones_are_never_stored()
    {
        var one = await PushedAsync(("f", "right"));
        var two = sandbox.Clone(one, "two");
        var path = Path.Combine(two, "f.dvc");
        var md5 = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("right"u8));
        File.WriteAllText(path, File.ReadAllText(path).Replace("md5: " + md5, "md5: 0123456789abcdef0123456789abcdef", StringComparison.Ordinal));

        Assert.Equal(TransferOutcome.Corrupt, Assert.Single(await VersionedSandbox.FetchAsync(two)).Outcome);

        Assert.Empty(SyncSandbox.Objects(SyncSandbox.CacheOf(two)));
    }

    [ServerFact]
    public async Task What_one_version_has_lost_comes_from_another_one_of_the_same_content()
    {
        var one = await PushedAsync(("d/a", "same"), ("d/b", "same"));
        using (var repository = Repository.Open(one))
        {
            await using var storage = VersionedSandbox.Storage(one);
            await storage.DeleteAsync("d/a", default);
            await storage.DeleteAsync(Engine.Remotes.Versions.VersionKeys.InVersion(repository.Configuration.GetRemote(null).Scheme, "d/a", repository.Index.Find("d")!.Files[0].Version!.Id), default);
        }
        var two = sandbox.Clone(one, "two");

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await VersionedSandbox.FetchAsync(two)).Outcome);
        Assert.Equal("same", File.ReadAllText(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(two), "same")));
    }

    [ServerTheory]
    [InlineData(null, "does not say which version")]
    [InlineData("1234567890123456", "f")]
    public async Task A_file_without_its_version_is_missing(string? version, string says)
    {
        var one = await PushedAsync(("f", "text"));
        var two = sandbox.Clone(one, "two");
        var path = Path.Combine(two, "f.dvc");
        var text = File.ReadAllText(path);
        File.WriteAllText(path, version is null ? text[..text.IndexOf("  cloud:", StringComparison.Ordinal)] : text[..text.IndexOf("version_id: ", StringComparison.Ordinal)] + $"version_id: '{version}'\n");

        var result = Assert.Single(await VersionedSandbox.FetchAsync(two));

        Assert.Equal(TransferOutcome.Missing, result.Outcome);
        Assert.Contains(says, result.Reason, StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task What_somebody_stored_beside_the_data_stays_and_a_recorded_version_is_not_sent_again()
    {
        var one = await PushedAsync(("d/a", "first"), ("f", "old"));
        await sandbox.PutAsync(one, "d/surplus", "surplus");
        await sandbox.PutAsync(one, "f", "somebody else's");
        var metadata = File.ReadAllText(Path.Combine(one, "f.dvc"));

        Assert.Empty(await VersionedSandbox.PushAsync(one));

        Assert.Equal(metadata, File.ReadAllText(Path.Combine(one, "f.dvc")));
        await using var storage = VersionedSandbox.Storage(one);
        Assert.NotNull(await storage.FindAsync("d/surplus", default));
        Assert.Equal(15, (await storage.FindAsync("f", default))!.Size);
    }

    [ServerFact]
    public async Task A_part_that_is_pushed_leaves_the_rest_of_the_record()
    {
        var one = await PushedAsync(("d/a", "first"), ("d/b", "second"));
        sandbox.Write(one, "d/a", "changed");
        sandbox.Write(one, "d/new/c", "new");
        VersionedSandbox.Add(one, "d/a", "d/new");

        Assert.Equal("d/new/c", Assert.Single(await VersionedSandbox.PushAsync(one, "d/new")).Path);

        var files = Files(one);
        Assert.Equal(["a", "b", "new/c"], files.Select(file => file.Path));
        Assert.Equal([false, true, true], files.Select(file => file.Version is not null));
        Assert.Equal("d/a", Assert.Single(await VersionedSandbox.PushAsync(one)).Path);
        Assert.All(Files(one), file => Assert.NotNull(file.Version));
    }

    [ServerFact]
    public async Task An_execute_permission_survives_the_push()
    {
        if (OperatingSystem.IsWindows())
            return;
        var one = sandbox.Make("one");
        sandbox.Write(one, "run.sh", "#!/bin/sh\n");
        File.SetUnixFileMode(Path.Combine(one, "run.sh"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        VersionedSandbox.Add(one, "run.sh");

        await VersionedSandbox.PushAsync(one);

        Assert.Contains("isexec: true\n", File.ReadAllText(Path.Combine(one, "run.sh.dvc")), StringComparison.Ordinal);
        Assert.Contains("version_id: ", File.ReadAllText(Path.Combine(one, "run.sh.dvc")), StringComparison.Ordinal);
    }

    [ServerFact]
    public async Task A_bucket_without_versions_is_refused_and_nothing_is_recorded()
    {
        var one = sandbox.Make("one", keepsVersions: false);
        sandbox.Write(one, "f", "text");
        VersionedSandbox.Add(one, "f");
        var metadata = File.ReadAllText(Path.Combine(one, "f.dvc"));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => VersionedSandbox.PushAsync(one));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains("keeps no versions", error.Message, StringComparison.Ordinal);
        Assert.Equal(metadata, File.ReadAllText(Path.Combine(one, "f.dvc")));
    }

    [ServerFact]
    public async Task What_a_bucket_without_versions_holds_is_not_replaced()
    {
        var one = sandbox.Make("one", keepsVersions: false);
        await sandbox.PutAsync(one, "f", "somebody else's");
        sandbox.Write(one, "f", "text");
        VersionedSandbox.Add(one, "f");

        await Assert.ThrowsAsync<DataVersionException>(() => VersionedSandbox.PushAsync(one));

        await using var storage = VersionedSandbox.Storage(one);
        using var bytes = new MemoryStream();
        await storage.GetAsync("f", bytes, ByteRange.Whole, default);
        Assert.Equal("somebody else's", System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
        await foreach (var item in storage.ListAsync("", default))
            Assert.Equal("f", item.Key);
    }

    [ServerFact]
    public async Task Missing_content_does_not_keep_the_rest_from_being_recorded()
    {
        var one = sandbox.Make("one");
        sandbox.Write(one, "d/a", "first");
        sandbox.Write(one, "d/b", "second");
        VersionedSandbox.Add(one, "d");
        var lost = SyncSandbox.ObjectOf(SyncSandbox.CacheOf(one), "second");
        File.SetAttributes(lost, FileAttributes.Normal);
        File.Delete(lost);

        var results = await VersionedSandbox.PushAsync(one);

        Assert.Equal([TransferOutcome.Transferred, TransferOutcome.Missing], results.Select(result => result.Outcome));
        Assert.Equal([true, false], Files(one).Select(file => file.Version is not null));
        VersionedSandbox.Add(one, "d");
        Assert.Equal("d/b", Assert.Single(await VersionedSandbox.PushAsync(one)).Path);
    }

    [ServerFact]
    public async Task Other_revisions_cannot_be_pushed()
    {
        var one = await PushedAsync(("f", "text"));

        var error = await Assert.ThrowsAsync<DataVersionException>(() => VersionedSandbox.SyncAsync(one, TransferDirection.Push,
            new SyncSelection { Commits = new CommitSelection { AllBranches = true } }));

        Assert.Equal(DataErrorKind.ArgumentInvalid, error.Kind);
    }

    private async Task<string> PushedAsync(params (string Path, string Text)[] files)
    {
        var root = sandbox.Make("one");
        foreach (var (path, text) in files)
            sandbox.Write(root, path, text);
        VersionedSandbox.Add(root, [.. files.Select(file => file.Path.Split('/')[0]).Distinct()]);
        Assert.All(await VersionedSandbox.PushAsync(root), result => Assert.Equal(TransferOutcome.Transferred, result.Outcome));
        return root;
    }

    private static IReadOnlyList<Engine.Metadata.TrackedFile> Files(string root)
    {
        using var repository = Repository.Open(root);
        return repository.Index.Find("d")!.Files;
    }
}

/// <summary>The same with S3.</summary>
[Server("s3")]
public sealed class S3VersionTransferTests() : VersionTransferTests("s3");

/// <summary>The same with Google Cloud Storage.</summary>
[Server("gcs")]
public sealed class GoogleVersionTransferTests() : VersionTransferTests("gcs");

/// <summary>The same with Azure Blob Storage.</summary>
[Server("azure")]
public sealed class AzureVersionTransferTests() : VersionTransferTests("azure");
