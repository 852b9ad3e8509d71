using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DataVersion.Engine.Metadata;

/// <summary>Reads one YAML document with the types that DVC gives to scalars. The only place that knows the YAML library.</summary>
public static class YamlReader
{
    /// <summary>Deepest nesting that is read; DVC's own files have less than 20 levels.</summary>
    public const int MaximumDepth = 200;

    /// <summary>How many nodes the aliases of a document may stand for when they are written out.</summary>
    public const long MaximumAliasedNodes = 1_000_000;

    /// <summary>Parses a text. An empty document is an empty map.</summary>
    /// <param name="text">The whole text, without a byte order mark or with one.</param>
    /// <param name="fileNameForErrors">The file to name in errors.</param>
    /// <param name="kind">The kind of error to raise.</param>
    /// <exception cref="MetadataFormatException">
    /// The text is no YAML, holds several documents, a key twice, an unknown tag, a list or map as key, or nests too deeply;
    /// with line and column.
    /// </exception>
    public static YamlNode Parse(string text, string fileNameForErrors, DataErrorKind kind = DataErrorKind.MetadataInvalid) =>
        Parse(text, fileNameForErrors, kind, keepMergeKeys: false);

    /// <summary>The same; with <paramref name="keepMergeKeys"/> a merge key stays an ordinary key, for the editor.</summary>
    internal static YamlNode Parse(string text, string fileNameForErrors, DataErrorKind kind, bool keepMergeKeys)
    {
        if (text.StartsWith('\uFEFF'))
            text = text[1..];
        var star = HideStars(ref text);
        var builder = new Builder(new Parser(new Scanner(new StringReader(text), skipComments: true)), fileNameForErrors, kind, keepMergeKeys, star);
        try
        {
            return builder.Document();
        }
        catch (YamlException error)
        {
            // The library's message repeats the place in its own words. Of a wrong tab it tells the list or map it is in.
            var (line, column) = error.Message.Contains("tab", StringComparison.Ordinal) && FirstTab(text) is { } tab
                ? tab : ((int)error.Start.Line, (int)error.Start.Column);
            throw new MetadataFormatException(kind, fileNameForErrors, line, column,
                $"not valid YAML: {error.Message.TrimEnd('.')}.", HasBareTemplate(text, line)
                    ? "Inside of [ ] and { } put quotes around text with a template: ['${item}.bin']." : null, error);
        }
    }

    // A template begins with a brace, which means a map inside of brackets.
    private static bool HasBareTemplate(string text, int line)
    {
        foreach (var current in text.AsSpan().EnumerateLines())
            if (--line == 0)
                return current.IndexOfAny('[', '{') is >= 0 and var bracket && current[bracket..].Contains("${", StringComparison.Ordinal);
        return false;
    }

