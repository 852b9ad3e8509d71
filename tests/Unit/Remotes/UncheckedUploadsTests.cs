using DataVersion.Engine.Remotes;

namespace DataVersion.Tests.Remotes;

/// <summary>Notes of what was sent and not read back.</summary>
public sealed class UncheckedUploadsTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void What_was_begun_and_not_ended_is_known_to_the_next_session()
    {
        var first = Notes("a");
        first.Begin("one");
        first.Begin("two");
        first.End("one");

        Assert.False(Notes("a").Contains("one"));
        Assert.True(Notes("a").Contains("two"));
        Assert.False(Notes("b").Contains("two"));
    }

    [Fact]
    public void Nothing_is_left_when_all_was_read_back()
    {
        var killed = Notes("a");
        killed.Begin("one");
        var next = Notes("a");
        next.Begin("one");
        next.Begin("two");
        next.End("two");
        next.End("one");

        Assert.Empty(Directory.EnumerateFiles(scratch.Root));
        next.Begin("three");
        Assert.True(Notes("a").Contains("three"));
    }

    [Fact]
    public void A_torn_line_hides_no_other()
    {
        Notes("a").Begin("one");
        var path = Assert.Single(Directory.EnumerateFiles(scratch.Root));
        File.AppendAllText(path, "+");

        Assert.True(Notes("a").Contains("one"));
        Assert.False(Notes("a").Contains(""));
        File.AppendAllText(path, "oth");
        Notes("a").Begin("two");
        Assert.True(Notes("a").Contains("two"));
    }

    private UncheckedUploads Notes(string place) => new(scratch.Root, place);
}
