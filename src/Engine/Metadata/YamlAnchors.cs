using System.Globalization;

namespace DataVersion.Engine.Metadata;

/// <summary>Finds the maps and lists that occur more than once in a tree, and names them.</summary>
internal static class YamlAnchors
{
    /// <summary>Names by node, <c>id001</c> on, in the order in which their second occurrence comes up: DVC's order.</summary>
    public static Dictionary<YamlNode, string> Of(YamlNode root)
    {
        var names = new Dictionary<YamlNode, string>(ReferenceEqualityComparer.Instance);
        Visit(root, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance), names);
        return names;
    }

    private static void Visit(YamlNode node, HashSet<YamlNode> seen, Dictionary<YamlNode, string> names)
    {
        if (node is YamlScalar)
            return;
        if (!seen.Add(node))
        {
            if (!names.ContainsKey(node))
                names.Add(node, "id" + (names.Count + 1).ToString("000", CultureInfo.InvariantCulture));
            return;
        }
        if (node is YamlMap map)
            foreach (var entry in map.Entries)
                Visit(entry.Value, seen, names);
        else if (node is YamlSequence sequence)
            foreach (var item in sequence.Items)
                Visit(item, seen, names);
    }
}
