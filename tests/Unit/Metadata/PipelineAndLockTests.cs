using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Tests.Metadata;

public sealed class PipelineAndLockTests
{
    [Theory]
    [InlineData("stages:\n", 1, 8)]
    [InlineData("stages: []\n", 1, 9)]
    [InlineData("unknown: 1\n", 1, 1)]
    [InlineData("stages:\n  a:\n    cmds: x\n", 3, 5)]
    [InlineData("stages:\n  a:\n    deps: [b]\n", 3, 5)]
    [InlineData("stages:\n  a:\n    cmd: x\n    outs: [{o: {cache: maybe}}]\n", 4, 24)]
    [InlineData("stages:\n  a: {cmd: x}\n  a: {cmd: y}\n", 3, 3)]
    [InlineData("stages:\n  a:\n    foreach: [1]\n    cmd: x\n", 4, 5)]
    public void ErrorsOfAPipelineNameTheirPlace(string text, int line, int column)
    {
        var error = Assert.Throws<MetadataFormatException>(() => PipelineFile.Parse(text, "dvc.yaml"));
        Assert.Equal((DataErrorKind.MetadataInvalid, line, column), (error.Kind, error.Line, error.Column));
    }

    [Theory]
    [InlineData("")]
    [InlineData("schema: '1.0'\nstages: {}\n")]
    [InlineData("base:\n  command: x\n")]
    [InlineData("schema: '2.0'\nstages:\n  base:\n    command: x\n")]
    public void LocksOfOtherLayoutsAreRefused(string text) =>
        Assert.Equal(DataErrorKind.MetadataInvalid, Assert.Throws<MetadataFormatException>(() => LockFile.Parse(text, "dvc.lock")).Kind);

    [Theory]
    [InlineData("plain", "a", OutputKind.Output)]
    [InlineData("plain", "m.json", OutputKind.Metric)]
    [InlineData("plain", "p.csv", OutputKind.Plot)]
    [InlineData("plain", "none", null)]
    [InlineData("plain@x", "a", null)]
    [InlineData("each", "o-1/x.txt", null)]
    [InlineData("each@1", "o-1/x.txt", OutputKind.Output)]
    [InlineData("each@1", "o-1/x.csv", null)]
    [InlineData("grid@a-b", "a/b", OutputKind.Output)]
    public void FlagsAreFoundByStageAndPath(string stage, string path, OutputKind? kind)
    {
        var file = PipelineFile.Parse("""
            stages:
              plain:
                cmd: x
                outs:
                - a
                - a:
                    cache: false
                metrics: [m.json]
                plots:
                - p.csv: {x: t, y: v}
              each:
                foreach: [1, 2]
                do:
                  cmd: x
                  outs:
                  - o-${item}/x.txt
              grid:
                matrix: {m: [a], n: [b]}
                cmd: x
                outs: ["${item.m}/${item.n}"]
            """, "dvc.yaml");
        var stages = new PipelineResolver(new MemoryTree()).Resolve("dvc.yaml", file);
        Assert.Equal(kind, FlagsOf(stage, path)?.Kind);
        // The same path twice has the flags of both.
        Assert.False(FlagsOf("plain", "a")!.UseCache);

        OutputFlags? FlagsOf(string name, string output) =>
            stages.FindStage(name)?.Definition.Outputs.FirstOrDefault(found => found.Path == output)?.Flags;
    }

    [Fact]
    public void ANewLockFileBeginsWithItsSchema()
    {
        var stage = new LockedStage { Name = "s@1", Command = new YamlScalar("echo") };
        stage.Outputs.Add(new LockEntry { Path = "b", Hash = ContentHash.Parse("257eb61054495647ec7b43e5ccd95342.dir"), Size = 3, FileCount = 2 });
        stage.Outputs.Add(new LockEntry { Path = "a", Hash = ContentHash.Parse("257eb61054495647ec7b43e5ccd95342", ContentHashAlgorithm.Md5Dos2Unix) });
        Assert.Equal(
            "schema: '2.0'\nstages:\n  s@1:\n    cmd: echo\n    outs:\n    - path: a\n      md5: 257eb61054495647ec7b43e5ccd95342\n"
            + "    - path: b\n      hash: md5\n      md5: 257eb61054495647ec7b43e5ccd95342.dir\n      size: 3\n      nfiles: 2\n",
            LockFile.WithStage(null, stage));
    }

    [Fact]
    public void OutputsOfOneStageAreReplaced()
    {
        var old = LockFile.WithStage("# top\nschema: '2.0'\nstages:\n  a:\n    cmd: x # kept\n  b:\n    cmd: y\n",
            new LockedStage { Name = "c", Command = new YamlScalar("z") });
        Assert.Equal(
            "# top\nschema: '2.0'\nstages:\n  a:\n    cmd: x # kept\n  b:\n    cmd: y\n    outs:\n    - path: o\n      hash: md5\n  c:\n    cmd: z\n",
            LockFile.ReplaceOutputs(old, "b", [new LockEntry { Path = "o" }]));
        Assert.Throws<DataVersionException>(() => LockFile.ReplaceOutputs(old, "none", []));
    }
}
