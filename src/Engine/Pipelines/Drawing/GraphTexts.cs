using System.Globalization;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Pipelines.Drawing;

/// <summary>The graph in the languages of two drawing programs, as <c>dvc dag --dot</c> and <c>dvc dag --mermaid</c> write it.</summary>
internal static class GraphTexts
{
    /// <summary>The graph for Graphviz. Quotes in names are escaped, which DVC leaves out.</summary>
    public static string Dot(DrawnGraph graph)
    {
        var text = new StringBuilder("strict digraph  {\n");
        foreach (var label in graph.Labels)
            text.Append(Quoted(label)).Append(";\n");
        var consumers = graph.Consumers();
        for (var i = 0; i < consumers.Count; i++)
            foreach (var consumer in consumers[i])
                text.Append(Quoted(graph.Labels[i])).Append(" -> ").Append(Quoted(graph.Labels[consumer])).Append(";\n");
        return text.Append("}\n").ToString();

        static string Quoted(string label) => "\"" + label.Replace("\"", "\\\"") + "\"";
    }

    /// <summary>The graph for Mermaid: one connected part after the other, names by code points.</summary>
    public static string Mermaid(DrawnGraph graph)
    {
        var text = new StringBuilder("flowchart TD");
        var ids = new string[graph.Labels.Count];
        var count = 0;
        foreach (var group in graph.Groups())
        {
            int[] sorted = [.. group.OrderBy(i => graph.Labels[i], Utf8Order.Instance)];
            foreach (var node in sorted)
            {
                ids[node] = "node" + (++count).ToString(CultureInfo.InvariantCulture);
                text.Append("\n\t").Append(ids[node]).Append("[\"").Append(graph.Labels[node].Replace("\"", "#quot;")).Append("\"]");
            }
            var edges = group.SelectMany(consumer => graph.Producers[consumer].Select(producer => (Producer: producer, Consumer: consumer)))
                .OrderBy(edge => graph.Labels[edge.Producer], Utf8Order.Instance).ThenBy(edge => graph.Labels[edge.Consumer], Utf8Order.Instance);
            foreach (var (producer, consumer) in edges)
                text.Append("\n\t").Append(ids[producer]).Append("-->").Append(ids[consumer]);
        }
        return text.Append('\n').ToString();
    }
}