    // The first tab that stands in front of everything else on its line.
    private static (int Line, int Column)? FirstTab(string text)
    {
        var number = 0;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            number++;
            if (line.IndexOfAnyExcept(' ') is >= 0 and var at && line[at] == '\t')
                return (number, at + 1);
        }
        return null;
    }

    /// <summary>
    /// The library takes a star behind a space for an alias also in the middle of a plain text, and then overlooks the colon
    /// behind a key (<c>a *b: 1</c>). Such stars are replaced, one for one, by a character that the text does not hold.
    /// </summary>
    private static char HideStars(ref string text)
    {
        StringBuilder? changed = null;
        var standIn = '\uE000';
        for (var at = text.IndexOf(" *", StringComparison.Ordinal); at >= 0; at = text.IndexOf(" *", at + 1, StringComparison.Ordinal))
        {
            // An alias can stand behind a colon, in brackets, and where nothing but dashes and question marks stands before it.
            var line = text.AsSpan(0, at);
            line = line[(line.LastIndexOf('\n') + 1)..].TrimEnd(' ');
            if (line.IsEmpty || line[^1] is ':' or ',' or '[' or '{' || line.TrimStart(" -?:").IsEmpty)
                continue;
            if (changed is null)
            {
                changed = new StringBuilder(text);
                while (text.Contains(standIn))
                    standIn++;
            }
            changed[at + 1] = standIn;
        }
        text = changed?.ToString() ?? text;
        return changed is null ? '*' : standIn;
    }

    private sealed class Builder(IParser parser, string file, DataErrorKind kind, bool keepMergeKeys, char star)
    {
        private readonly Dictionary<AnchorName, (YamlNode? Node, long Size)> anchors = [];
        private long aliased;
        private long size;

        public YamlNode Document()
        {
            parser.Consume<StreamStart>();
            if (parser.TryConsume<StreamEnd>(out _))
                return new YamlMap { Line = 1, Column = 1 };
            parser.Consume<DocumentStart>();
            var root = Node(0);
            parser.Consume<DocumentEnd>();
            if (parser.TryConsume<DocumentStart>(out var second))
                throw Error(second.Start, "the file holds more than one YAML document.");
            return root is YamlScalar { Kind: YamlScalarKind.Null } ? new YamlMap { Line = 1, Column = 1 } : root;
        }

        private YamlNode Node(int depth)
        {
            if (parser.TryConsume<AnchorAlias>(out var alias))
                return Alias(alias);
            var before = size++;
            if (depth > MaximumDepth)
                throw Error(parser.Current!.Start, $"more than {MaximumDepth} levels of nesting.");
            var anchor = ((NodeEvent)parser.Current!).Anchor;
            if (!anchor.IsEmpty)
                anchors[anchor] = (null, 0);
            YamlNode node = parser.Current switch
            {
                Scalar => ReadScalar(parser.Consume<Scalar>()),
                SequenceStart => ReadSequence(depth),
                _ => ReadMap(depth),
            };
            if (!anchor.IsEmpty)
                anchors[anchor] = (node, size - before);
            return node;
        }

        private YamlNode Alias(AnchorAlias alias)
        {
            if (!anchors.TryGetValue(alias.Value, out var target))
                throw Error(alias.Start, $"the alias '*{alias.Value}' has no anchor before it.");
            if (target.Node is null)
                throw Error(alias.Start, $"the alias '*{alias.Value}' stands inside its own anchor.");
            size += target.Size;
            aliased += target.Size;
            if (aliased > MaximumAliasedNodes)
                throw Error(alias.Start, $"the aliases of this file stand for more than {MaximumAliasedNodes} nodes.");
            return target.Node;
        }

        private YamlSequence ReadSequence(int depth)
        {
            var start = parser.Consume<SequenceStart>();
            CheckTag(start, "tag:yaml.org,2002:seq");
            var sequence = new YamlSequence
            {
                Line = (int)start.Start.Line, Column = (int)start.Start.Column,
                Look = LookOf(start, start.Style == SequenceStyle.Flow ? YamlStyle.Flow : YamlStyle.Plain),
            };
            while (!parser.Accept<SequenceEnd>(out _))
                sequence.Items.Add(Node(depth + 1));
            sequence.Look!.End = (int)parser.Consume<SequenceEnd>().End.Index;
            sequence.Look.WasEmpty = sequence.Items.Count == 0;
            return sequence;
        }

        private YamlMap ReadMap(int depth)
        {
            var start = parser.Consume<MappingStart>();
            CheckTag(start, "tag:yaml.org,2002:map");
            var own = NewMap();
            List<(YamlNode Node, Mark Place)>? merged = null;
            while (!parser.Accept<MappingEnd>(out _))
            {
                var place = parser.Current!.Start;
                var isMerge = !keepMergeKeys && parser.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain } scalar && scalar.Tag.IsEmpty;
                if (Node(depth + 1) is not YamlScalar key)
                    throw Error(place, "a key of a map must be a single value.");
                if (isMerge)
                {
                    if (merged is not null)
                        throw Error(place, "the merge key '<<' stands twice in one map.");
                    merged = [];
                    var value = Node(depth + 1);
                    foreach (var node in value is YamlSequence list ? list.Items : [value])
                        merged.Add((node, place));
                    continue;
                }
                if (own.TryGet(key, out _))
                    throw Error(place, $"the key '{key.SourceText}' stands twice in one map.");
                var entry = Node(depth + 1);
                if (key is { AsText: "<<", Look.Style: YamlStyle.Plain })
                    foreach (var source in entry is YamlSequence sources ? sources.Items : [entry])
                        source.Look!.KeepsAnchor = true;
                own.Set(key, entry);
            }
            own.Look!.End = (int)parser.Consume<MappingEnd>().End.Index;
            own.Look.WasEmpty = own.Count == 0;
            return merged is null ? own : Merge(own, merged);

            YamlMap NewMap() => new()
            {
                Line = (int)start.Start.Line, Column = (int)start.Start.Column,
                Look = LookOf(start, start.Style == MappingStyle.Flow ? YamlStyle.Flow : YamlStyle.Plain),
            };

            YamlMap Merge(YamlMap ownKeys, List<(YamlNode Node, Mark Place)> sources)
            {
                // The order of DVC: merged keys first, of several maps the last one first; an own key takes the place of a merged one.
                var map = NewMap();
                map.Look!.End = ownKeys.Look!.End;
                for (var i = sources.Count - 1; i >= 0; i--)
                {
                    if (sources[i].Node is not YamlMap source)
                        throw Error(sources[i].Place, "the merge key '<<' takes a map or a list of maps.");
                    foreach (var (key, value) in source.Entries)
                        map.Set(key, value);
                }
                foreach (var (key, value) in ownKeys.Entries)
                    map.Set(key, value);
                return map;
            }
        }

        private YamlScalar ReadScalar(Scalar scalar)
        {
            var text = scalar.Value.Replace(star, '*');
            var scalarKind = scalar.Style is ScalarStyle.Plain && (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific)
                ? YamlTyping.KindOf(text) : YamlScalarKind.String;
            if (!scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific)
                scalarKind = scalar.Tag.Value switch
                {
                    "tag:yaml.org,2002:str" => YamlScalarKind.String,
                    "tag:yaml.org,2002:int" => YamlScalarKind.Integer,
                    "tag:yaml.org,2002:float" => YamlScalarKind.Float,
                    "tag:yaml.org,2002:bool" => YamlScalarKind.Boolean,
                    "tag:yaml.org,2002:null" => YamlScalarKind.Null,
                    "tag:yaml.org,2002:timestamp" => YamlScalarKind.Timestamp,
                    _ => throw UnknownTag(scalar),
                };
            if (scalar.Style == ScalarStyle.Plain && (text.Contains(": ", StringComparison.Ordinal) || text.EndsWith(':')))
                throw Error(scalar.Start, $"the text '{text}' holds a colon; put it in quotes.");
            object? value;
            var isTyped = scalarKind is YamlScalarKind.String or YamlScalarKind.Timestamp or YamlScalarKind.Null
                || YamlTyping.KindOf(text) == scalarKind || (scalarKind, YamlTyping.KindOf(text)) is (YamlScalarKind.Float, YamlScalarKind.Integer);
            if (!isTyped || !YamlTyping.TryConvert(text, scalarKind, out value))
                throw Error(scalar.Start, $"'{text}' is not a value of the type {scalarKind}.");
            return new YamlScalar(scalarKind, value, text)
            {
                Line = (int)scalar.Start.Line, Column = (int)scalar.Start.Column,
                Look = LookOf(scalar, scalar.Style switch
                {
                    ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted => YamlStyle.Quoted,
                    ScalarStyle.Literal => YamlStyle.Literal,
                    ScalarStyle.Folded => YamlStyle.Folded,
                    _ => YamlStyle.Plain,
                }),
            };
        }

        private static YamlLook LookOf(NodeEvent node, YamlStyle style) => new()
        {
            Style = style,
            Anchor = node.Anchor.IsEmpty ? null : node.Anchor.Value,
            Start = (int)node.Start.Index,
            End = (int)node.End.Index,
        };

        private void CheckTag(NodeEvent node, string allowed)
        {
            if (!node.Tag.IsEmpty && !node.Tag.IsNonSpecific && node.Tag.Value != allowed)
                throw UnknownTag(node);
        }

        private MetadataFormatException UnknownTag(NodeEvent node) =>
            Error(node.Start, $"the tag '{node.Tag}' is not known here.");

        private MetadataFormatException Error(Mark place, string reason) =>
            new(kind, file, (int)place.Line, (int)place.Column, reason);
    }
}
