using DataVersion.Engine.Git;

namespace DataVersion.Tests.Git;

public sealed class RevisionMetadataTreeTests : IDisposable
{
    private readonly GitSandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void Metadata_of_a_revision_is_listed_and_read_whatever_the_work_tree_holds()
    {
        string[] names = ["top.dvc", "dvc.yaml", "dvc.lock", "a/b c/é[1].dvc", "a/dvc.lock", ".dvc/config"];
        foreach (var name in names)
            sandbox.Write(name, "content of " + name);
        sandbox.Write("a/params.yaml", "p: 1");
        sandbox.Write("no/metadata/here", "x");
        sandbox.Write(".dvc/plots/x.dvc", "not metadata");
        sandbox.Commit("one");
        Directory.Delete(sandbox.PathOf("a"), recursive: true);
        var tree = new RevisionMetadataTree(sandbox.Repository, sandbox.Git("rev-parse", "HEAD"), sandbox.Root);
        Assert.Equal(names[..5].Order(StringComparer.Ordinal), tree.MetadataPaths().Order(StringComparer.Ordinal));
        Assert.Equal("content of a/b c/é[1].dvc", tree.ReadText("a/b c/é[1].dvc"));
        Assert.Equal("content of .dvc/config", tree.ReadText(".dvc/config"));
        Assert.Equal("p: 1", tree.TryReadText("a/params.yaml"));
        Assert.True(tree.Exists("a/dvc.lock"));
        Assert.False(tree.Exists("a/dvc.yaml"));
        Assert.False(tree.Exists("a"));
        Assert.Equal(DataErrorKind.PathNotFound, Assert.Throws<DataVersionException>(() => tree.ReadText("a/none.dvc")).Kind);
    }

    [Fact]
    public void Repositories_inside_and_ignored_folders_are_left_out()
    {
        foreach (var name in (string[])["x.dvc", "inner/.dvc/config", "inner/y.dvc", "inner/deep/z.dvc", "skip/a.dvc", "skip/more/b.dvc", "part/c.dvc", "part/d.dvc"])
            sandbox.Write(name, "");
        sandbox.Write(".dvcignore", "skip");
        sandbox.Write("part/.dvcignore", "d.dvc");
        sandbox.Commit("one");
        var tree = new RevisionMetadataTree(sandbox.Repository, "HEAD", sandbox.Root);
        Assert.Equal("d.dvc", tree.TryReadText("part/.dvcignore"));
        Assert.Null(tree.TryReadText("skip/.dvcignore"));
        var asked = new List<string>();
        tree.IsIgnored = (path, isFolder) =>
        {
            asked.Add(path);
            return path == "skip" && isFolder || path == "part/d.dvc" && !isFolder;
        };
        Assert.Equal(["part/c.dvc", "x.dvc"], tree.MetadataPaths().Order(StringComparer.Ordinal));
        Assert.DoesNotContain(asked, path => path.StartsWith("skip/", StringComparison.Ordinal));
        var inner = new RevisionMetadataTree(sandbox.Repository, "HEAD", sandbox.PathOf("inner"));
        Assert.Equal(["deep/z.dvc", "y.dvc"], inner.MetadataPaths().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_repository_below_the_root_of_git_has_paths_of_its_own()
    {
        sandbox.Write("readme", "before");
        var before = sandbox.Commit("before");
        sandbox.Write("outside.dvc", "outside");
        sandbox.Write("my project/.dvc/config", "[core]");
        sandbox.Write("my project/sub/d.dvc", "inside");
        sandbox.Commit("one");
        var tree = new RevisionMetadataTree(sandbox.Repository, "HEAD", sandbox.PathOf("my project"));
        Assert.Equal(["sub/d.dvc"], tree.MetadataPaths());
        Assert.Equal("inside", tree.ReadText("sub/d.dvc"));
        Assert.Equal("[core]", tree.ReadText(".dvc/config"));
        Assert.Empty(new RevisionMetadataTree(sandbox.Repository, before, sandbox.PathOf("my project")).MetadataPaths());
    }

    [Fact]
    public void Links_submodules_and_folders_with_the_name_of_metadata_are_no_metadata()
    {
        sandbox.Write("folder.dvc/file", "x");
        sandbox.Write("real.dvc", "x");
        if (!OperatingSystem.IsWindows())
            File.CreateSymbolicLink(sandbox.PathOf("link.dvc"), "real.dvc");
        sandbox.Commit("one");
        Assert.Equal(["real.dvc"], new RevisionMetadataTree(sandbox.Repository, "HEAD", sandbox.Root).MetadataPaths());
    }

    [Fact]
    public void Files_with_a_line_feed_in_their_path_are_read()
    {
        if (OperatingSystem.IsWindows())
            return;
        sandbox.Write("fol\nder/da\nta.dvc", "x\ny");
        sandbox.Write("fol\nder/pa\nrams", "z");
        sandbox.Commit("one");
        var tree = new RevisionMetadataTree(sandbox.Repository, "HEAD", sandbox.Root);
        Assert.Equal(["fol\nder/da\nta.dvc"], tree.MetadataPaths());
        Assert.Equal("x\ny", tree.ReadText("fol\nder/da\nta.dvc"));
        Assert.Equal("z", tree.TryReadText("fol\nder/pa\nrams"));
        Assert.Equal("z", System.Text.Encoding.UTF8.GetString(sandbox.Repository.Objects.TryRead("HEAD:fol\nder/pa\nrams")!.Bytes));
        var below = new RevisionMetadataTree(sandbox.Repository, "HEAD", sandbox.PathOf("fol\nder"));
        Assert.Equal(["da\nta.dvc"], below.MetadataPaths());
    }

    [Fact]
    public void A_missing_commit_is_an_error()
    {
        sandbox.Write("a", "1");
        sandbox.Commit("one");
        var error = Assert.Throws<DataVersionException>(() => new RevisionMetadataTree(sandbox.Repository, new string('1', 40), sandbox.Root));
        Assert.Equal(DataErrorKind.RevisionNotFound, error.Kind);
    }
}
