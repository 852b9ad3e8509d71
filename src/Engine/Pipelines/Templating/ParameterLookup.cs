using System.Globalization;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>Finds values in parameter files by key paths (DVC spec 7.8).</summary>
public static class ParameterLookup
{
    /// <summary>
    /// The value at a path of keys and list indexes with dots between them (<c>model.layers.0</c>, from the end <c>-1</c>); in a
    /// part <c>*</c> and <c>?</c> stand for any text and any character, <c>[ab]</c> for one of these, and a part <c>**</c> for
    /// any number of parts. Null when nothing is there.
    /// </summary>
    /// <param name="root">The content of the file.</param>
    /// <param name="keyPath">The path.</param>
    /// <param name="file">The file that an error names.</param>
    /// <exception cref="DataVersionException">MetadataInvalid: the path fits more than one value, or holds <c>**</c> twice.</exception>
    public static YamlNode? Find(YamlNode root, string keyPath, string file)
    {
        var parts = keyPath.TrimStart('.').Split('.');
        if (keyPath.AsSpan().IndexOfAny('*', '?', '[') < 0)
        {
            YamlNode? at = root;
            foreach (var part in parts)
                at = at is null ? null : Child(at, part);
            return at;
        }
        if (parts.Count(part => part == "**") > 1)
            throw Error(keyPath, file, "only one '**' is allowed.");
        var found = new List<YamlNode>();
        Collect(root, parts, found);
        return found.Count > 1 ? throw Error(keyPath, file, "it fits more than one value.") : found.FirstOrDefault();
    }

    private static YamlNode? Child(YamlNode node, string part)
    {
        switch (node)
        {
            case YamlMap map:
                if (map.TryGet(part, out var value))
                    return value;
                foreach (var (key, inner) in map.Entries)
                    if (key.Kind != YamlScalarKind.String && PythonText.Of(key) == part)
                        return inner;
                return null;
            case YamlSequence list when int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index):
                index = index < 0 ? index + list.Items.Count : index;
                return index >= 0 && index < list.Items.Count ? list.Items[index] : null;
            default:
                return null;
        }
    }

    private static void Collect(YamlNode node, ReadOnlySpan<string> parts, List<YamlNode> found)
    {
        if (found.Count > 1)
            return;
        if (parts.IsEmpty)
        {
            found.Add(node);
            return;
        }
        var part = parts[0];
        var rest = parts[1..];
        if (part == "**")
            Collect(node, rest, found);
        foreach (var (key, inner) in ChildrenOf(node))
            if (part == "**")
                Collect(inner, parts, found);
            else if (GlobPart.Matches(part, key) || node is YamlSequence && Child(node, part) == inner)
                Collect(inner, rest, found);
    }

    private static IEnumerable<(string Key, YamlNode Value)> ChildrenOf(YamlNode node) => node switch
    {
        YamlMap map => map.Entries.Select(entry => (PythonText.Of(entry.Key), entry.Value)),
        YamlSequence list => list.Items.Select((item, i) => (i.ToString(CultureInfo.InvariantCulture), item)),
        _ => [],
    };

    private static DataVersionException Error(string keyPath, string file, string reason) => new(DataErrorKind.MetadataInvalid,
        $"The parameter '{keyPath}' of '{file}' cannot be looked up: {reason}", file, "Name the key without wildcards in 'params' of the stage.");
}
