using DataVersion.Engine.Repositories;

namespace DataVersion.Tests.Repositories;

public sealed class RepositoryLayoutTests : IDisposable
{
    private readonly ScratchRepository scratch = new();

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void TheNearestRepositoryAboveIsFound()
    {
        scratch.Write("a/b/c.txt");
        scratch.Write("sub/.dvc/config");
        Assert.Equal(scratch.Root, RepositoryDiscovery.Find(Path.Combine(scratch.Root, "a", "b")).Root);
        Assert.Equal(scratch.Root, RepositoryDiscovery.Find(Path.Combine(scratch.Root, "not", "there")).Root);
        Assert.Equal(Path.Combine(scratch.Root, "sub"), RepositoryDiscovery.Find(Path.Combine(scratch.Root, "sub")).Root);
        Assert.Null(RepositoryDiscovery.FindGitRoot(scratch.Root));
        scratch.Write(".git", "gitdir: elsewhere");
        Assert.Equal(scratch.Root, RepositoryDiscovery.FindGitRoot(Path.Combine(scratch.Root, "a")));
    }

    [Fact]
    public void OutsideOfARepositoryTheErrorNamesTheFolder()
    {
        var folder = Path.GetDirectoryName(scratch.Root)!;
        var error = Assert.Throws<DataVersionException>(() => RepositoryDiscovery.Find(folder));
        Assert.Equal(DataErrorKind.RepositoryNotFound, error.Kind);
        Assert.Contains(folder, error.Message);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a/../b/./c", "b/c")]
    [InlineData("a/", "a")]
    [InlineData("..hidden", "..hidden")]
    [InlineData("../x", null)]
    public void PathsAreTakenFromTheRoot(string relative, string? expected) =>
        Assert.Equal(expected, scratch.Layout.ToRelative(Path.Combine(scratch.Root, relative)));

    [Fact]
    public void ASiblingWithTheSameBeginningIsOutside() => Assert.Null(scratch.Layout.ToRelative(scratch.Root + "2"));

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a/b c/.x")]
    public void RelativeAndAbsoluteAreInverse(string relative) =>
        Assert.Equal(relative, scratch.Layout.ToRelative(scratch.Layout.ToAbsolute(relative)));
}
