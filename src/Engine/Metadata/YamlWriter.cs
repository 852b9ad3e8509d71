using System.Globalization;

namespace DataVersion.Engine.Metadata;

/// <summary>
/// Writes YAML byte for byte as DVC 3.x does: block style, maps indented by two, list dashes below their key, plain text
/// where it may be, otherwise single or double quotes, lines folded at 80, anchors <c>id001</c> for nodes that occur twice.
/// </summary>
public sealed class YamlWriter
{
    // 127 less the five of the tag "!!str", which DVC's writer counts although it does not write it.
    private const int LongestSimpleKey = 122;
    private readonly YamlOutput output = new();
    private readonly Dictionary<YamlNode, string> anchors;
    private readonly HashSet<YamlNode> written = new(ReferenceEqualityComparer.Instance);

    private YamlWriter(YamlNode root) => anchors = YamlAnchors.Of(root);

    /// <summary>The whole text, with a line feed at its end. How the nodes looked in a text they came from is forgotten.</summary>
    public static string Write(YamlNode root)
    {
        var writer = new YamlWriter(root);
        writer.Value(root, 0, Place.Root);
        return writer.output.Finish();
    }

    private enum Place
    {
        Root,
        // Behind "key:".
        MapValue,
        // Behind "- " or ": " of a long key: the first line of a collection stands on the same line.
        Inline,
    }

    /// <param name="node">What to write.</param>
    /// <param name="indent">Column of the map's keys or, behind a dash, the column behind it.</param>
    /// <param name="place">What stands before it.</param>
    /// <param name="isItem">The node is an element of a list.</param>
    private void Value(YamlNode node, int indent, Place place, bool isItem = false)
    {
        var isNamed = anchors.TryGetValue(node, out var anchor);
        if (isNamed)
        {
            output.Separate();
            if (!written.Add(node))
            {
                output.Put("*" + anchor);
                return;
            }
            output.Put("&" + anchor);
        }
        switch (node)
        {
            case YamlScalar scalar:
                // In a list DVC leaves a space behind the dash of an empty value.
                if (isItem || scalar.Kind != YamlScalarKind.Null)
                    output.Separate();
                Scalar(scalar, place == Place.MapValue ? indent + 2 : indent, isKey: false);
                break;
            case YamlMap { Count: 0 }:
                output.Separate();
                output.Put("{}");
                break;
            case YamlSequence { Items.Count: 0 }:
                output.Separate();
                output.Put("[]");
                break;
            case YamlMap map:
                Map(map, place == Place.MapValue ? indent + 2 : indent, place == Place.Inline && !isNamed);
                break;
            case YamlSequence sequence:
                Sequence(sequence, indent, place == Place.Inline && !isNamed);
                break;
        }
    }

    private void Map(YamlMap map, int indent, bool startsInline)
    {
        foreach (var (key, value) in map.Entries)
        {
            if (startsInline)
                output.Separate();
            else
                output.NewLine(indent);
            startsInline = false;
            if (IsSimpleKey(key))
            {
                Scalar(key, indent + 2, isKey: true);
                output.Put(":");
                Value(value, indent, Place.MapValue);
                continue;
            }
            output.Put("? ");
            Scalar(key, indent + 2, isKey: false);
            output.NewLine(indent);
            output.Put(":");
            Value(value, indent + 2, Place.Inline);
        }
    }

    private void Sequence(YamlSequence sequence, int indent, bool startsInline)
    {
        foreach (var item in sequence.Items)
        {
            if (startsInline)
                output.Separate();
            else
                output.NewLine(indent);
            startsInline = false;
            output.Put("-");
            Value(item, indent + 2, Place.Inline, isItem: true);
        }
    }

    private void Scalar(YamlScalar scalar, int indent, bool isKey)
    {
        if (scalar.Kind != YamlScalarKind.String)
        {
            output.Plain(TextOf(scalar, isKey), indent, fold: false);
            return;
        }
        var text = scalar.AsText!;
        var rules = YamlScalarRules.Of(text, inFlow: false);
        if (rules.AllowsPlain)
            output.Plain(text, indent, !isKey);
        else if (rules.HasSpecial || rules.HasBreak || text.Contains('\''))
            output.DoubleQuoted(text, indent, !isKey);
        else
            output.SingleQuoted(text, indent, !isKey);
    }

    private static string TextOf(YamlScalar scalar, bool isKey) => scalar.Value switch
    {
        null => isKey ? "null" : "",
        bool flag => flag ? "true" : "false",
        double number => PythonFloat.FormatYaml(number),
        var other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
    };

    // Keys are counted in code points; a long or multi-line one is written behind "? ".
    private static bool IsSimpleKey(YamlScalar key)
    {
        if (key.Kind != YamlScalarKind.String)
            return true;
        var text = key.AsText!;
        return text.Length - text.Count(char.IsLowSurrogate) <= LongestSimpleKey && !text.Contains('\n');
    }
}
