using System.Text;

namespace DataVersion.Engine.Pipelines.Drawing;

/// <summary>
/// Draws a graph for the console, one line per node, what is made above what reads it. From a filled circle a line goes down to
/// everything that depends on it; nothing depends on an empty circle. Each node of which something below still depends
/// keeps a column, so a chain needs one column and a fan two, whatever their length.
/// <code>
/// ● prepare
/// ├─● left
/// ● │ right
/// ●─╯ join
/// ├─○ report
/// ╰─○ upload
/// </code>
/// </summary>
internal sealed class GraphLines
{
    private const int Free = -1;
    private readonly DrawnGraph graph;
    private readonly int[] readers, left, columnOf;
    private readonly List<int> columns = [];

    private GraphLines(DrawnGraph graph)
    {
        this.graph = graph;
        readers = [.. graph.Consumers().Select(consumers => consumers.Count)];
        left = [.. readers];
        columnOf = new int[left.Length];
    }

    /// <summary>The lines, without line feeds.</summary>
    /// <param name="graph">The graph; its nodes are drawn in their order, in which what a node depends on stands before it.</param>
    public static IReadOnlyList<string> Draw(DrawnGraph graph)
    {
        var drawing = new GraphLines(graph);
        return [.. Enumerable.Range(0, graph.Labels.Count).Select(drawing.Line)];
    }

    private string Line(int node)
    {
        // The columns of what it depends on; those that nothing else needs end here, and it takes the first of them.
        var sources = new SortedSet<int>();
        var ends = new SortedSet<int>();
        foreach (var producer in graph.Producers[node])
        {
            sources.Add(columnOf[producer]);
            if (--left[producer] == 0)
                ends.Add(columnOf[producer]);
        }
        // The last leaf of a fan hangs at its source like the others.
        var takes = ends.Count > 0 && (left[node] > 0 || sources.Count > 1 || readers[graph.Producers[node][0]] == 1);
        var own = takes ? ends.Min : FreeColumn(sources.Count == 0 ? 0 : sources.Min + 1);
        var (from, to) = sources.Count == 0 ? (own, own) : (Math.Min(sources.Min, own), Math.Max(sources.Max, own));
        var text = new StringBuilder();
        for (var i = 0; i < columns.Count; i++)
        {
            var isInside = i >= from && i < to;
            text.Append(i == own ? left[node] > 0 ? '●' : '○'
                : sources.Contains(i) ? Joint(i == from, i == to, ends.Contains(i))
                : columns[i] != Free ? '│' : isInside && i > from ? '─' : ' ');
            text.Append(isInside ? '─' : ' ');
        }
        foreach (var end in ends)
            columns[end] = Free;
        columns[own] = left[node] > 0 ? node : Free;
        columnOf[node] = own;
        while (columns.Count > 0 && columns[^1] == Free)
            columns.RemoveAt(columns.Count - 1);
        return text.ToString().TrimEnd() + " " + graph.Labels[node];
    }

    private static char Joint(bool isFirst, bool isLast, bool ends) => (isFirst, isLast, ends) switch
    {
        (true, _, false) => '├',
        (true, _, true) => '╰',
        (_, true, false) => '┤',
        (_, true, true) => '╯',
        (_, _, false) => '┼',
        _ => '┴',
    };

    private int FreeColumn(int from)
    {
        for (var i = from; i < columns.Count; i++)
            if (columns[i] == Free)
                return i;
        while (columns.Count < from)
            columns.Add(Free);
        columns.Add(Free);
        return columns.Count - 1;
    }
}
