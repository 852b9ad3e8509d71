using DataVersion.Tests.Cmdlets;
using DataVersion.Tests.Remotes.Servers;

namespace DataVersion.Tests.Remotes.Versions;

/// <summary>What a person types about remotes that keep versions.</summary>
[Server("s3")]
public sealed class VersionCommandTests : IDisposable
{
    private readonly VersionedSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [ServerFact]
    public void WhatIf_lists_files_and_neither_sends_nor_records()
    {
        var root = Sample();
        using var session = new ModuleSession(root);
        var metadata = VersionedSandbox.Metadata(root);

        var planned = session.Run<TransferResult>("Sync-DataRemote -Direction Push -WhatIf");

        Assert.Equal(["d/a", "d/b", "f"], planned.Select(result => result.Path).Order(StringComparer.Ordinal));
        Assert.All(planned, result => Assert.Equal(TransferOutcome.Planned, result.Outcome));
        Assert.Equal(metadata, VersionedSandbox.Metadata(root));
        Assert.Equal(3, session.Run<TransferResult>("Sync-DataRemote -Direction Push").Count(result => result.Outcome == TransferOutcome.Transferred));
    }

    [ServerFact]
    public void A_pull_into_an_empty_clone_makes_the_workspace()
    {
        var root = Sample();
        using var session = new ModuleSession(root);
        session.Run("Sync-DataRemote -Direction Push");
        var two = sandbox.Clone(root, "two");
        session.SetLocation(two);

        session.Run("Sync-DataRemote -Direction Pull");

        Assert.Equal("second", File.ReadAllText(Path.Combine(two, "d", "b")));
        Assert.Empty(session.Run("Get-DataStatus | Where-Object Change -NE Unchanged").Output);
        // Nothing but the metadata is needed to make it again.
        session.Run("Remove-Item -Recurse d; Switch-DataVersion");
        Assert.Equal("second", File.ReadAllText(Path.Combine(two, "d", "b")));
        session.Run("Clear-DataCache -Workspace -Confirm:$false -GracePeriod 0");
        Assert.Equal(4, SyncSandbox.Objects(SyncSandbox.CacheOf(two)).Length);
    }

    [ServerTheory]
    [InlineData("Clear-DataCache -Workspace -Remote v -Confirm:$false")]
    [InlineData("Add-DataFile new -ToRemote")]
    public void What_cannot_be_done_with_such_a_remote_is_refused(string command)
    {
        var root = Sample();
        sandbox.Write(root, "new", "new");
        using var session = new ModuleSession(root);

        var result = session.Invoke(command);

        Assert.Equal("RemoteFailed", Assert.Single(result.ErrorIds.Distinct()));
        Assert.Contains("versions", result.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(root, "new.dvc")));
    }

    [ServerFact]
    public void The_hook_before_a_push_of_Git_stops_it_until_the_versions_are_committed()
    {
        var root = Sample();
        using var session = new ModuleSession(root);

        var first = session.Invoke("Invoke-DataHook pre-push");

        Assert.Equal(["TransferFailed"], first.ErrorIds);
        Assert.Contains("'d.dvc', 'f.dvc'", first.Errors[0].ToString(), StringComparison.Ordinal);
        Assert.Empty(session.Invoke("Invoke-DataHook pre-push").Errors);
    }

    [ServerFact]
    public async Task An_update_follows_a_worktree()
    {
        var root = Sample("worktree");
        using var session = new ModuleSession(root);
        session.Run("Sync-DataRemote -Direction Push");
        await sandbox.PutAsync(root, "f", "another");

        Assert.Equal(["ArgumentInvalid"], session.Invoke("Update-DataFile f -NoDownload").ErrorIds);
        session.Run("Update-DataFile f -WhatIf");
        Assert.Equal("text", File.ReadAllText(Path.Combine(root, "f")));
        Assert.Equal("f", Assert.Single(session.Run<DataFile>("Update-DataFile f")).Path);
        Assert.Equal("another", File.ReadAllText(Path.Combine(root, "f")));
    }

    [ServerFact]
    public void A_stage_that_makes_the_same_again_keeps_its_versions()
    {
        var root = sandbox.Make("one");
        sandbox.Write(root, "in", "1");
        sandbox.Write(root, "dvc.yaml", "stages:\n  make:\n    cmd: mkdir -p out kept && cp in out/x && echo y > out/y && echo k > kept/k && echo same > same.txt\n    deps: [in]\n    outs: [kept, out, same.txt]\n");
        using var session = new ModuleSession(root);
        session.Run("Invoke-Stage; Sync-DataRemote -Direction Push");
        var before = File.ReadAllText(Path.Combine(root, "dvc.lock"));
        sandbox.Write(root, "in", "2");

        session.Run("Invoke-Stage");

        var after = File.ReadAllText(Path.Combine(root, "dvc.lock"));
        Assert.Equal(Part(before, "- path: same.txt"), Part(after, "- path: same.txt"));
        Assert.Equal(Part(before, "- path: kept", "- path: out"), Part(after, "- path: kept", "- path: out"));
        // As with DVC a folder of a stage that changed is one hash again; what it shares with the old one is found there.
        Assert.Contains(".dir", Part(after, "- path: out", "- path: same.txt"), StringComparison.Ordinal);
        Assert.Equal("out/x", Assert.Single(session.Run<TransferResult>("Sync-DataRemote -Direction Push")).Path);

        static string Part(string text, string from, string? to = null) => text[text.IndexOf(from, StringComparison.Ordinal)..(to is null ? text.Length : text.IndexOf(to, StringComparison.Ordinal))];
    }

    [ServerFact]
    public void A_stage_is_not_run_when_its_outputs_can_be_had_in_their_versions()
    {
        var root = sandbox.Make("one");
        sandbox.Write(root, "in", "1");
        sandbox.Write(root, "dvc.yaml", "stages:\n  make:\n    cmd: echo ran >> ran.log && mkdir -p out && cp in out/x && cp in single\n    deps: [in]\n    outs: [out, single]\n");
        using var session = new ModuleSession(root);
        session.Run("Invoke-Stage; Sync-DataRemote -Direction Push");
        var two = sandbox.Clone(root, "two");
        sandbox.Write(two, "in", "1");
        session.SetLocation(two);

        session.Run("Invoke-Stage -Pull");

        Assert.False(File.Exists(Path.Combine(two, "ran.log")));
        Assert.Equal("1", File.ReadAllText(Path.Combine(two, "out", "x")));
        Assert.Equal("1", File.ReadAllText(Path.Combine(two, "single")));
        Assert.Equal(File.ReadAllText(Path.Combine(root, "dvc.lock")), File.ReadAllText(Path.Combine(two, "dvc.lock")));
    }

    private string Sample(string option = "version_aware")
    {
        var root = sandbox.Make("one", option: option);
        sandbox.Write(root, "d/a", "first");
        sandbox.Write(root, "d/b", "second");
        sandbox.Write(root, "f", "text");
        VersionedSandbox.Add(root, "d", "f");
        return root;
    }
}
