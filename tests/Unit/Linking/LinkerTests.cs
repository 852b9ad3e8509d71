using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;

namespace DataVersion.Tests.Linking;

/// <summary>Placing objects on a plain file system; modes are those of DVC's recorded cases, with the umask that tests run under.</summary>
public sealed class LinkerTests : IDisposable
{
    private readonly ScratchFolder scratch = new();
    private readonly Linker linker = new();
    private readonly string source;
    private readonly string destination;

    public LinkerTests()
    {
        source = scratch.Write("cache/object", "content");
        FileModes.Protect(source);
        destination = scratch.PathOf("ws/file");
        Directory.CreateDirectory(scratch.PathOf("ws"));
    }

    public void Dispose() => scratch.Dispose();

    private static int PrivateMode => FileModes.Private(sharedGroup: false);

    private LinkOutcome Place(LinkKind kind, bool executable = false, FileStat? expected = null) =>
        linker.Place(source, FileStat.Read(source), destination, [kind], executable, expected);

    private void AssertOnlyTheFileIsThere() => Assert.Equal([destination], Directory.GetFileSystemEntries(scratch.PathOf("ws")));

    [Theory]
    [InlineData(LinkKind.Copy, false)]
    [InlineData(LinkKind.Copy, true)]
    [InlineData(LinkKind.Hardlink, false)]
    [InlineData(LinkKind.Hardlink, true)]
    [InlineData(LinkKind.Symlink, false)]
    [InlineData(LinkKind.Symlink, true)]
    public void A_placed_file_has_the_content_the_kind_and_the_mode(LinkKind kind, bool executable)
    {
        foreach (var expected in new FileStat?[] { null, default(FileStat) })
        {
            File.Delete(destination);
            FileModes.Protect(source);
            var outcome = Place(kind, executable, expected);

            Assert.Equal((kind, null), (outcome.Used, outcome.Error));
            Assert.Empty(outcome.FellBackFrom);
            Assert.Equal("content", File.ReadAllText(destination));
            var mode = kind == LinkKind.Copy ? PrivateMode : 0b100_100_100;
            Assert.Equal(executable ? mode | 0b001_000_000 : mode, FileStat.Read(destination, followLinks: true).Mode);
            Assert.Equal(FileStat.Read(destination, followLinks: true), outcome.Stat);
            Assert.Equal(kind, Linker.KindOf(destination, FileStat.Read(destination), source, FileStat.Read(source)));
            AssertOnlyTheFileIsThere();
        }
        if (kind == LinkKind.Symlink)
            Assert.Equal(source, new FileInfo(destination).LinkTarget);
    }

    [Theory]
    [InlineData(LinkKind.Copy)]
    [InlineData(LinkKind.Hardlink)]
    [InlineData(LinkKind.Symlink)]
    public void Replacing_any_kind_never_writes_into_the_object_it_was_linked_to(LinkKind before)
    {
        var other = scratch.Write("cache/other", "the other object");
        foreach (var kind in new[] { LinkKind.Copy, LinkKind.Hardlink, LinkKind.Symlink })
        {
            linker.Place(other, FileStat.Read(other), destination, [before], false);
            var outcome = Place(kind, expected: FileStat.Read(destination));

            Assert.Equal(kind, outcome.Used);
            Assert.Equal("content", File.ReadAllText(destination));
            Assert.Equal("the other object", File.ReadAllText(other));
            AssertOnlyTheFileIsThere();
        }
    }

    [Fact]
    public void Linking_what_is_linked_already_leaves_no_temporary_name()
    {
        Place(LinkKind.Hardlink);

        Assert.Equal(LinkKind.Hardlink, Place(LinkKind.Hardlink).Used);

        AssertOnlyTheFileIsThere();
        Assert.Equal(2u, FileStat.Read(source).LinkCount);
    }

    [Fact]
    public void Empty_files_are_made_instead_of_hard_linked()
    {
        var empty = scratch.Write("cache/empty", "");
        FileModes.Protect(empty);

        var outcome = linker.Place(empty, FileStat.Read(empty), destination, [LinkKind.Hardlink], false);

        Assert.Equal(LinkKind.Hardlink, outcome.Used);
        Assert.Equal((0, PrivateMode, 1u), (outcome.Stat.Size, outcome.Stat.Mode, FileStat.Read(empty).LinkCount));
    }

