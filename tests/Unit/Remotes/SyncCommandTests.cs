using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Remotes;

public sealed class SyncCommandTests
{
    [Fact]
    public void WhatIf_lists_the_objects_and_sends_nothing()
    {
        using var sandbox = TransferTests.Sample();
        using var session = new ModuleSession(sandbox.Root);

        var planned = session.Run<TransferResult>("Sync-DataRemote -Direction Push -WhatIf");

        Assert.Equal(5, planned.Count);
        Assert.All(planned, r => Assert.Equal(TransferOutcome.Planned, r.Outcome));
        Assert.False(Directory.Exists(sandbox.Remote));
    }

    [Fact]
    public void Pull_fetches_and_places_the_files()
    {
        using var sandbox = TransferTests.Sample();
        using var session = new ModuleSession(sandbox.Root);
        session.Run("Sync-DataRemote store Push");
        var two = sandbox.Clone();
        session.SetLocation(two);

        var result = session.Run("Sync-DataRemote -Direction Pull");

        Assert.Equal(5, result.Output.Count(o => o.BaseObject is TransferResult));
        Assert.Equal(["d/1", "d/sub/2", "f.txt", "g.txt"],
            result.Output.Select(o => o.BaseObject).OfType<LinkResult>().Select(r => r.Path).Order(StringComparer.Ordinal));
        Assert.Equal("two", File.ReadAllText(Path.Combine(two, "d", "sub", "2")));
        Assert.Empty(session.Run("Sync-DataRemote -Direction Both").Output);
    }

    [Fact]
    public void An_object_that_is_nowhere_is_one_error_and_a_summary()
    {
        using var sandbox = TransferTests.Sample();
        using var session = new ModuleSession(sandbox.Root);
        session.Run("Sync-DataRemote -Direction Push");
        File.Delete(SyncSandbox.ObjectOf(sandbox.Remote, "two"));
        var two = sandbox.Clone();
        session.SetLocation(two);

        var result = session.Invoke("Sync-DataRemote -Direction Pull");

        Assert.Equal(["ObjectMissing", "TransferFailed"], result.ErrorIds);
        Assert.Equal("one", File.ReadAllText(Path.Combine(two, "d", "1")));
        var tolerant = session.Invoke("Sync-DataRemote -Direction Pull -AllowMissing");
        Assert.Empty(tolerant.Errors);
        Assert.NotEmpty(tolerant.Warnings);
    }

    [Fact]
    public void Without_a_default_remote_the_error_says_what_to_do()
    {
        using var sandbox = TransferTests.Sample();
        File.WriteAllText(Path.Combine(sandbox.Root, ".dvc", "config"), "[core]\n    no_scm = True\n");
        using var session = new ModuleSession(sandbox.Root);

        var result = session.Invoke("Sync-DataRemote -Direction Push");

        Assert.Equal("RemoteNotFound", Assert.Single(result.ErrorIds));
        Assert.Contains("Set-DataRemote", result.Errors[0].ErrorDetails.RecommendedAction);
    }

    [Fact]
    public void A_service_that_does_not_exist_here_is_named()
    {
        using var sandbox = TransferTests.Sample();
        File.WriteAllText(Path.Combine(sandbox.Root, ".dvc", "config"),
            "[core]\n    no_scm = True\n    remote = cloud\n['remote \"cloud\"']\n    url = gdrive://bucket/data\n");
        using var session = new ModuleSession(sandbox.Root);

        var result = session.Invoke("Sync-DataRemote -Direction Push");

        Assert.Equal("RemoteFailed", Assert.Single(result.ErrorIds));
        Assert.Contains("gdrive://", result.Errors[0].ToString());
    }

    [Fact]
    public void The_run_cache_travels_too()
    {
        using var sandbox = TransferTests.Sample();
        var (key, value) = (new string('a', 64), new string('b', 64));
        sandbox.Write($".dvc/cache/runs/aa/{key}/{value}", "cmd: x\n");
        using var session = new ModuleSession(sandbox.Root);
        session.Run("Sync-DataRemote -Direction Push -RunCache");
        var two = sandbox.Clone();
        session.SetLocation(two);

        session.Run("Sync-DataRemote -Direction Fetch -RunCache");

        Assert.Equal("cmd: x\n", File.ReadAllText(Path.Combine(two, ".dvc", "cache", "runs", "aa", key, value)));
    }

    [Fact]
    public void Data_can_go_to_a_remote_without_passing_the_cache()
    {
        using var sandbox = new SyncSandbox();
        var outside = sandbox.PathOf("outside");
        Directory.CreateDirectory(Path.Combine(outside, "sub"));
        File.WriteAllText(Path.Combine(outside, "sub", "a"), "aaa");
        using var session = new ModuleSession(sandbox.Root);

        var added = Assert.Single(session.Run<DataFile>("Add-DataFile ../outside -OutFile here -ToRemote"));

        Assert.Equal(DataFileState.Missing, added.State);
        Assert.Empty(SyncSandbox.Objects(SyncSandbox.CacheOf(sandbox.Root)));
        Assert.Equal("aaa", File.ReadAllText(SyncSandbox.ObjectOf(sandbox.Remote, "aaa")));
        Assert.False(Path.Exists(Path.Combine(sandbox.Root, "here")));
        session.Run("Sync-DataRemote -Direction Pull -Path here");
        Assert.Equal("aaa", File.ReadAllText(Path.Combine(sandbox.Root, "here", "sub", "a")));
        Assert.Equal("ArgumentInvalid", Assert.Single(session.Invoke("Add-DataFile ../outside -OutFile x -Remote store").ErrorIds));
    }

    [Theory]
    [InlineData("Add-DataFile ../outside -OutFile here -ToRemote")]
    [InlineData("Import-DataFile ../outside -Destination here -ToRemote")]
    public void What_goes_only_to_the_remote_replaces_what_was_cut_there(string script)
    {
        using var sandbox = new SyncSandbox();
        File.WriteAllText(sandbox.PathOf("outside"), "all of it");
        var stored = SyncSandbox.ObjectOf(sandbox.Remote, "all of it");
        Directory.CreateDirectory(Path.GetDirectoryName(stored)!);
        File.WriteAllText(stored, "all");
        Engine.Files.FileModes.Protect(stored);
        using var session = new ModuleSession(sandbox.Root);

        var result = session.Invoke(script);

        Assert.Empty(result.Errors);
        Assert.Equal("all of it", File.ReadAllText(stored));
    }

    [Fact]
    public void The_status_of_a_remote_says_on_which_side_things_are()
    {
        using var sandbox = TransferTests.Sample();
        using var session = new ModuleSession(sandbox.Root);
        session.Run("Sync-DataRemote -Direction Push -Path d, g.txt");
        File.Delete(SyncSandbox.ObjectOf(sandbox.Remote, "g"));
        File.Delete(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "g"));
        File.Delete(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "two"));

        var lines = session.Run<DataStatus>("Get-DataStatus -Cloud");

        Assert.Equal([("d/sub/2", DataChangeKind.NotInCache), ("f.txt", DataChangeKind.NotInRemote), ("g.txt", DataChangeKind.Missing)],
            lines.Select(l => (l.Path, l.Change)).Order());
        Assert.Equal(["f.txt", "g.txt"], session.Run<DataStatus>("Get-DataStatus -NotInRemote")
            .Where(l => l.Comparison == DataComparison.Remote).Select(l => l.Path).Order());
    }
}
