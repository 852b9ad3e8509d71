namespace DataVersion.Engine.Pipelines.Drawing;

/// <summary>A graph to be drawn: labels, and for each of them what it directly depends on.</summary>
/// <param name="Labels">What the nodes are called.</param>
/// <param name="Producers">Of each node the numbers of those it depends on.</param>
internal sealed record DrawnGraph(IReadOnlyList<string> Labels, IReadOnlyList<IReadOnlyList<int>> Producers)
{
    /// <summary>Of each node the numbers of those that depend on it, ascending.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Consumers()
    {
        var consumers = Labels.Select(_ => new List<int>()).ToArray();
        for (var i = 0; i < Producers.Count; i++)
            foreach (var producer in Producers[i])
                consumers[producer].Add(i);
        return consumers;
    }

    /// <summary>The nodes that hang together, each group and the groups in the order of the nodes.</summary>
    public IEnumerable<IReadOnlyList<int>> Groups()
    {
        var consumers = Consumers();
        var seen = new bool[Labels.Count];
        for (var root = 0; root < seen.Length; root++)
        {
            if (seen[root])
                continue;
            var group = new List<int> { root };
            seen[root] = true;
            for (var i = 0; i < group.Count; i++)
                foreach (var other in Producers[group[i]].Concat(consumers[group[i]]))
                    if (!seen[other])
                    {
                        seen[other] = true;
                        group.Add(other);
                    }
            group.Sort();
            yield return group;
        }
    }
}
