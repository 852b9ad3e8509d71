using DataVersion.Engine;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Workspaces;
using DataVersion.Remotes;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>What somebody changed at a worktree remote is taken over.</summary>
/// <param name="service">The server.</param>
public abstract class WorktreeUpdateTests(string service) : IDisposable
{
    private readonly VersionedSandbox sandbox = new(service);

    public void Dispose() => sandbox.Dispose();

    [ServerFact]
    public async Task Changed_and_new_files_come_and_what_is_gone_goes()
    {
        var root = await sandbox.PushedWorktreeAsync();
        await sandbox.PutAsync(root, "d/a", "changed");
        await sandbox.PutAsync(root, "d/sub/new", "new");
        await sandbox.PutAsync(root, "f", "another");
        await using (var storage = VersionedSandbox.Storage(root))
            await storage.DeleteAsync("d/b", default);
        var kept = Before(root, "keep");

        Assert.Empty((await VersionedSandbox.UpdateAsync(root)).Failures);

        Assert.Equal("changed", File.ReadAllText(Path.Combine(root, "d", "a")));
        Assert.Equal("new", File.ReadAllText(Path.Combine(root, "d", "sub", "new")));
        Assert.False(File.Exists(Path.Combine(root, "d", "b")));
        Assert.Equal("another", File.ReadAllText(Path.Combine(root, "f")));
        Assert.Equal(kept, Before(root, "keep"));
        // Everything is recorded as it is there: nothing is left to push, and another clone has it.
        Assert.Empty(await VersionedSandbox.PushAsync(root));
        var two = sandbox.Clone(root, "two");
        Assert.Equal(4, (await VersionedSandbox.FetchAsync(two)).Count(result => result.Outcome == TransferOutcome.Transferred));
        var metadata = VersionedSandbox.Metadata(root);
        Assert.Empty((await VersionedSandbox.UpdateAsync(root)).Failures);
        Assert.Equal(metadata, VersionedSandbox.Metadata(root));
    }

    [ServerFact]
    public async Task What_cannot_be_recorded_does_not_come_into_the_workspace()
    {
        var root = await sandbox.PushedWorktreeAsync();
        var before = File.ReadAllText(Path.Combine(root, "f"));
        await sandbox.PutAsync(root, "f", "another");
        await sandbox.PutAsync(root, "d/a", "changed");
        using var repository = Repository.Open(root);
        var items = WorktreeUpdate.Plan(repository, null);

        // Somebody damages the file while the content is on its way.
        var error = await Assert.ThrowsAnyAsync<DataVersionException>(() => WorktreeUpdate.RunAsync(repository, items, remote =>
        {
            File.WriteAllText(Path.Combine(root, "f.dvc"), "outs: [");
            return RemoteStorages.OpenVersions(remote);
        }, force: false, static _ => { }, OperationContext.Silent));

        Assert.Contains("f.dvc", error.Message);
        Assert.Equal(before, File.ReadAllText(Path.Combine(root, "f")));
        Assert.Equal("changed", File.ReadAllText(Path.Combine(root, "d", "a")));
    }

    [ServerFact]
    public async Task What_only_the_workspace_holds_is_not_overwritten()
    {
        var root = await sandbox.PushedWorktreeAsync();
        await sandbox.PutAsync(root, "d/a", "changed");
        sandbox.Write(root, "d/a", "mine");
        var metadata = VersionedSandbox.Metadata(root);

        Assert.IsType<UnsavedDataException>(Assert.Single((await VersionedSandbox.UpdateAsync(root, "d")).Failures).Error);
        Assert.Equal("mine", File.ReadAllText(Path.Combine(root, "d", "a")));
        Assert.Equal(metadata, VersionedSandbox.Metadata(root));

        Assert.Empty((await VersionedSandbox.UpdateAsync(root, ["d"], force: true)).Failures);
        Assert.Equal("changed", File.ReadAllText(Path.Combine(root, "d", "a")));
    }

    [ServerFact]
    public async Task What_is_gone_as_a_whole_and_what_was_never_there_stays()
    {
        var root = await sandbox.PushedWorktreeAsync();
        sandbox.Write(root, "local", "local");
        VersionedSandbox.Add(root, "local");
        await using (var storage = VersionedSandbox.Storage(root))
            await storage.DeleteAsync("f", default);
        var metadata = VersionedSandbox.Metadata(root);

        var (updated, failures) = await VersionedSandbox.UpdateAsync(root, "f", "local");

        Assert.Empty(updated);
        Assert.Equal("local", Assert.Single(failures).Path);
        Assert.Equal(metadata, VersionedSandbox.Metadata(root));
        Assert.Equal("old", File.ReadAllText(Path.Combine(root, "f")));
    }

    private static string Before(string root, string name) => File.ReadAllText(Path.Combine(root, name + ".dvc"));
}

/// <summary>The same with S3.</summary>
[Server("s3")]
public sealed class S3WorktreeUpdateTests() : WorktreeUpdateTests("s3");

/// <summary>The same with Google Cloud Storage.</summary>
[Server("gcs")]
public sealed class GoogleWorktreeUpdateTests() : WorktreeUpdateTests("gcs");

/// <summary>The same with Azure Blob Storage.</summary>
[Server("azure")]
public sealed class AzureWorktreeUpdateTests() : WorktreeUpdateTests("azure");
