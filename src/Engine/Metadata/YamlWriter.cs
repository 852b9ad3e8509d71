using System.Globalization;

namespace DataVersion.Engine.Metadata;

/// <summary>
/// Writes YAML byte for byte as DVC 3.x does: block style, maps indented by two, list dashes below their key, plain text
/// where it may be, otherwise single or double quotes, lines folded at 80, anchors <c>id001</c> for nodes that occur twice.
/// </summary>
public sealed partial class YamlWriter
{
    // 127 less the five of the tag "!!str", which DVC's writer counts although it does not write it.
    private const int LongestSimpleKey = 122;
    private readonly YamlOutput output = new();
    private readonly Dictionary<YamlNode, string> anchors;
    private readonly HashSet<YamlNode> written = new(ReferenceEqualityComparer.Instance);
    private readonly bool keepsLook;

    private YamlWriter(YamlNode root, bool keepLook)
    {
        keepsLook = keepLook;
        anchors = YamlAnchors.Of(root, keepLook);
    }

    private enum Place
    {
        Root,
        // Behind "key:".
        MapValue,
        // Behind "- " or ": " of a long key: the first line of a collection stands on the same line.
        Inline,
        // In brackets.
        Flow,
    }

    /// <summary>The whole text, with a line feed at its end. How the nodes looked in a text they came from is forgotten.</summary>
    public static string Write(YamlNode root) => Write(root, keepLook: false);

    /// <summary>
    /// The same; with <paramref name="keepLook"/> comments, brackets, block texts and the spelling of numbers stay as they
    /// were, in nodes that came from a text.
    /// </summary>
    internal static string Write(YamlNode root, bool keepLook)
    {
        var writer = new YamlWriter(root, keepLook);
        writer.Lines(writer.LookOf(root)?.Before);
        writer.Value(root, 0, Place.Root);
        writer.Lines(writer.LookOf(root)?.AtEnd);
        return writer.output.Finish();
    }

    /// <param name="node">What to write.</param>
    /// <param name="indent">Column of the map's keys or, behind a dash, the column behind it.</param>
    /// <param name="place">What stands before it.</param>
    /// <param name="isItem">The node is an element of a list.</param>
    /// <param name="after">The comment behind it.</param>
    private void Value(YamlNode node, int indent, Place place, bool isItem = false, YamlComment? after = null)
    {
        var isNamed = anchors.TryGetValue(node, out var anchor);
        if (isNamed)
        {
            output.Separate();
            if (!written.Add(node))
            {
                output.Put("*" + anchor);
                Behind(after);
                return;
            }
            output.Put("&" + anchor);
        }
        switch (node)
        {
            case YamlScalar scalar:
                // In a list DVC leaves a space behind the dash of an empty value.
                if (isItem || place == Place.Flow || scalar.Kind != YamlScalarKind.Null)
                    output.Separate();
                Scalar(scalar, place == Place.MapValue ? indent + 2 : indent, isKey: false, place == Place.Flow);
                Behind(after);
                break;
            case YamlMap map when place == Place.Flow || map.Count == 0 || LookOf(map) is { IsFlow: true }:
                FlowMap(map, place == Place.MapValue ? indent + 2 : indent);
                Behind(after);
                break;
            case YamlSequence list when place == Place.Flow || list.Items.Count == 0 || LookOf(list) is { IsFlow: true }:
                FlowSequence(list, place == Place.MapValue ? indent + 2 : indent);
                Behind(after);
                break;
            // Behind a collection in lines there is nothing: the comment stands behind its key.
            case YamlMap map:
                var isBroken = Behind(after ?? LookOf(map)?.After);
                Map(map, place == Place.MapValue ? indent + 2 : indent, place == Place.Inline && !isNamed && !isBroken);
                break;
            case YamlSequence sequence:
                isBroken = Behind(after ?? LookOf(sequence)?.After);
                Sequence(sequence, indent, place == Place.Inline && !isNamed && !isBroken);
                break;
        }
    }

    private void Map(YamlMap map, int indent, bool startsInline)
    {
        foreach (var (key, value) in map.Entries)
        {
            StartOfLine(indent, LookOf(key)?.Before, ref startsInline);
            if (IsSimpleKey(key))
            {
                Scalar(key, indent + 2, isKey: true);
                output.Put(":");
                Value(value, indent, Place.MapValue, after: LookOf(key)?.After);
            }
            else
            {
                output.Put("? ");
                Scalar(key, indent + 2, isKey: false);
                output.NewLine(indent);
                output.Put(":");
                Value(value, indent + 2, Place.Inline, after: LookOf(key)?.After);
            }
        }
    }

    private void Sequence(YamlSequence sequence, int indent, bool startsInline)
    {
        var look = LookOf(sequence);
        for (var i = 0; i < sequence.Items.Count; i++)
        {
            StartOfLine(indent, look?.BeforeItem?.GetValueOrDefault(i), ref startsInline);
            output.Put("-");
            Value(sequence.Items[i], indent + 2, Place.Inline, isItem: true, look?.AfterItem?.GetValueOrDefault(i));
        }
    }

    private void StartOfLine(int indent, YamlComment? before, ref bool startsInline)
    {
        if (before is not null)
        {
            Lines(before);
            startsInline = false;
        }
        if (startsInline)
            output.Separate();
        else
            output.NewLine(indent);
        startsInline = false;
    }

    private void Scalar(YamlScalar scalar, int indent, bool isKey, bool inFlow = false)
    {
        if (!isKey && !inFlow && LookOf(scalar) is { BlockLines: not null } look)
        {
            Block(scalar, look, indent);
            return;
        }
        if (scalar.Kind != YamlScalarKind.String)
        {
            output.Plain(TextOf(scalar, isKey || inFlow), indent, fold: false);
            return;
        }
        var text = scalar.AsText!;
        var rules = YamlScalarRules.Of(text, inFlow);
        // The merge key stays what it is.
        if (rules.AllowsPlain || isKey && text == "<<" && LookOf(scalar) is { Style: YamlStyle.Plain })
            output.Plain(text, indent, !isKey);
        else if (rules.HasSpecial || rules.HasBreak || text.Contains('\''))
            output.DoubleQuoted(text, indent, !isKey);
        else
            output.SingleQuoted(text, indent, !isKey);
    }

    private string TextOf(YamlScalar scalar, bool spellsNull) => scalar.Value switch
    {
        null => spellsNull ? "null" : "",
        bool flag => flag ? "true" : "false",
        // Numbers keep their spelling: 0x1F, 3.140.
        _ when LookOf(scalar) is not null => scalar.SourceText,
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

    private YamlLook? LookOf(YamlNode node) => keepsLook ? node.Look : null;
}
