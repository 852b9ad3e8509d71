using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

public sealed class TransferTests
{
    [Fact]
    public async Task What_was_pushed_comes_back_byte_for_byte()
    {
        using var sandbox = Sample();

        var pushed = await SyncSandbox.PushAsync(sandbox.Root);
        var two = sandbox.Clone();
        var fetched = await SyncSandbox.FetchAsync(two);

        Assert.Equal(5, pushed.Count);
        Assert.All(pushed.Concat(fetched), r => Assert.Equal(TransferOutcome.Transferred, r.Outcome));
        Assert.Equal(SyncSandbox.Objects(SyncSandbox.CacheOf(sandbox.Root)), SyncSandbox.Objects(sandbox.Remote));
        Assert.Equal(SyncSandbox.Objects(SyncSandbox.CacheOf(sandbox.Root)), SyncSandbox.Objects(SyncSandbox.CacheOf(two)));
        Assert.All(SyncSandbox.Objects(sandbox.Remote), o => Assert.Equal(
            File.ReadAllBytes(Path.Combine(SyncSandbox.CacheOf(sandbox.Root), o)), File.ReadAllBytes(Path.Combine(sandbox.Remote, o))));
        Assert.All(SyncSandbox.Objects(sandbox.Remote).Select(o => Path.Combine(sandbox.Remote, o))
            .Concat(SyncSandbox.Objects(SyncSandbox.CacheOf(two)).Select(o => Path.Combine(SyncSandbox.CacheOf(two), o))),
            o => Assert.Equal(FileModes.Object, FileStat.Read(o).Mode));
    }

    [Fact]
    public async Task The_second_time_there_is_nothing_to_do()
    {
        using var sandbox = Sample();
        await SyncSandbox.PushAsync(sandbox.Root);
        var two = sandbox.Clone();
        await SyncSandbox.FetchAsync(two);

        Assert.Empty(await SyncSandbox.PushAsync(sandbox.Root));
        Assert.Empty(await SyncSandbox.FetchAsync(two));
        Assert.Empty(await SyncSandbox.PushAsync(two));
    }

    [Fact]
    public async Task A_manifest_is_held_back_while_one_of_its_files_is_nowhere()
    {
        using var sandbox = Sample();
        var lost = SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "two");
        File.Move(lost, sandbox.PathOf("kept"));

        var results = await SyncSandbox.PushAsync(sandbox.Root, "d");

        Assert.Equal("d/sub/2", Assert.Single(results, r => r.Outcome == TransferOutcome.Missing).Path);
        Assert.Single(results, r => r.Outcome == TransferOutcome.Transferred);
        Assert.True(Assert.Single(results, r => r.Outcome == TransferOutcome.HeldBack).Hash.IsDirectory);
        Assert.DoesNotContain(SyncSandbox.Objects(sandbox.Remote), o => o.EndsWith(".dir", StringComparison.Ordinal));

