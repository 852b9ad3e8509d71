using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Drawing;

namespace DataVersion.Engine.Pipelines;

/// <summary>A part of the stage graph as users see it: of stages or of outputs, as objects, as lines, as Mermaid, as DOT.</summary>
public sealed class StageGraphView
{
    private readonly IReadOnlyList<StageNode> nodes;
    private readonly DrawnGraph drawn;

    private StageGraphView(IReadOnlyList<StageNode> nodes, DrawnGraph drawn) => (this.nodes, this.drawn) = (nodes, drawn);

    /// <summary>A graph of stages; named in texts as they are addressed from a folder.</summary>
    /// <param name="graph">The whole graph.</param>
    /// <param name="stages">Those to show; connections through others are not shown.</param>
    /// <param name="folder">The folder that texts are relative to, relative to the root.</param>
    public static StageGraphView OfStages(StageGraph graph, IReadOnlyCollection<StageDefinition> stages, string folder = "")
    {
        var shown = stages.ToHashSet(ReferenceEqualityComparer.Instance);
        StageDefinition[] kept = [.. graph.Stages.Where(shown.Contains)];
        return Make([.. kept.Select(stage => (stage.AddressFrom(folder), new StageNode { Target = stage.Address, Kind = stage.Kind }))],
            Connect(kept, stage => graph.ProducersOf(stage)));
    }

    /// <summary>A graph of outputs: each depends on the outputs that its stage reads (DVC: <c>dag --outs</c>).</summary>
    /// <inheritdoc cref="OfStages"/>
    public static StageGraphView OfOutputs(StageGraph graph, IReadOnlyCollection<StageDefinition> stages, string folder = "")
    {
        var shown = stages.ToHashSet(ReferenceEqualityComparer.Instance);
        var all = graph.Outputs.Outputs;
        int[] kept = [.. InTreeOrder([.. Enumerable.Range(0, all.Count).Where(i => shown.Contains(graph.Stages[all[i].Stage]))], i => all[i].Path.Path)];
        return Make([.. kept.Select(i => (RelativeTo(folder, all[i].Path), new StageNode
            {
                Target = graph.Stages[all[i].Stage].Address, Path = all[i].Path.Path, Kind = graph.Stages[all[i].Stage].Kind,
            }))],
            Connect(kept, i => StageGraphBuilder.Inputs(graph.Stages[all[i].Stage]).SelectMany(graph.Outputs.Overlapping).Distinct()));
    }

    /// <summary>The nodes, what something depends on before it.</summary>
    public IReadOnlyList<StageNode> Nodes()
    {
        var consumers = drawn.Consumers();
        var levels = new int[nodes.Count];
        var order = Sorted();
        foreach (var i in order)
            levels[i] = drawn.Producers[i].Count == 0 ? 0 : drawn.Producers[i].Max(producer => levels[producer]) + 1;
        return [.. order.Select(i => nodes[i] with
        {
            DependsOn = [.. drawn.Producers[i].Select(other => nodes[other].ToString())],
            UsedBy = [.. consumers[i].Select(other => nodes[other].ToString())],
            Level = levels[i],
        })];
    }

    /// <summary>The graph as lines for the console.</summary>
    public IReadOnlyList<string> ToLines()
    {
        var order = Sorted();
        var position = new int[order.Count];
        for (var i = 0; i < order.Count; i++)
            position[order[i]] = i;
        return GraphLines.Draw(new DrawnGraph([.. order.Select(i => drawn.Labels[i])],
            [.. order.Select(i => (IReadOnlyList<int>)[.. drawn.Producers[i].Select(other => position[other])])]));
    }

    /// <summary>The graph for Mermaid, as <c>dvc dag --mermaid</c> writes it; ends with a line feed.</summary>
    public string ToMermaid() => GraphTexts.Mermaid(drawn);

    /// <summary>The graph for Graphviz, as <c>dvc dag --dot</c> writes it; ends with a line feed.</summary>
    public string ToDot() => GraphTexts.Dot(drawn);

    private static StageGraphView Make((string Label, StageNode Node)[] nodes, IReadOnlyList<int>[] producers) =>
        new(Array.ConvertAll(nodes, node => node.Node), new DrawnGraph(Array.ConvertAll(nodes, node => node.Label), producers));

    private static IReadOnlyList<int>[] Connect<T>(T[] kept, Func<T, IEnumerable<T>> producers) where T : notnull
    {
        var positions = new Dictionary<T, int>(kept.Length);
        for (var i = 0; i < kept.Length; i++)
            positions.Add(kept[i], i);
        return Array.ConvertAll(kept, item => (IReadOnlyList<int>)[.. producers(item).Where(positions.ContainsKey).Select(other => positions[other])]);
    }

    // Depth first, producers first.
    private List<int> Sorted()
    {
        var order = new List<int>(nodes.Count);
        var seen = new bool[nodes.Count];
        var path = new Stack<(int Node, int Next)>();
        for (var root = 0; root < seen.Length; root++)
        {
            Enter(root);
            while (path.TryPop(out var step))
                if (step.Next == drawn.Producers[step.Node].Count)
                    order.Add(step.Node);
                else
                {
                    path.Push((step.Node, step.Next + 1));
                    Enter(drawn.Producers[step.Node][step.Next]);
                }
        }
        return order;

        void Enter(int node)
        {
            if (!seen[node])
                path.Push((node, 0));
            seen[node] = true;
        }
    }

    // DVC keeps outputs in a tree of folders: everything of a folder stands where the folder was first met.
    private static IEnumerable<int> InTreeOrder(int[] items, Func<int, string> pathOf)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        return items.Select(item => (item, Key: RankOf(pathOf(item)))).OrderBy(pair => pair.Key, Comparer<int[]>.Create(static (x, y) => x.AsSpan().SequenceCompareTo(y)))
            .Select(pair => pair.item);

        int[] RankOf(string path)
        {
            var key = new List<int>();
            for (var slash = path.IndexOf('/', 1 % Math.Max(path.Length, 1)); ; slash = path.IndexOf('/', slash + 1))
            {
                var part = slash < 0 ? path : path[..slash];
                ranks.TryAdd(part, ranks.Count);
                key.Add(ranks[part]);
                if (slash < 0)
                    return [.. key];
            }
        }
    }

    private static string RelativeTo(string folder, StagePath path) => path.IsExternal || folder.Length == 0 ? path.Path
        : Path.GetRelativePath("/" + folder, "/" + path.Path).Replace('\\', '/');
}
