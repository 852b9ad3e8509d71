using System.Globalization;

namespace DataVersion.Engine.Metadata;

/// <summary>Finds the maps and lists that occur more than once in a tree, and names them.</summary>
internal static class YamlAnchors
{
    /// <summary>Names by node, <c>id001</c> on, in the order in which their second occurrence comes up: DVC's order.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="keepNames">Keep the names that the text gave.</param>
    public static Dictionary<YamlNode, string> Of(YamlNode root, bool keepNames = false)
    {
        var names = new Dictionary<YamlNode, string>(ReferenceEqualityComparer.Instance);
        var seen = new HashSet<YamlNode>(ReferenceEqualityComparer.Instance);
        var next = 1;
        Visit(root);
        return names;

        void Visit(YamlNode node)
        {
            if (node is YamlScalar)
                return;
            var isFirst = seen.Add(node);
            var given = keepNames && node.Look?.Anchor is { } name && !IsGenerated(name) ? name : null;
            if ((!isFirst || given is not null && node.Look!.KeepsAnchor) && !names.ContainsKey(node))
                names.Add(node, given ?? "id" + next++.ToString("000", CultureInfo.InvariantCulture));
            if (!isFirst)
                return;
            if (node is YamlMap map)
                foreach (var entry in map.Entries)
                    Visit(entry.Value);
            else if (node is YamlSequence sequence)
                foreach (var item in sequence.Items)
                    Visit(item);
        }
    }

    // Names that a program gave are given anew.
    private static bool IsGenerated(string name) =>
        name.Length >= 5 && name.StartsWith("id", StringComparison.Ordinal) && name.AsSpan(2).ContainsAnyExceptInRange('0', '9') == false;
}
