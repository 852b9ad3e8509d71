using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;
using DataVersion.Tests.Fixtures;
using DataVersion.Tests.Metadata;

namespace DataVersion.Tests.Pipelines;

public sealed class StageGraphViewTests
{
    private const string Diamond = "prepare: raw -> p\nleft: p -> l\nright: p -> r\njoin: l r -> j\nreport: j -> report\nlone: ->";

    [Theory]
    [InlineData(Diamond, """
        ● prepare
        ├─● left
        ● │ right
        ●─╯ join
        ○ report
        ○ lone
        """)]
    [InlineData("raw: -> raw\na: raw -> a\nb: raw ->\nc: raw a -> c\nd: raw c ->\ne: raw ->", """
        ● raw
        ├─● a
        ├─│─○ b
        ├─● c
        ├─○ d
        ╰─○ e
        """)]
    [InlineData("a: -> a\nb: -> b\nc: -> c\nd: a c ->\ne: b ->\nf: a b c ->", """
        ● a
        │ ● b
        │ │ ● c
        ├─│─┼─○ d
        │ ├─│─○ e
        ○─┴─╯ f
        """)]
    public void The_console_shows_one_line_per_stage(string stages, string expected)
    {
        var graph = Stages.Short(stages);

        var lines = StageGraphView.OfStages(graph, graph.Stages).ToLines();

        Assert.Equal(expected, string.Join('\n', lines));
    }

    [Fact]
    public void Nodes_tell_their_neighbours_and_their_level()
    {
        var graph = Stages.Short(Diamond);

        var join = StageGraphView.OfStages(graph, graph.Stages).Nodes().Single(node => node.Target == "join");
        var j = StageGraphView.OfOutputs(graph, graph.Stages).Nodes().Single(node => node.Path == "j");

        Assert.Equal(["left", "right"], join.DependsOn);
        Assert.Equal(["report"], join.UsedBy);
        Assert.Equal(2, join.Level);
        Assert.Equal(["l", "r"], j.DependsOn);
        Assert.Equal("join", j.Target);
    }

    [Fact]
    public void Names_in_texts_are_relative_to_the_folder_and_quotes_are_escaped()
    {
        var graph = Stages.Graph(("a/dvc.yaml", "stages:\n  s:\n    cmd: x\n    outs: [o]\n"), ("q\"uote.dvc", "outs:\n- path: q\n"));

        Assert.Equal("strict digraph  {\n\"../q\\\"uote.dvc\";\n\"s\";\n}\n", StageGraphView.OfStages(graph, graph.Stages, "a").ToDot());
        Assert.Equal("flowchart TD\n\tnode1[\"../q\"]\n\tnode2[\"o\"]\n", StageGraphView.OfOutputs(graph, graph.Stages, "a").ToMermaid());
    }

    /// <summary>Graphs that DVC itself drew.</summary>
    [SharedTheory("fixtures")]
    [InlineData("31-stage-add")]
    [InlineData("32-repro-diamond")]
    [InlineData("36-wdir-nested")]
    [InlineData("37-stage-flags")]
    [InlineData("40-metrics-plots")]
    public void The_recorded_graphs_come_out_byte_for_byte(string name)
    {
        var expected = Path.Combine(Shared.Find("fixtures"), name, "expected");
        var fixture = FixtureCase.Read(name);
        using var root = new ScratchFolder();
        FixtureArchive.Unpack(fixture, root.Root);
        using var repository = Engine.Repository.Open(root.PathOf(fixture.Repositories[0]));
        var graph = StageGraph.Build(repository.LoadStages());

        Assert.Equal(Recorded("dag.dot"), StageGraphView.OfStages(graph, graph.Stages).ToDot() + "\n");
        if (Recorded("dag-outs.dot") is { } outputs)
            Assert.Equal(outputs, StageGraphView.OfOutputs(graph, graph.Stages).ToDot() + "\n");
        if (Recorded("dag.md") is { } mermaid)
            Assert.Equal(mermaid, $"```mermaid\n{StageGraphView.OfStages(graph, graph.Stages).ToMermaid()}```\n");

        string? Recorded(string report) => Path.Combine(expected, report) is var path && File.Exists(path) ? File.ReadAllText(path) : null;
    }
}
