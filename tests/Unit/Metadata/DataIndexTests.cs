using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Tests.Metadata;

public sealed class DataIndexTests
{
    private const string Md5 = "257eb61054495647ec7b43e5ccd95342";

    private static string Track(params string[] paths) =>
        "outs:\n" + string.Concat(paths.Select(path => $"- md5: {Md5}\n  size: 14\n  hash: md5\n  path: {path}\n"));

    [Fact]
    public void OutputsAreFoundByPath()
    {
        var index = DataIndexLoader.Load(new MemoryTree
        {
            ["data/b.dvc"] = Track("b"),
            ["a-b.dvc"] = Track("a-b"),
            ["a/c.dvc"] = "wdir: ../data\n" + Track("x/y", "../z", "../../outside"),
            ["a/u.dvc"] = Track("s3://bucket/key", "/absolute"),
        });
        Assert.Equal(["a-b", "data/x/y", "z", "../outside", "s3://bucket/key", "/absolute", "data/b"], index.Outputs.Select(o => o.Path));
        Assert.Equal([false, false, false, true, true, true, false], index.Outputs.Select(o => o.IsExternal));
        Assert.Equal("data/x/y", index.FindContaining("data/x/y/deep/file")!.Path);
        Assert.Equal("data/b", index.FindContaining("data/b")!.Path);
        Assert.Null(index.FindContaining("data/x"));
        Assert.Null(index.Find("data"));
        Assert.Equal(["data/b", "data/x/y"], index.FindInside("data").Select(o => o.Path));
        Assert.Empty(index.FindInside("data/b"));
        Assert.Equal(4, index.FindInside(".").Count());
        Assert.Equal(("a/c.dvc", 3, OutputSource.DataFile, "a/c.dvc"),
            index.Find("data/x/y") is { } output ? (output.MetadataPath, output.Line, output.Kind, output.StageAddress) : default);
        index.CheckConflicts();
    }

    [Fact]
    public void AbsolutePathsInsideTheRepositoryAreRelative() =>
        Assert.Equal("in/side", DataIndexLoader.Load(new MemoryTree { RootFolder = "/r/repo", ["x.dvc"] = Track("/r/repo/in/side") }).Outputs[0].Path);

    [Fact]
    public void StagesHaveTheFlagsOfThePipelineAndTheHashesOfTheLock()
    {
        var index = DataIndexLoader.Load(new MemoryTree
        {
            ["p/dvc.yaml"] = "stages:\n  s:\n    cmd: x\n    wdir: w\n    frozen: true\n    outs:\n    - a\n    - never\n    metrics:\n"
                + "    - m.json:\n        cache: false\n  each:\n    foreach: [1, 2]\n    do:\n      cmd: x\n      outs:\n"
                + "      - o-${item}.txt:\n          push: false\n",
            ["p/dvc.lock"] = $"schema: '2.0'\nstages:\n  s:\n    cmd: x\n    outs:\n    - path: a\n      hash: md5\n      md5: {Md5}\n"
                + $"    - path: gone\n      hash: md5\n      md5: {Md5}\n  each@1:\n    cmd: x\n    outs:\n    - path: o-1.txt\n      hash: md5\n"
                + $"      md5: {Md5}\n  old:\n    cmd: x\n    outs:\n    - path: old\n      md5: {Md5}\n",
        });
        Assert.Equal(["p/w/a", "p/w/never", "p/w/m.json", "p/o-1.txt", "p/o-2.txt"], index.Outputs.Select(o => o.Path));
        Assert.Equal([true, false, false, true, false], index.Outputs.Select(o => o.Hash is not null));
        Assert.Equal([true, true, false, true, true], index.Outputs.Select(o => o.UseCache));
        Assert.False(index.Find("p/o-1.txt")!.Push);
        Assert.Equal("p/dvc.yaml:each@1", index.Find("p/o-1.txt")!.StageAddress);
        Assert.True(index.Find("p/w/a")!.IsFrozen);
        Assert.Equal(["p/w/gone", "p/old"], index.StaleOutputs.Select(o => o.Path));
        Assert.Equal([ContentHashAlgorithm.Md5, ContentHashAlgorithm.Md5Dos2Unix], index.StaleOutputs.Select(o => o.Hash!.Value.Algorithm));
    }

    [Fact]
    public void ABadFileStopsOrIsReported()
    {
        var tree = new MemoryTree
        {
            ["bad.dvc"] = "outs: x\n",
            ["good.dvc"] = Track("good"),
            ["dvc.yaml"] = "stages: []\n",
            ["dvc.lock"] = $"schema: '2.0'\nstages:\n  s:\n    cmd: x\n    outs:\n    - path: a\n      hash: md5\n      md5: {Md5}\n",
        };
        Assert.Equal("bad.dvc", Assert.Throws<MetadataFormatException>(() => DataIndexLoader.Load(tree)).Path);
        var problems = new List<DataVersionException>();
        var index = DataIndexLoader.Load(tree, problems);
        Assert.Equal(["bad.dvc", "dvc.yaml"], problems.Select(problem => problem.Path));
        Assert.Equal(["good"], index.Outputs.Select(o => o.Path));
        // What the lock records must not be collected because the pipeline cannot be read.
        Assert.Equal(["a"], index.StaleOutputs.Select(o => o.Path));
    }

    [Theory]
    [InlineData("d", "d", "d")]
    [InlineData("d", "d/e", "d/e")]
    [InlineData("d", "d/e/f/g", "d/e/f/g")]
    public void ConflictsNameBothFiles(string first, string second, string at)
    {
        var index = DataIndexLoader.Load(new MemoryTree { ["one.dvc"] = Track(first), ["two.dvc"] = Track("other", second) });
        var error = Assert.Throws<DataVersionException>(index.CheckConflicts);
        Assert.Equal((DataErrorKind.OutputConflict, at), (error.Kind, error.Path));
        Assert.Contains("'one.dvc' line 2", error.Message);
        Assert.Contains("'two.dvc' line 6", error.Message);
    }

    [Fact]
    public void AMetadataFileInsideAnOutputIsAConflict() => Assert.Equal("d/x.dvc", Assert.Throws<DataVersionException>(
        DataIndexLoader.Load(new MemoryTree { ["d.dvc"] = Track("d"), ["d/x.dvc"] = Track("../y") }).CheckConflicts).Path);

    [Fact]
    public void NamesThatOnlyBeginAlikeAreNoConflict() =>
        DataIndexLoader.Load(new MemoryTree { ["x.dvc"] = Track("d", "d.txt", "d-e", "de/f") }).CheckConflicts();
}
