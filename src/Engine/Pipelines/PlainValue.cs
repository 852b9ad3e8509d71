using System.Collections.Specialized;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>Values of parameter files as users see them: no types of this engine.</summary>
public static class PlainValue
{
    /// <summary>Null, bool, long, double, string, an array, or an ordered dictionary.</summary>
    public static object? Of(YamlNode? node)
    {
        switch (node)
        {
            case YamlMap map:
                var dictionary = new OrderedDictionary(StringComparer.Ordinal);
                foreach (var (key, value) in map.Entries)
                    dictionary[key.SourceText] = Of(value);
                return dictionary;
            case YamlSequence sequence:
                return sequence.Items.Select(Of).ToArray();
            default:
                return (node as YamlScalar)?.Value;
        }
    }

    /// <summary>The commands of a stage, one text each, as they are recorded.</summary>
    public static IReadOnlyList<string> Texts(YamlNode? command) => command switch
    {
        null => [],
        YamlSequence list => [.. list.Items.Select(item => ((YamlScalar)item).SourceText)],
        YamlScalar text => [text.SourceText],
        _ => [],
    };
}
