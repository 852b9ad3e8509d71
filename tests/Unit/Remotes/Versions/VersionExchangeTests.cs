using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>The real DVC and ours at the two ends of one remote that keeps versions, and side by side at two.</summary>
/// <param name="service">The server.</param>
public abstract class VersionExchangeTests(string service) : IDisposable
{
    private readonly VersionedSandbox sandbox = new(service);

    public void Dispose() => sandbox.Dispose();

    [ServerFact]
    public async Task Metadata_gets_the_bytes_that_DVC_gives_it()
    {
        var (ours, theirs) = (sandbox.Make("ours", "ours"), sandbox.Make("theirs", "theirs"));
        foreach (var root in (string[])[ours, theirs])
        {
            Sample(root);
            sandbox.Write(root, "dvc.yaml", "stages:\n  make:\n    cmd: mkdir -p out && echo x > out/x && echo single > single.txt\n    deps: [f.txt]\n    outs: [out, single.txt]\n");
            sandbox.Write(root, "told.dvc", "# of a person\nouts:\n- path: told\n  desc: why # and this\nmeta:\n  a: 1 # kept\n");
        }
        VersionedSandbox.Add(ours, "f.txt", "d", "told");
        sandbox.Dvc(theirs, "add", "f.txt", "d", "told");
        sandbox.Dvc(ours, "repro", "make");
        sandbox.Dvc(theirs, "repro", "make");
        Assert.Equal(VersionedSandbox.Metadata(theirs), VersionedSandbox.Metadata(ours));

        await PushAsync();

        // Nothing has changed: the records stay, with the versions they name.
        var before = File.ReadAllText(Path.Combine(ours, "d.dvc"));
        VersionedSandbox.Add(ours, "f.txt", "d", "told");
        Assert.Empty(await VersionedSandbox.PushAsync(ours));
        Assert.Equal(before, File.ReadAllText(Path.Combine(ours, "d.dvc")));

        // One file changed, one gone, one new.
        foreach (var root in (string[])[ours, theirs])
        {
            sandbox.Write(root, "f.txt", "another\n");
            sandbox.Write(root, "d/1", "changed\n");
            File.Delete(Path.Combine(root, "d", "2"));
            sandbox.Write(root, "d/new", "new\n");
        }
        VersionedSandbox.Add(ours, "f.txt", "d");
        sandbox.Dvc(theirs, "add", "f.txt", "d");
        Assert.Equal(VersionedSandbox.Metadata(theirs), VersionedSandbox.Metadata(ours));

        await PushAsync();

        async Task PushAsync()
        {
            Assert.All(await VersionedSandbox.PushAsync(ours), result => Assert.Equal(TransferOutcome.Transferred, result.Outcome));
            sandbox.Dvc(theirs, "push");
            Assert.Equal(VersionedSandbox.Metadata(theirs), VersionedSandbox.Metadata(ours));
        }
    }

    [ServerFact]
    public async Task Dvc_pulls_what_we_pushed()
    {
        var one = sandbox.Make("one");
        Sample(one);
        // Without a #, which DVC cannot pull from such a remote itself.
        sandbox.Write(one, "many/ü😀 [1] %.bin", new string('x', 20_000_000));
        sandbox.Write(one, "many/empty", "");
        VersionedSandbox.Add(one, "f.txt", "d", "many");
        Assert.Equal(7, (await VersionedSandbox.PushAsync(one)).Count);
        var two = sandbox.Clone(one, "two");

        sandbox.Dvc(two, "pull");

        foreach (var file in (string[])["f.txt", "d/1", "d/sub/same", "many/ü😀 [1] %.bin", "many/empty"])
            Assert.Equal(File.ReadAllText(Path.Combine(one, file)), File.ReadAllText(Path.Combine(two, file)));
        Assert.Contains("up to date", sandbox.Dvc(two, "status"));
        Assert.Contains("up to date", sandbox.Dvc(one, "push"));
        Assert.Equal(VersionedSandbox.Metadata(two), VersionedSandbox.Metadata(one));
    }

    [ServerFact]
    public async Task We_fetch_what_dvc_pushed_and_push_nothing_of_it_again()
    {
        var one = sandbox.Make("one");
        Sample(one);
        sandbox.Write(one, "big.bin", new string('y', 20_000_000));
        Directory.CreateDirectory(Path.Combine(one, "empty"));
        sandbox.Dvc(one, "add", "f.txt", "d", "big.bin", "empty");
        sandbox.Dvc(one, "push");
        var two = sandbox.Clone(one, "two");
        var metadata = VersionedSandbox.Metadata(two);

        var fetched = await VersionedSandbox.FetchAsync(two);

        // The content that two files share comes once.
        Assert.Equal(["big.bin", "d/1", "d/2", "f.txt"], fetched.Select(result => result.Path));
        Assert.All(fetched, result => Assert.Equal(TransferOutcome.Transferred, result.Outcome));
        sandbox.Dvc(two, "checkout", "f.txt", "d", "big.bin");
        foreach (var file in (string[])["f.txt", "d/1", "d/sub/same", "big.bin"])
            Assert.Equal(File.ReadAllText(Path.Combine(one, file)), File.ReadAllText(Path.Combine(two, file)));
        Assert.Empty(await VersionedSandbox.PushAsync(two));
        Assert.Equal(metadata, VersionedSandbox.Metadata(two));
    }

    [ServerFact]
    public async Task Dvc_pulls_what_was_taken_over()
    {
        var root = await sandbox.PushedWorktreeAsync();
        await sandbox.PutAsync(root, "d/a", "changed");
        await sandbox.PutAsync(root, "f", "another");
        await VersionedSandbox.UpdateAsync(root);
        var two = sandbox.Clone(root, "two");

        sandbox.Dvc(two, "pull");

        Assert.Equal("changed", File.ReadAllText(Path.Combine(two, "d", "a")));
        Assert.Equal("another", File.ReadAllText(Path.Combine(two, "f")));
        Assert.Contains("up to date", sandbox.Dvc(root, "status"));
    }

    [ServerFact]
    public async Task A_file_is_recorded_in_the_bytes_that_DVC_gives_it()
    {
        // DVC itself cannot: its listing of Azure gives it no versions.
        if (service == "azure")
            return;
        var (ours, theirs) = (await sandbox.PushedWorktreeAsync("ours"), await sandbox.PushedWorktreeAsync("theirs"));
        foreach (var root in (string[])[ours, theirs])
            await sandbox.PutAsync(root, "f", "another");

        await VersionedSandbox.UpdateAsync(ours, "f");
        sandbox.Dvc(theirs, "update", "f.dvc");

        Assert.Equal(VersionedSandbox.Metadata(theirs), VersionedSandbox.Metadata(ours));
    }

    private void Sample(string root)
    {
        sandbox.Write(root, "f.txt", "one\n");
        sandbox.Write(root, "d/1", "first\n");
        sandbox.Write(root, "d/2", "second\n");
        sandbox.Write(root, "d/sub/same", "first\n");
        sandbox.Write(root, "d/sub/2", "second\n");
        sandbox.Write(root, "told/z", "z\n");
    }
}

/// <summary>The same with S3.</summary>
[Server("s3", "dvc s3")]
public sealed class S3VersionExchangeTests() : VersionExchangeTests("s3");

/// <summary>The same with Google Cloud Storage.</summary>
[Server("gcs", "dvc gs")]
public sealed class GoogleVersionExchangeTests() : VersionExchangeTests("gcs");

/// <summary>The same with Azure Blob Storage.</summary>
[Server("azure", "dvc azure")]
public sealed class AzureVersionExchangeTests() : VersionExchangeTests("azure");
