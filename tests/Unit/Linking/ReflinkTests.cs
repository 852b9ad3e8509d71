using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;

namespace DataVersion.Tests.Linking;

/// <summary>Clones on file systems that have them, and what happens where they end.</summary>
public sealed class ReflinkTests
{
    private static readonly LinkKind[] All = [LinkKind.Reflink, LinkKind.Hardlink, LinkKind.Symlink, LinkKind.Copy];

    [LoopTheory("btrfs", "xfs")]
    [InlineData("btrfs")]
    [InlineData("xfs")]
    public void A_clone_shares_blocks_is_writable_and_leaves_the_object_alone(string kind)
    {
        using var disk = new LoopMount(kind);
        var source = disk.PathOf("object");
        var content = new byte[200_000];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(source, content);
        FileModes.Protect(source);
        new Engine.Objects.ObjectStore(disk.Root, ContentHashAlgorithm.Md5, false, disk.PathOf("q")).Flush(); // blocks exist from now on

        var outcome = new Linker().Place(source, FileStat.Read(source), disk.PathOf("file"), [LinkKind.Reflink], executable: true, default(FileStat));
        var copied = new Linker().Place(source, FileStat.Read(source), disk.PathOf("other"), [LinkKind.Hardlink], executable: false);
        File.WriteAllBytes(disk.PathOf("unrelated"), content);

        Assert.Equal((LinkKind.Reflink, null), (outcome.Used, outcome.Error));
        Assert.Equal(content, File.ReadAllBytes(disk.PathOf("file")));
        Assert.Equal(FileModes.Private(false) | 0b001_000_000, outcome.Stat.Mode);
        Assert.Equal(1u, outcome.Stat.LinkCount);
        Assert.InRange(DateTime.UtcNow - File.GetLastWriteTimeUtc(disk.PathOf("file")), TimeSpan.FromMilliseconds(19), TimeSpan.FromHours(1));
        LinkKind? Kind(string name) => Linker.KindOf(disk.PathOf(name), FileStat.Read(disk.PathOf(name)), source, FileStat.Read(source));
        Assert.Equal((LinkKind.Reflink, LinkKind.Hardlink, LinkKind.Copy), (Kind("file"), Kind("other"), Kind("unrelated")));
        Assert.Equal(LinkKind.Hardlink, copied.Used);

        File.WriteAllText(disk.PathOf("file"), "changed");
        Assert.Equal(content, File.ReadAllBytes(source));
        Assert.Equal(LinkKind.Copy, Kind("file"));
        Assert.Equal(LinkKind.Reflink, new Linker().Unprotect(disk.PathOf("other")).Used);
    }

    [LoopTheory("btrfs", "xfs")]
    [InlineData("btrfs")]
    [InlineData("xfs")]
    public void The_probe_tells_what_works_within_and_across_devices(string kind)
    {
        using var disk = new LoopMount(kind);
        using var scratch = new ScratchFolder();
        var cache = Directory.CreateDirectory(disk.PathOf("cache")).FullName;
        var inside = Directory.CreateDirectory(disk.PathOf("ws")).FullName;
        var probe = new LinkProbe();

        var within = probe.Probe(cache, inside);
        var across = probe.Probe(cache, scratch.Root);

        Assert.Equal(All, within.Usable(All));
        Assert.Equal([LinkKind.Symlink, LinkKind.Copy], across.Usable(All));
        Assert.False(string.IsNullOrEmpty(across.WhyNot(LinkKind.Reflink)));
        Assert.Null(across.WhyNot(LinkKind.Copy));
        Assert.Null(across.Unknown);
        Assert.Same(within, probe.Probe(cache, inside));
        Assert.All(new[] { cache, inside, scratch.Root }, folder => Assert.Empty(Directory.GetFileSystemEntries(folder)));
    }

    [LoopTheory("btrfs")]
    [InlineData(LinkKind.Copy)]
    [InlineData(LinkKind.Symlink)]
    public void Across_devices_the_next_kind_is_taken_and_the_failed_ones_are_told(LinkKind last)
    {
        using var disk = new LoopMount("btrfs");
        using var scratch = new ScratchFolder();
        var source = scratch.Write("object", "content");

        var outcome = new Linker().Place(source, FileStat.Read(source), disk.PathOf("file"), [LinkKind.Reflink, LinkKind.Hardlink, last], false);
        var none = new Linker().Place(source, FileStat.Read(source), disk.PathOf("none"), [LinkKind.Reflink, LinkKind.Hardlink], false);

        Assert.Equal((last, null), (outcome.Used, outcome.Error));
        Assert.Equal([LinkKind.Reflink, LinkKind.Hardlink], outcome.FellBackFrom.Select(failure => failure.Kind));
        Assert.Equal("content", File.ReadAllText(disk.PathOf("file")));
        Assert.Equal((null, DataErrorKind.LinkFailed), (none.Used, none.Error!.Kind));
        Assert.Contains("copy", none.Error.RecommendedAction!, StringComparison.Ordinal);
        Assert.Equal([disk.PathOf("file")], Directory.GetFileSystemEntries(disk.Root));
    }

    [LoopFact("ext4")]
    public void Without_clones_the_probe_says_so_and_copies_work()
    {
        using var disk = new LoopMount("ext4");
        var support = new LinkProbe().Probe(disk.Root, disk.Root);

        Assert.Equal([LinkKind.Hardlink, LinkKind.Symlink, LinkKind.Copy], support.Usable(All));
        Assert.Null(support.Unknown);
    }

    [LoopFact("ext4")]
    public void On_a_full_disk_the_workspace_file_stays_and_nothing_is_left()
    {
        using var disk = new LoopMount("ext4", megabytes: 4);
        using var scratch = new ScratchFolder();
        var source = scratch.Write("object", new byte[16 << 20]);
        File.WriteAllText(disk.PathOf("file"), "mine");

        var outcome = new Linker().Place(source, FileStat.Read(source), disk.PathOf("file"), All, false, FileStat.Read(disk.PathOf("file")));

        // Symbolic links work across devices, so only a copy can fail.
        Assert.Equal(LinkKind.Symlink, outcome.Used);
        File.Delete(disk.PathOf("file"));
        File.WriteAllText(disk.PathOf("file"), "mine");
        outcome = new Linker().Place(source, FileStat.Read(source), disk.PathOf("file"), [LinkKind.Reflink, LinkKind.Copy], false);
        Assert.Equal((null, DataErrorKind.DiskFull), (outcome.Used, outcome.Error!.Kind));
        Assert.Equal("mine", File.ReadAllText(disk.PathOf("file")));
        Assert.Equal(["file", "lost+found"], Directory.GetFileSystemEntries(disk.Root).Select(Path.GetFileName).Order());
    }

    [LoopFact("ext4")]
    public void A_cache_that_cannot_be_written_is_not_taken_for_one_without_links()
    {
        using var disk = new LoopMount("ext4");
        var cache = Directory.CreateDirectory(disk.PathOf("cache")).FullName;
        disk.MakeReadOnly();

        var support = new LinkProbe().Probe(cache, disk.Root);

        Assert.NotNull(support.Unknown);
        Assert.Equal(All, support.Usable(All));
    }
}
