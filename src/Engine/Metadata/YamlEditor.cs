namespace DataVersion.Engine.Metadata;

/// <summary>
/// Changes a YAML text to a new value as DVC does (DVC spec 2.5): comments, the order of keys, brackets, block texts and the
/// spelling of numbers stay; quotes and indentation become DVC's.
/// </summary>
public static class YamlEditor
{
    /// <summary>
    /// The new text. Known keys keep their place, new ones go to the end of their map, vanished ones go; lists of equal
    /// length are changed element by element, others are replaced.
    /// </summary>
    /// <param name="originalText">The text to change.</param>
    /// <param name="desired">What the new text must mean.</param>
    /// <param name="fileNameForErrors">The file to name when the original text is no YAML.</param>
    public static string Update(string originalText, YamlMap desired, string fileNameForErrors = "")
    {
        var merged = Merge(Load(originalText, fileNameForErrors), desired);
        var text = YamlWriter.Write(merged, keepLook: true);
        // Comments are kept as well as they can be; what the file says must be right in any case.
        if (Means(text, desired, fileNameForErrors))
            return text;
        text = YamlWriter.Write(merged);
        return Means(text, desired, fileNameForErrors) ? text : YamlWriter.Write(desired);
    }

    /// <summary>The text after a change of its tree. New nodes are written in DVC's style, untouched ones stay as they are.</summary>
    internal static string Rewrite(string originalText, string fileNameForErrors, Action<YamlMap> change)
    {
        var root = Load(originalText, fileNameForErrors) as YamlMap
            ?? throw new MetadataFormatException(DataErrorKind.MetadataInvalid, fileNameForErrors, 1, 1, "the file must be a map.");
        change(root);
        var text = YamlWriter.Write(root, keepLook: true);
        var plain = YamlWriter.Write(root);
        return Means(text, YamlReader.Parse(plain, fileNameForErrors), fileNameForErrors) ? text : plain;
    }

    private static YamlNode Load(string text, string fileName)
    {
        text = text.Replace("\r\n", "\n").TrimStart('\uFEFF');
        var root = YamlReader.Parse(text, fileName, DataErrorKind.MetadataInvalid, keepMergeKeys: true);
        YamlComments.Attach(text, root);
        return root;
    }

    /// <summary>Whether a text can be read and says this.</summary>
    internal static bool Means(string text, YamlNode desired, string fileName)
    {
        try
        {
            return YamlNode.SameValue(YamlReader.Parse(text, fileName), desired);
        }
        catch (MetadataFormatException)
        {
            return false;
        }
    }

    private static YamlNode Merge(YamlNode old, YamlNode desired)
    {
        if (YamlNode.SameValue(old, desired))
            return old;
        switch (old, desired)
        {
            case (YamlMap oldMap, YamlMap newMap):
                return MergeMaps(oldMap, newMap);
            case (YamlSequence oldList, YamlSequence newList):
                var isElementwise = oldList.Items.Count == newList.Items.Count;
                if (isElementwise)
                    return new YamlSequence(oldList.Items.Zip(newList.Items, Merge)) { Look = oldList.Look };
                // The brackets and the comment at the key belong to the list itself, the others to elements that go.
                if (oldList.Look is { } look)
                    (look.BeforeItem, look.AfterItem) = (null, null);
                return new YamlSequence(newList.Items.Select(YamlCopy.WithoutLook)) { Look = oldList.Look };
            // A block text stays one.
            case (YamlScalar { Look: { BlockLines: not null } block }, YamlScalar { AsText: { Length: > 0 } text }):
                return new YamlScalar(text) { Look = YamlBlockText.Of(text, block.Style) };
            default:
                return YamlCopy.WithoutLook(desired);
        }
    }

    private static YamlMap MergeMaps(YamlMap oldMap, YamlMap newMap)
    {
        var merged = new YamlMap { Look = oldMap.Look };
        var inherited = Inherited(oldMap);
        foreach (var (key, value) in oldMap.Entries)
            if (IsMergeKey(key))
            {
                // A key that comes in by the merge and must go cannot go alone.
                if (inherited.Entries.All(entry => newMap.TryGet(entry.Key, out _)))
                    merged.Set(key, value);
                else
                    inherited = new YamlMap();
            }
            else if (newMap.TryGet(key, out var wanted))
                merged.Set(key, Merge(value, wanted));
        foreach (var (key, value) in newMap.Entries)
            if (!merged.TryGet(key, out _) && !(inherited.TryGet(key, out var given) && YamlNode.SameValue(given, value)))
                merged.Set((YamlScalar)YamlCopy.WithoutLook(key), YamlCopy.WithoutLook(value));
        return merged;
    }

    private static bool IsMergeKey(YamlScalar key) => key is { AsText: "<<", Look.Style: YamlStyle.Plain };

    // What the merge keys of a map bring in.
    private static YamlMap Inherited(YamlMap map)
    {
        var result = new YamlMap();
        foreach (var (key, value) in map.Entries)
            if (IsMergeKey(key))
                foreach (var source in (value is YamlSequence list ? list.Items : [value]).OfType<YamlMap>().Reverse())
                    foreach (var (name, inner) in Inherited(source).Entries.Concat(source.Entries.Where(entry => !IsMergeKey(entry.Key))))
                        result.Set(name, inner);
        return result;
    }
}
