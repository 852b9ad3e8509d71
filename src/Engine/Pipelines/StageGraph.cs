namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Which stage needs which (DVC spec 7.9, 9.1): a stage that reads a path needs every stage with an output that is that path,
/// contains it or lies inside it. Parameters files count as read; imports from other repositories and datasets do not.
/// Immutable; free of cycles and of outputs that overlap.
/// </summary>
public sealed class StageGraph
{
    private readonly int[][] producers, consumers;
    private readonly Dictionary<StageDefinition, int> numbers = new(ReferenceEqualityComparer.Instance);
    private int[]? rank;

    private StageGraph(StageSet set)
    {
        Set = set;
        // A stable sort: the stages of a file stay in their order.
        Stages = [.. set.Stages.OrderBy(stage => stage.MetadataPath, WalkOrder.Instance)];
        for (var i = 0; i < Stages.Count; i++)
            numbers.Add(Stages[i], i);
        var builder = new StageGraphBuilder(Stages);
        producers = builder.Build();
        Outputs = builder.Outputs;
        consumers = Reverse(producers);
    }

    /// <summary>The stages that it was made of.</summary>
    public StageSet Set { get; }

    /// <summary>All stages: the files of a folder before those of its subfolders, stages in the order of their file.</summary>
    public IReadOnlyList<StageDefinition> Stages { get; }

    internal StageOutputIndex Outputs { get; }

    /// <summary>Connects all stages of a repository.</summary>
    /// <exception cref="DataVersionException">
    /// OutputConflict: an output is claimed twice, or lies inside another. StageCycle. Both name the places with file and line.
    /// </exception>
    public static StageGraph Build(StageSet set) => new(set);

    /// <summary>The stages that make what this one reads, in the order in which it names it.</summary>
    public IReadOnlyList<StageDefinition> ProducersOf(StageDefinition stage) => Array.ConvertAll(producers[numbers[stage]], i => Stages[i]);

    /// <summary>The stages that read what this one makes, in the order of <see cref="Stages"/>.</summary>
    public IReadOnlyList<StageDefinition> ConsumersOf(StageDefinition stage) => Array.ConvertAll(consumers[numbers[stage]], i => Stages[i]);

    /// <summary>The stages that must have ended before this one begins: its producers; none when it is frozen.</summary>
    public IReadOnlyList<StageDefinition> RunsAfter(StageDefinition stage) => stage.Frozen ? [] : ProducersOf(stage);

    /// <summary>
    /// What belongs to the named stages, in the order in which it is run: producers first, else as in <see cref="Stages"/>.
    /// A frozen stage does not lead to what it reads.
    /// </summary>
    public IReadOnlyList<StageDefinition> Order(IEnumerable<StageDefinition> targets, StageScope scope = StageScope.Upstream) =>
        Collect(targets, scope, Active(producers), true);

    /// <summary>The same for display: frozen stages keep their connections.</summary>
    public IReadOnlyList<StageDefinition> Related(IEnumerable<StageDefinition> targets, StageScope scope) => Collect(targets, scope, producers, false);

    private StageDefinition[] Collect(IEnumerable<StageDefinition> targets, StageScope scope, int[][] edges, bool isActive)
    {
        var chosen = new bool[Stages.Count];
        var open = new Stack<int>();
        foreach (var target in targets)
            Choose(numbers[target]);
        var back = scope is StageScope.Downstream or StageScope.Pipeline ? isActive ? Reverse(edges) : consumers : null;
        while (scope != StageScope.Single && open.TryPop(out var stage))
        {
            if (scope != StageScope.Downstream)
                foreach (var producer in edges[stage])
                    Choose(producer);
            foreach (var consumer in back?[stage] ?? [])
                Choose(consumer);
        }
        if (scope != StageScope.Single)
            return [.. PostOrder(edges, chosen).Select(i => Stages[i])];
        // Stages that are connected through others still come in the order of the whole.
        return [.. Enumerable.Range(0, chosen.Length).Where(i => chosen[i]).OrderBy(i => Rank()[i]).Select(i => Stages[i])];

        void Choose(int stage)
        {
            if (!chosen[stage])
            {
                chosen[stage] = true;
                open.Push(stage);
            }
        }
    }

    private int[] Rank()
    {
        if (rank is not null)
            return rank;
        var result = new int[Stages.Count];
        var position = 0;
        foreach (var stage in PostOrder(producers, null))
            result[stage] = position++;
        return rank = result;
    }

    // Depth first, producers before the stage; only through what was chosen. Without recursion: chains may be long.
    private static List<int> PostOrder(int[][] edges, bool[]? chosen)
    {
        var order = new List<int>(edges.Length);
        var seen = new bool[edges.Length];
        var path = new Stack<(int Stage, int Next)>();
        for (var root = 0; root < edges.Length; root++)
        {
            Enter(root);
            while (path.TryPop(out var step))
                if (step.Next == edges[step.Stage].Length)
                    order.Add(step.Stage);
                else
                {
                    path.Push((step.Stage, step.Next + 1));
                    Enter(edges[step.Stage][step.Next]);
                }
        }
        return order;

        void Enter(int stage)
        {
            if (seen[stage] || chosen is not null && !chosen[stage])
                return;
            seen[stage] = true;
            path.Push((stage, 0));
        }
    }

    private int[][] Active(int[][] edges)
    {
        var active = (int[][])edges.Clone();
        for (var i = 0; i < active.Length; i++)
            if (Stages[i].Frozen)
                active[i] = [];
        return active;
    }

    private static int[][] Reverse(int[][] edges)
    {
        var counts = new int[edges.Length];
        foreach (var ends in edges)
            foreach (var end in ends)
                counts[end]++;
        var reversed = Array.ConvertAll(counts, count => new int[count]);
        Array.Clear(counts);
        for (var i = 0; i < edges.Length; i++)
            foreach (var end in edges[i])
                reversed[end][counts[end]++] = i;
        return reversed;
    }
}
