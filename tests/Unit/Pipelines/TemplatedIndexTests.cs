using DataVersion.Engine.Pipelines;
using DataVersion.Engine.Pipelines.Templating;
using DataVersion.Tests.Metadata;

namespace DataVersion.Tests.Pipelines;

/// <summary>What the index of the data knows of stages with templates, and what they cost those who have none.</summary>
public sealed class TemplatedIndexTests
{
    private const string Md5 = "257eb61054495647ec7b43e5ccd95342";

    private static string Locked(string stage, string path) =>
        $"  {stage}:\n    cmd: x\n    outs:\n    - path: {path}\n      hash: md5\n      md5: {Md5}\n";

    [Fact]
    public void OutputsOfTemplatedStagesAndMembersAreKnownBeforeTheirFirstRun()
    {
        var index = DataIndexLoader.Load(new MemoryTree
        {
            ["p/params.yaml"] = "name: n\nwhere: w\n",
            ["p/dvc.yaml"] = "stages:\n  t:\n    cmd: x\n    wdir: ${where}\n    outs:\n    - o-${name}:\n        push: false\n"
                + "  g:\n    foreach: [a, b]\n    do:\n      cmd: x\n      wdir: d-${item}\n      outs: ['${item}.txt']\n",
            ["p/dvc.lock"] = "schema: '2.0'\nstages:\n" + Locked("g@b", "b.txt") + Locked("g@gone", "gone.txt") + Locked("t", "o-old"),
        });
        Assert.Equal(["p/w/o-n", "p/d-a/a.txt", "p/d-b/b.txt"], index.Outputs.Select(output => output.Path));
        Assert.Equal([false, false, true], index.Outputs.Select(output => output.Hash is not null));
        Assert.Equal(["p/dvc.yaml:t", "p/dvc.yaml:g@a", "p/dvc.yaml:g@b"], index.Outputs.Select(output => output.StageAddress));
        Assert.False(index.Outputs[0].Push);
        Assert.Equal((6, 13), (index.Outputs[0].Line, index.Outputs[1].Line));
        Assert.Equal(["gone.txt", "o-old"], index.StaleOutputs.Select(output => output.Path[(output.Path.LastIndexOf('/') + 1)..]));
    }

    [Fact]
    public void APipelineThatCannotBeResolvedIsAProblemAndItsLockStaysProtected()
    {
        var tree = new MemoryTree
        {
            ["dvc.yaml"] = "stages:\n  t:\n    cmd: echo\n    outs:\n    - ${nope}\n",
            ["dvc.lock"] = "schema: '2.0'\nstages:\n" + Locked("t", "a"),
            ["q/dvc.yaml"] = "stages:\n  u:\n    cmd: echo\n    outs: [fine]\n",
        };
        var problems = new List<DataVersionException>();
        var index = DataIndexLoader.Load(tree, problems);
        Assert.Equal(("dvc.yaml", 5), Assert.IsType<MetadataFormatException>(Assert.Single(problems)) is { } error ? (error.Path, error.Line) : default);
        Assert.Contains("failed to parse 'stages.t.outs' in 'dvc.yaml': Could not find 'nope'", problems[0].Message);
        Assert.Equal(["q/fine"], index.Outputs.Select(output => output.Path));
        Assert.Equal(["a"], index.StaleOutputs.Select(output => output.Path));
        Assert.Throws<MetadataFormatException>(() => DataIndexLoader.Load(tree));
    }

    [Fact]
    public void WithoutTemplatesNoParametersAreReadAndNothingIsCopied()
    {
        var tree = new MemoryTree { ["dvc.yaml"] = "stages:\n  t:\n    cmd: echo $HOME\n    params: [a]\n", ["params.yaml"] = "a: [\n" };
        var files = new ParameterFiles(tree);
        var resolved = new PipelineResolver(tree, files, ParsingOptions.Default).Read("dvc.yaml");
        Assert.Equal(0, files.Count);
        Assert.Same(resolved.File.Stages[0], resolved.Stages[0].Definition);
        Assert.False(resolved.Stages[0].IsParametrised);
    }

    [Fact]
    public void SelectionsOfOneFileAreOneAndTheWholeFileWins()
    {
        var stage = new PipelineResolver(new MemoryTree
        {
            ["dvc.yaml"] = "stages:\n  t:\n    cmd: x\n    params: [a, {p.json: [k, l]}, b, a, {p.json: [m]}, {w.py: [x]}, {w.py: null}, {params.yaml: [c]}, {e.toml: []}]\n",
        }).Read("dvc.yaml").Stages[0].Definition;
        Assert.Equal(["params.yaml: a b c", "p.json: k l m", "w.py: all", "e.toml: all"],
            stage.Parameters.Select(file => $"{file.File}: {(file.Keys is null ? "all" : string.Join(' ', file.Keys))}"));
    }
}