    [Theory]
    [InlineData(LinkKind.Copy)]
    [InlineData(LinkKind.Hardlink)]
    [InlineData(LinkKind.Symlink)]
    public void What_the_caller_did_not_expect_is_left_alone(LinkKind kind)
    {
        File.WriteAllText(destination, "mine");
        var appeared = Place(kind, expected: default(FileStat));
        var known = FileStat.Read(destination);
        File.WriteAllText(destination, "mine, changed");
        var changed = Place(kind, expected: known);

        Assert.Equal(DataErrorKind.PathExists, appeared.Error!.Kind);
        Assert.Equal(DataErrorKind.FileChangedDuringRead, changed.Error!.Kind);
        Assert.Null(changed.Used);
        Assert.Equal("mine, changed", File.ReadAllText(destination));
        AssertOnlyTheFileIsThere();
    }

    [Theory]
    [InlineData(LinkKind.Copy)]
    [InlineData(LinkKind.Hardlink)]
    [InlineData(LinkKind.Symlink)]
    public void A_folder_in_the_way_is_an_error_and_stays(LinkKind kind)
    {
        scratch.Write("ws/file/inside", "x");

        Assert.NotNull(Place(kind).Error);
        Assert.Equal(DataErrorKind.PathExists, Place(kind, expected: default(FileStat)).Error!.Kind);
        Assert.Equal("x", File.ReadAllText(scratch.PathOf("ws/file/inside")));
        AssertOnlyTheFileIsThere();
    }

    [Fact]
    public void A_missing_object_or_folder_is_an_error_without_remains()
    {
        var stat = FileStat.Read(source);
        foreach (var kind in new[] { LinkKind.Copy, LinkKind.Hardlink, LinkKind.Reflink })
        {
            Assert.NotNull(linker.Place(scratch.PathOf("cache/no"), stat, destination, [kind], false).Error);
            Assert.NotNull(linker.Place(source, stat, scratch.PathOf("no/file"), [kind], false).Error);
        }
        Assert.Empty(Directory.GetFileSystemEntries(scratch.PathOf("ws")));
    }

    [Theory]
    [InlineData(LinkKind.Hardlink)]
    [InlineData(LinkKind.Symlink)]
    public void Unprotect_gives_a_private_copy(LinkKind kind)
    {
        Place(kind);

        var outcome = linker.Unprotect(destination);

        Assert.Null(outcome.Error);
        Assert.NotNull(outcome.Used);
        File.AppendAllText(destination, " of my own");
        Assert.Equal("content", File.ReadAllText(source));
        Assert.Equal(PrivateMode, FileStat.Read(destination).Mode);
        Assert.Equal(0b100_100_100, FileStat.Read(source).Mode);
        AssertOnlyTheFileIsThere();
    }

    [Fact]
    public void Unprotect_of_a_private_file_sets_only_its_mode()
    {
        Place(LinkKind.Copy);
        FileModes.Protect(destination);
        var before = FileStat.Read(destination);

        var outcome = linker.Unprotect(destination, executable: true);

        Assert.Equal((null, null), (outcome.Used, outcome.Error));
        Assert.True(before.SameContentAs(outcome.Stat));
        Assert.Equal(PrivateMode | 0b001_000_000, outcome.Stat.Mode);
        Assert.Equal(DataErrorKind.PathNotFound, linker.Unprotect(scratch.PathOf("ws/missing")).Error!.Kind);
    }

    [Fact]
    public void Unprotect_in_a_shared_cache_lets_the_group_write()
    {
        Place(LinkKind.Hardlink);

        Assert.Equal(0b110_110_100, new Linker(sharedGroup: true).Unprotect(destination).Stat.Mode);
    }

    [Fact]
    public void A_link_to_something_else_is_of_no_kind()
    {
        File.CreateSymbolicLink(destination, scratch.Write("elsewhere", "x"));

        Assert.Null(Linker.KindOf(destination, FileStat.Read(destination), source, FileStat.Read(source)));
        Assert.Null(Linker.KindOf(scratch.PathOf("ws"), FileStat.Read(scratch.PathOf("ws")), source, FileStat.Read(source)));
        Assert.Null(Linker.KindOf(scratch.PathOf("no"), default, source, FileStat.Read(source)));
    }

    [Fact]
    public void A_copy_is_as_young_as_a_new_file()
    {
        File.SetLastWriteTimeUtc(source, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Place(LinkKind.Copy);

        // Programs that compare times (make) must see that the content was switched.
        var age = DateTime.UtcNow - File.GetLastWriteTimeUtc(destination);
        // And a stat record must be safe against an edit within the same tick of the clock, so it lies a little back.
        Assert.InRange(age, TimeSpan.FromMilliseconds(19), TimeSpan.FromHours(1));
    }
}
