namespace DataVersion.Engine.Metadata;

/// <summary>Changes a YAML text to a new value with as little change as DVC makes (DVC spec 2.5).</summary>
public static class YamlEditor
{
    /// <summary>The new text.</summary>
    /// <param name="originalText">The text to change.</param>
    /// <param name="desired">What the new text must mean.</param>
    /// <param name="fileNameForErrors">The file to name when the original text is no YAML.</param>
    public static string Update(string originalText, YamlMap desired, string fileNameForErrors = "")
    {
        var original = YamlReader.Parse(originalText, fileNameForErrors);
        return YamlWriter.Write(Merge(original, desired));
    }

    /// <summary>The text after a change of its tree. New nodes are written in DVC's style, untouched ones stay as they are.</summary>
    internal static string Rewrite(string originalText, string fileNameForErrors, Action<YamlMap> change)
    {
        var root = YamlReader.Parse(originalText, fileNameForErrors) as YamlMap
            ?? throw new MetadataFormatException(DataErrorKind.MetadataInvalid, fileNameForErrors, 1, 1, "the file must be a map.");
        change(root);
        return YamlWriter.Write(root);
    }

    // Known keys keep their place, new ones follow, vanished ones go; lists of equal length are merged element by element.
    private static YamlNode Merge(YamlNode old, YamlNode desired)
    {
        switch (old, desired)
        {
            case (YamlMap oldMap, YamlMap newMap):
                var map = new YamlMap();
                foreach (var (key, value) in oldMap.Entries)
                    if (newMap.TryGet(key, out var wanted))
                        map.Set(key, Merge(value, wanted));
                foreach (var (key, value) in newMap.Entries)
                    if (!map.TryGet(key, out _))
                        map.Set(key, value);
                return map;
            case (YamlSequence oldList, YamlSequence newList) when oldList.Items.Count == newList.Items.Count:
                return new YamlSequence(oldList.Items.Zip(newList.Items, Merge));
            default:
                return YamlNode.SameValue(old, desired) ? old : desired;
        }
    }
}
