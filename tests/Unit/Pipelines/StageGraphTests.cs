using DataVersion.Engine.Pipelines;
using FsCheck;
using FsCheck.Fluent;

namespace DataVersion.Tests.Pipelines;

public sealed class StageGraphTests
{
    [Fact]
    public void What_equals_lies_inside_or_contains_an_output_is_made_by_its_stage()
    {
        var graph = Stages.Short("a: -> d/x\nb: d ->\nc: d/x/y ->\nd: d/x ->\ne: d/xy ->\nf: dd ->");

        Assert.Equal(["b", "c", "d"], graph.ConsumersOf(graph.Set.Find("a")!).Addresses());
        Assert.Empty(graph.ProducersOf(graph.Set.Find("e")!));
        Assert.Equal(["a"], graph.ProducersOf(graph.Set.Find("b")!).Addresses());
    }

    [Fact]
    public void Imports_and_datasets_have_no_producers_and_data_files_are_some()
    {
        var graph = Stages.Graph(
            ("raw.dvc", "outs:\n- path: raw\n"),
            ("got.dvc", "deps:\n- path: raw\n  repo:\n    url: u\nouts:\n- path: got\n"),
            ("copied.dvc", "deps:\n- path: raw/x\nouts:\n- path: copied\n"),
            ("s/dvc.yaml", "stages:\n  t:\n    cmd: x\n    deps:\n    - ../raw\n    - ds://raw\n    - ../got\n"));

        Assert.Equal(["raw.dvc", "got.dvc"], graph.ProducersOf(graph.Set.Find("s/dvc.yaml:t")!).Addresses());
        Assert.Empty(graph.ProducersOf(graph.Set.Find("got.dvc")!));
        Assert.Equal(["raw.dvc"], graph.ProducersOf(graph.Set.Find("copied.dvc")!).Addresses());
    }

    [Theory]
    [InlineData("a: -> x\nb: -> x", "'x' is an output of two stages: of 'a' ('dvc.yaml' line 5) and of 'b' ('dvc.yaml' line 9).")]
    [InlineData("a: -> x/y\nb: -> x", "'x/y' of 'a' ('dvc.yaml' line 5) inside 'x' of 'b' ('dvc.yaml' line 9)")]
    [InlineData("a: -> x.y\nb: -> x x/z", "'x/z' of 'b' ('dvc.yaml' line 10) inside 'x' of 'b' ('dvc.yaml' line 9)")]
    public void Outputs_that_meet_are_refused_with_both_places(string text, string message)
    {
        var error = Assert.Throws<DataVersionException>(() => Stages.Short(text));

        Assert.Equal(DataErrorKind.OutputConflict, error.Kind);
        Assert.Contains(message, error.Message);
    }

    [Fact]
    public void A_metadata_file_inside_an_output_is_refused()
    {
        var error = Assert.Throws<DataVersionException>(() => Stages.Graph(("a.dvc", "outs:\n- path: d\n"), ("d/b.dvc", "outs:\n- path: c\n")));

        Assert.Equal(DataErrorKind.OutputConflict, error.Kind);
    }

    [Theory]
    [InlineData("a: x -> x", "'a' ('dvc.yaml' line 2) reads 'x' and makes it")]
    [InlineData("s: -> s\na: s c -> a\nb: a -> b\nc: b -> c",
        "'a' ('dvc.yaml' line 6) reads 'c', which 'c' makes; 'c' ('dvc.yaml' line 19) reads 'b', which 'b' makes; 'b' ('dvc.yaml' line 13) reads 'a', which 'a' makes.")]
    public void A_circle_is_refused_with_its_places(string text, string message)
    {
        var error = Assert.Throws<DataVersionException>(() => Stages.Short(text));

        Assert.Equal(DataErrorKind.StageCycle, error.Kind);
        Assert.Contains(message, error.Message);
    }

    [Theory]
    [InlineData("join", StageScope.Upstream, "prepare left right join")]
    [InlineData("left", StageScope.Upstream, "prepare left")]
    [InlineData("left", StageScope.Downstream, "left join report")]
    [InlineData("report left", StageScope.Single, "left report")]
    [InlineData("left", StageScope.Pipeline, "prepare left right join report")]
    [InlineData("after", StageScope.Upstream, "thawed cold after")]
    [InlineData("cold", StageScope.Upstream, "cold")]
    [InlineData("thawed", StageScope.Downstream, "thawed after")]
    public void A_selection_is_run_with_producers_first(string targets, StageScope scope, string expected)
    {
        var graph = Stages.Short("""
            report: joined -> report
            prepare: raw -> p
            left: p -> l
            right: p -> r
            join: l r -> joined
            after: t c -> z
            thawed: -> t
            cold!: t -> c
            """);

        var order = graph.Order(targets.Split(' ').Select(name => graph.Set.Find(name)!), scope);

        Assert.Equal(expected, string.Join(' ', order.Addresses()));
    }

    [Fact]
    public void A_chain_that_is_longer_than_any_stack_is_ordered()
    {
        var graph = Stages.Short(string.Join('\n', Enumerable.Range(0, 20_000).Select(i => $"s{i}: f{i + 1} -> f{i}")));

        Assert.Equal("s19999", graph.Order([graph.Set.Find("s0")!])[0].Address);
        Assert.Equal(20_000, StageGraphView.OfStages(graph, graph.Stages).ToLines().Count);
    }

    [Fact]
    public void Any_graph_is_run_with_producers_first_and_nothing_twice() => Prop.ForAll(Random(), text =>
    {
        var graph = Stages.Short(text);
        foreach (var scope in Enum.GetValues<StageScope>())
        {
            var order = graph.Order(graph.Stages.Where((_, i) => i % 3 == 0), scope);
            Assert.Equal(order.Count, order.Distinct().Count());
            var position = order.Index().ToDictionary(pair => pair.Item, pair => pair.Index);
            foreach (var stage in order)
                Assert.All(graph.RunsAfter(stage), producer => Assert.True(scope is StageScope.Upstream or StageScope.Pipeline
                    ? position[producer] < position[stage] : !position.TryGetValue(producer, out var at) || at < position[stage]));
        }
        var nodes = StageGraphView.OfStages(graph, graph.Stages).Nodes().ToDictionary(node => node.Target);
        Assert.All(nodes.Values, node => Assert.All(node.DependsOn, other => Assert.True(nodes[other].Level < node.Level && nodes[other].UsedBy.Contains(node.Target))));
    }).QuickCheckThrowOnFailure();

    // Stage i reads outputs of stages before it, as they are, from inside and from above; the stages stand in any order.
    private static Arbitrary<string> Random() => (
        from count in Gen.Choose(1, 30)
        from lines in Gen.CollectToArray(Enumerable.Range(0, count), i =>
            from deps in Gen.ArrayOf(from other in Gen.Choose(0, 2 * i) from form in Gen.Elements("o{0}/f", "o{0}", "o{0}/f/inside")
                                     select string.Format(System.Globalization.CultureInfo.InvariantCulture, form, other))
            from frozen in Gen.Elements("", "", "", "!")
            select $"s{i}{frozen}: {string.Join(' ', deps.Where(dep => !dep.StartsWith($"o{i}/", StringComparison.Ordinal) && dep != $"o{i}" && Number(dep) < i).Distinct())} -> o{i}/f")
        from shuffled in Gen.Shuffle(lines)
        select string.Join('\n', shuffled)).ToArbitrary();

    private static int Number(string dep) => int.Parse(dep[1..].Split('/')[0], System.Globalization.CultureInfo.InvariantCulture);
}