        File.Move(sandbox.PathOf("kept"), lost);
        Assert.Equal(2, (await SyncSandbox.PushAsync(sandbox.Root, "d")).Count(r => r.Outcome == TransferOutcome.Transferred));
        Assert.Contains(SyncSandbox.Objects(sandbox.Remote), o => o.EndsWith(".dir", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_file_that_the_remote_lost_is_sent_again_although_the_manifest_is_there()
    {
        using var sandbox = Sample();
        await SyncSandbox.PushAsync(sandbox.Root);
        File.Delete(SyncSandbox.ObjectOf(sandbox.Remote, "two"));

        Assert.Equal("d/sub/2", Assert.Single(await SyncSandbox.PushAsync(sandbox.Root)).Path);
        Assert.Equal("two", File.ReadAllText(SyncSandbox.ObjectOf(sandbox.Remote, "two")));
    }

    [Fact]
    public async Task A_corrupt_object_of_the_cache_is_not_sent_and_goes_to_quarantine()
    {
        using var sandbox = Sample();
        var bad = SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "two");
        SyncSandbox.Damage(bad, "owt");

        var results = await SyncSandbox.PushAsync(sandbox.Root);

        Assert.Equal("d/sub/2", Assert.Single(results, r => r.Outcome == TransferOutcome.Corrupt).Path);
        Assert.Single(results, r => r.Outcome == TransferOutcome.HeldBack);
        Assert.False(File.Exists(SyncSandbox.ObjectOf(sandbox.Remote, "two")));
        Assert.False(File.Exists(bad));
        Assert.DoesNotContain(SyncSandbox.Objects(sandbox.Remote), o => o.EndsWith(".tmp", StringComparison.Ordinal));
    }

    [LoopFact("btrfs")]
    public async Task Where_objects_are_cloned_a_corrupt_one_is_neither_sent_nor_stored()
    {
        using var disk = new LoopMount("btrfs");
        using var sandbox = Sample(disk.Root);
        var bad = SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "two");
        SyncSandbox.Damage(bad, "owt");

        var pushed = await SyncSandbox.PushAsync(sandbox.Root);

        Assert.Equal("d/sub/2", Assert.Single(pushed, r => r.Outcome == TransferOutcome.Corrupt).Path);
        Assert.False(File.Exists(SyncSandbox.ObjectOf(sandbox.Remote, "two")));
        Assert.Equal("one", File.ReadAllText(SyncSandbox.ObjectOf(sandbox.Remote, "one")));
        Assert.Equal(3, SyncSandbox.Objects(sandbox.Remote).Length);

        var two = sandbox.Clone();
        SyncSandbox.Damage(SyncSandbox.ObjectOf(sandbox.Remote, "g"), "h");
        var fetched = await SyncSandbox.FetchAsync(two, "f.txt", "g.txt");
        Assert.Equal("g.txt", Assert.Single(fetched, r => r.Outcome == TransferOutcome.Corrupt).Path);
        Assert.Equal("f", File.ReadAllText(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(two), "f")));
        Assert.False(File.Exists(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(two), "g")));
    }

    [Fact]
    public async Task A_corrupt_object_of_the_remote_is_not_stored_and_the_others_are()
    {
        using var sandbox = Sample();
        await SyncSandbox.PushAsync(sandbox.Root);
        SyncSandbox.Damage(SyncSandbox.ObjectOf(sandbox.Remote, "two"), "owt");
        var two = sandbox.Clone();

        var results = await SyncSandbox.FetchAsync(two);

        Assert.Equal("d/sub/2", Assert.Single(results, r => r.Outcome == TransferOutcome.Corrupt).Path);
        Assert.Equal(4, results.Count(r => r.Outcome == TransferOutcome.Transferred));
        Assert.False(File.Exists(SyncSandbox.ObjectOf(SyncSandbox.CacheOf(two), "two")));
        Assert.Equal(4, SyncSandbox.Objects(SyncSandbox.CacheOf(two)).Length);
    }

    [Theory]
    [InlineData("owt", false)]
    [InlineData("shorter or longer", true)]
    public async Task A_push_mends_a_remote_object_that_shows_its_damage(string bytes, bool keepProtected)
    {
        using var sandbox = Sample();
        await SyncSandbox.PushAsync(sandbox.Root);
        SyncSandbox.Damage(SyncSandbox.ObjectOf(sandbox.Remote, "two"), bytes, keepProtected);

        Assert.Equal("d/sub/2", Assert.Single(await SyncSandbox.PushAsync(sandbox.Root)).Path);
        Assert.Equal("two", File.ReadAllText(SyncSandbox.ObjectOf(sandbox.Remote, "two")));
    }

    [Fact]
    public async Task A_fetch_mends_a_corrupt_object_of_the_cache()
    {
        using var sandbox = Sample();
        await SyncSandbox.PushAsync(sandbox.Root);
        var bad = SyncSandbox.ObjectOf(SyncSandbox.CacheOf(sandbox.Root), "two");
        SyncSandbox.Damage(bad, "a damaged one");

        Assert.Equal("d/sub/2", Assert.Single(await SyncSandbox.FetchAsync(sandbox.Root)).Path);
        Assert.Equal("two", File.ReadAllText(bad));
    }

    [Fact]
    public async Task What_is_on_neither_side_is_named()
    {
        using var sandbox = Sample();
        await SyncSandbox.PushAsync(sandbox.Root);
        File.Delete(SyncSandbox.ObjectOf(sandbox.Remote, "f"));

        var results = await SyncSandbox.FetchAsync(sandbox.Clone());

        var missing = Assert.Single(results, r => r.Outcome == TransferOutcome.Missing);
        Assert.Equal("f.txt", missing.Path);
        Assert.Contains("store", missing.Reason);
        Assert.Equal(4, results.Count(r => r.Outcome == TransferOutcome.Transferred));
    }

    [Fact]
    public async Task A_part_of_a_folder_brings_only_that_part_and_the_manifest()
    {
        using var sandbox = Sample();
        await SyncSandbox.PushAsync(sandbox.Root);

        var results = await SyncSandbox.FetchAsync(sandbox.Clone(), "d/sub");

        Assert.Equal(["d", "d/sub/2"], results.Select(r => r.Path).Order());
    }

    [Fact]
    public async Task Pushing_a_part_of_a_folder_leaves_the_manifest_at_home()
    {
        using var sandbox = Sample();

        Assert.Equal("d/sub/2", Assert.Single(await SyncSandbox.PushAsync(sandbox.Root, "d/sub")).Path);
        Assert.Equal(["d", "d/1"], (await SyncSandbox.PushAsync(sandbox.Root, "d/1")).Select(r => r.Path).Order());
    }

    [Fact]
    public async Task Outputs_go_where_their_entries_say()
    {
        using var sandbox = Sample();
        File.AppendAllText(Path.Combine(sandbox.Root, "f.txt.dvc"), "  remote: other\n");
        File.AppendAllText(Path.Combine(sandbox.Root, "g.txt.dvc"), "  push: false\n");

        var results = await SyncSandbox.PushAsync(sandbox.Root);

        Assert.Equal("other", Assert.Single(results, r => r.Path == "f.txt").Remote);
        Assert.DoesNotContain(results, r => r.Path == "g.txt");
        Assert.Equal(["d", "d/1", "d/sub/2"], results.Where(r => r.Remote == "store").Select(r => r.Path).Order());
        Assert.Single(SyncSandbox.Objects(sandbox.PathOf("other")));

        // Named, the remote gets everything but what belongs to another one.
        var named = await SyncSandbox.SyncAsync(sandbox.Root, TransferDirection.Push, new SyncSelection { Remote = "store" });
        Assert.Empty(named);
        named = await SyncSandbox.SyncAsync(sandbox.Root, TransferDirection.Push, new SyncSelection { Remote = "other" });
        Assert.Equal(["d", "d/1", "d/sub/2"], named.Select(r => r.Path).Order());
    }

    [Fact]
    public async Task Objects_of_older_versions_travel_to_their_old_place()
    {
        using var sandbox = new SyncSandbox();
        // The text hash of CRLF text is that of LF text.
        var hex = Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("a\nb\n"u8));
        sandbox.Write("old.txt.dvc", $"outs:\n- md5: {hex}\n  size: 6\n  path: old.txt\n");
        sandbox.Write($".dvc/cache/{hex[..2]}/{hex[2..]}", "a\r\nb\r\n");

        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await SyncSandbox.PushAsync(sandbox.Root)).Outcome);
        Assert.Equal([$"{hex[..2]}/{hex[2..]}"], SyncSandbox.Objects(sandbox.Remote));
        var two = sandbox.Clone();
        Assert.Equal(TransferOutcome.Transferred, Assert.Single(await SyncSandbox.FetchAsync(two)).Outcome);
        Assert.Equal("a\r\nb\r\n", File.ReadAllText(Path.Combine(SyncSandbox.CacheOf(two), hex[..2], hex[2..])));
    }

    [Fact]
    public async Task A_remote_folder_that_is_not_there_is_one_error_and_not_a_thousand()
    {
        using var sandbox = Sample();

        var error = await Assert.ThrowsAsync<DataVersionException>(() => SyncSandbox.FetchAsync(sandbox.Clone()));

        Assert.Equal(DataErrorKind.RemoteFailed, error.Kind);
        Assert.Contains(sandbox.Remote, error.Message);
    }

    [Fact]
    public async Task A_manifest_that_climbs_out_is_refused()
    {
        using var sandbox = Sample();
        await SyncSandbox.PushAsync(sandbox.Root);
        var evil = """[{"md5": "8fa14cdd754f91cc6554c9e71929cce7", "relpath": "../../evil"}]""";
        var path = SyncSandbox.ObjectOf(sandbox.Remote, evil) + ".dir";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, evil);
        var two = sandbox.Clone();
        var hex = Path.GetRelativePath(Path.Combine(sandbox.Remote, "files", "md5"), path).Replace("/", "");
        File.WriteAllText(Path.Combine(two, "d.dvc"), $"outs:\n- md5: {hex}\n  hash: md5\n  path: d\n");

        var results = await SyncSandbox.FetchAsync(two, "d");

        Assert.Equal(TransferOutcome.Corrupt, Assert.Single(results).Outcome);
        Assert.Empty(SyncSandbox.Objects(SyncSandbox.CacheOf(two)));
    }

    internal static SyncSandbox Sample(string? below = null)
    {
        var sandbox = new SyncSandbox(below);
        sandbox.Write("f.txt", "f");
        sandbox.Write("g.txt", "g");
        sandbox.Write("d/1", "one");
        sandbox.Write("d/sub/2", "two");
        sandbox.Add("f.txt", "g.txt", "d");
        return sandbox;
    }
}
