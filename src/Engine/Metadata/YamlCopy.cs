namespace DataVersion.Engine.Metadata;

/// <summary>
/// Copies trees without what is known of their old text, so that a value from one file does not bring its brackets and
/// comments into another. Nodes that occur several times stay one node.
/// </summary>
internal sealed class YamlCopy
{
    private readonly Dictionary<YamlNode, YamlNode> copies = new(ReferenceEqualityComparer.Instance);

    /// <summary>The copy of a tree.</summary>
    public static YamlNode WithoutLook(YamlNode node) => new YamlCopy().Of(node);

    /// <summary>The copy of a tree; nodes that an earlier tree had too are the same in both copies.</summary>
    public YamlNode Of(YamlNode node)
    {
        if (node is YamlScalar scalar)
            return OfScalar(scalar);
        if (copies.TryGetValue(node, out var known))
            return known;
        YamlNode copy;
        if (node is YamlMap map)
        {
            var copyMap = new YamlMap();
            foreach (var (key, value) in map.Entries)
                copyMap.Set(OfScalar(key), Of(value));
            copy = copyMap;
        }
        else
            copy = new YamlSequence(((YamlSequence)node).Items.Select(Of));
        copies.Add(node, copy);
        return copy;
    }

    private static YamlScalar OfScalar(YamlScalar scalar)
    {
        if (scalar.Look is null)
            return scalar;
        return scalar.Kind == YamlScalarKind.Timestamp
            ? new YamlScalar(scalar.Kind, scalar.Value, scalar.SourceText) : new YamlScalar(scalar.Value);
    }
}
