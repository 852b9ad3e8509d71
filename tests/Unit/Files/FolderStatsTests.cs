using DataVersion.Engine.Files;

namespace DataVersion.Tests.Files;

/// <summary>Many stats of one folder at once are those that are read one by one.</summary>
public sealed class FolderStatsTests : IDisposable
{
    private readonly ScratchFolder scratch = new();

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData(3)]
    [InlineData(2500)]
    public void StatsAreThoseOfThePaths(int files)
    {
        var names = Enumerable.Range(0, files).Select(i => $"f {i} ü").ToList();
        foreach (var name in names)
            scratch.Write(name, new byte[name.Length]);
        File.CreateSymbolicLink(scratch.PathOf("link"), scratch.PathOf(names[0]));
        File.CreateSymbolicLink(scratch.PathOf("broken"), scratch.PathOf("nothing"));
        Directory.CreateDirectory(scratch.PathOf("folder"));
        names.AddRange(["link", "broken", "folder", "absent"]);

        using var stats = new FolderStats(scratch.Root);
        Assert.Equal(names.Select(name => FileStat.Read(scratch.PathOf(name))), stats.ReadAll(names, CancellationToken.None));
        Assert.Equal(FileStat.Read(scratch.PathOf(names[0])), stats.Read("link", followLinks: true));
        Assert.False(stats.Read("broken", followLinks: true).Exists);
    }

    [Fact]
    public void ACancellationEndsTheReading()
    {
        using var stats = new FolderStats(scratch.Root);
        Assert.Throws<OperationCanceledException>(() => stats.ReadAll(["a"], new CancellationToken(canceled: true)));
    }
}
