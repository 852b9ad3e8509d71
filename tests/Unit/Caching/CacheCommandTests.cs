using DataVersion.Tests.Cmdlets;

namespace DataVersion.Tests.Caching;

public sealed class CacheCommandTests : IDisposable
{
    private readonly VersionedData data = new();

    public void Dispose() => data.Dispose();

    [Fact]
    public void WhatIf_shows_exactly_what_then_goes()
    {
        data.Folder("d", "old");
        data.Folder("d", "new");
        using var session = new ModuleSession(data.Root);

        var planned = session.Run<CachePlan>("Clear-DataCache -Workspace -WhatIf");
        var before = data.Cached();
        var removed = session.Run<CachePlan>("Clear-DataCache -Workspace -Confirm:$false");

        Assert.Equal(2, planned.Count);
        Assert.All(planned, p => Assert.False(p.IsRemoved));
        Assert.Equal(planned.Select(p => p.Hash), removed.Select(p => p.Hash));
        Assert.Equal(4, before.Count);
        Assert.Equal(data.Current.Order(), data.Cached().Order());
        Assert.Empty(session.Run("Clear-DataCache -Workspace -Confirm:$false").Output);
    }

    [Fact]
    public void A_scope_is_required_and_First_needs_a_start()
    {
        data.Stray("stray");
        using var session = new ModuleSession(data.Root);

        Assert.Equal("ArgumentInvalid", session.Invoke("Clear-DataCache -Confirm:$false").ErrorIds.Single());
        Assert.Equal("ArgumentInvalid", session.Invoke("Clear-DataCache -Workspace -First 2 -Confirm:$false").ErrorIds.Single());
        Assert.Single(data.Cached());
    }

    [Fact]
    public void The_cache_is_counted_by_what_needs_it()
    {
        data.File("f", "one");
        data.Git.Commit("one");
        data.Git.Git("tag", "v1");
        data.File("f", "three");
        data.Git.Commit("three");
        data.Stray("stray!!");
        using var session = new ModuleSession(data.Root);

        Assert.Equal(3, Assert.Single(session.Run<DataCache>("Get-DataCache")).ObjectCount);
        var lines = session.Run<DataCache>("Get-DataCache -Detailed");

        Assert.Equal([("total", 3L, 15L), ("workspace", 1L, 5L), ("main", 1L, 5L), ("v1", 1L, 3L), ("unused", 1L, 7L)],
            lines.Select(l => (l.Scope, l.ObjectCount, l.Size)));
    }

    [Fact]
    public void A_remote_is_cleared_too_and_only_when_named()
    {
        var kept = data.File("f", "kept");
        var stray = data.Stray("stray");
        var remote = data.Git.Beside("store");
        Copy(kept, remote);
        Copy(stray, remote);
        var run = Path.Combine(remote, "runs", "ab", "abc");
        Directory.CreateDirectory(Path.GetDirectoryName(run)!);
        File.WriteAllText(run, "a run");
        data.Git.Write(".dvc/config", $"['remote \"store\"']\n    url = {remote}\n[core]\n    remote = store\n");
        using var session = new ModuleSession(data.Root);

        Assert.Single(session.Run<CachePlan>("Clear-DataCache -Workspace -Confirm:$false"));
        Assert.True(File.Exists(There(stray, remote)));
        var removed = Assert.Single(session.Run<CachePlan>("Clear-DataCache -Workspace -Remote store -Confirm:$false"));

        Assert.Equal((stray, "store", true), (removed.Hash, removed.Location, removed.IsRemoved));
        Assert.False(File.Exists(There(stray, remote)));
        Assert.True(File.Exists(There(kept, remote)) && File.Exists(run));
    }

    [Fact]
    public void What_the_remote_holds_need_not_be_kept()
    {
        var held = data.File("f", "held");
        var alone = data.File("g", "alone");
        var short_ = data.File("h", "cut short");
        var remote = data.Git.Beside("store");
        Copy(held, remote);
        Copy(short_, remote);
        File.WriteAllText(There(short_, remote), "cut");
        data.Git.Write(".dvc/config", $"['remote \"store\"']\n    url = {remote}\n[core]\n    remote = store\n");
        using var session = new ModuleSession(data.Root);

        Assert.Equal(held, Assert.Single(session.Run<CachePlan>("Clear-DataCache -Workspace -NotInRemote -Confirm:$false")).Hash);

        Assert.Equal(new[] { alone, short_ }.Order(), data.Cached().Order());
    }

    private static string There(ContentHash hash, string remote) => Path.Combine(remote, "files", "md5", hash.Hex[..2], hash.Hex[2..]);

    private void Copy(ContentHash hash, string remote)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(There(hash, remote))!);
        File.WriteAllText(There(hash, remote), File.ReadAllText(data.Stores.PathOf(hash)));
    }
}
