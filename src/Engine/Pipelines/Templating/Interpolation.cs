using System.Text;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>Which values of parameter files templates took: key paths by file, each once, in order of use.</summary>
internal sealed class UsedVariables
{
    private readonly OrderedDictionary<string, OrderedDictionary<string, YamlNode>> files = new(StringComparer.Ordinal);

    public IReadOnlyList<ParameterSelection> Selections => [.. files.Select(file => new ParameterSelection(file.Key, [.. file.Value.Keys]))];

    /// <summary>Notes a value of a file. A whole map counts for nothing, as in DVC.</summary>
    public void Add(ContextValue value)
    {
        if (value.Source is not { IsFile: true } source || value.IsMap)
            return;
        if (!files.TryGetValue(source.Name, out var keys))
            files.Add(source.Name, keys = new(StringComparer.Ordinal));
        keys[value.Path] = value.ToNode();
    }
}

/// <summary>Puts values into the templates of a tree (DVC spec 7.5, 7.6). What holds no template is not copied.</summary>
/// <param name="context">The values.</param>
/// <param name="options">How maps become options.</param>
/// <param name="used">Receives what was taken of files; null when nobody asks.</param>
internal sealed class Interpolation(TemplateContext context, ParsingOptions options, UsedVariables? used)
{
    /// <summary>True when a text or key of the tree may hold a template.</summary>
    public static bool Concerns(YamlNode node)
    {
        switch (node)
        {
            case YamlScalar scalar:
                return scalar.AsText is { } text && TemplateText.IsCandidate(text);
            case YamlSequence list:
                foreach (var item in list.Items)
                    if (Concerns(item))
                        return true;
                return false;
            default:
                foreach (var (key, value) in ((YamlMap)node).Entries)
                    if (Concerns(key) || Concerns(value))
                        return true;
                return false;
        }
    }

    /// <summary>The first text or key of the tree with a template in it; null when there is none.</summary>
    public static YamlNode? FindTemplate(YamlNode node) => node switch
    {
        YamlScalar { AsText: { } text } => TemplateText.IsTemplate(text) ? node : null,
        YamlSequence list => list.Items.Select(FindTemplate).FirstOrDefault(found => found is not null),
        YamlMap map => map.Entries.Select(entry => FindTemplate(entry.Key) ?? FindTemplate(entry.Value)).FirstOrDefault(found => found is not null),
        _ => null,
    };

    /// <summary>Throws when an expression in the tree is none.</summary>
    /// <exception cref="TemplateFault">The first such expression.</exception>
    public static void CheckSyntax(YamlNode node)
    {
        switch (node)
        {
            case YamlScalar { AsText: { } text } when TemplateText.IsCandidate(text):
                for (var at = 0; TemplateText.TryNext(text, at, out var span); at = span.End)
                    PartsOf(text, span, node);
                break;
            case YamlSequence list:
                foreach (var item in list.Items)
                    CheckSyntax(item);
                break;
            case YamlMap map:
                foreach (var (key, value) in map.Entries)
                {
                    CheckSyntax(key);
                    CheckSyntax(value);
                }
                break;
        }
    }

    /// <summary>The tree with values in place of templates; the same tree when it has none.</summary>
    /// <param name="node">The tree.</param>
    /// <param name="section">
    /// The key of the stage that it stands under: only <c>cmd</c> takes maps, and nothing takes lists. Null at the top of the
    /// file, where both may stand alone.
    /// </param>
    /// <exception cref="TemplateFault">A name is not known, or a value cannot stand there.</exception>
    public YamlNode Resolve(YamlNode node, string? section)
    {
        switch (node)
        {
            case YamlScalar { AsText: { } text } scalar:
                return TemplateText.IsCandidate(text) ? ResolveText(scalar, text, section) : node;
            case YamlSequence list:
                YamlSequence? newList = null;
                for (var i = 0; i < list.Items.Count; i++)
                {
                    var item = Resolve(list.Items[i], section);
                    if (newList is null && item == list.Items[i])
                        continue;
                    newList ??= new YamlSequence(list.Items.Take(i)) { Line = list.Line, Column = list.Column };
                    newList.Items.Add(item);
                }
                return newList ?? node;
            case YamlMap map when Concerns(map):
                var newMap = new YamlMap { Line = map.Line, Column = map.Column };
                foreach (var (key, value) in map.Entries)
                    newMap.Set(Resolve(key, section) as YamlScalar
                        ?? throw new TemplateFault(key, "A list or a map cannot be a key"), Resolve(value, section));
                return newMap;
            default:
                return node;
        }
    }

    /// <summary>A tree as a value: what a text that is one template names is taken as it is, with its origin.</summary>
    /// <exception cref="TemplateFault">A name is not known, or a value cannot stand in a text.</exception>
    public ContextValue ResolveValue(YamlNode node)
    {
        if (!Concerns(node))
            return new ContextValue(node, null, null, "");
        switch (node)
        {
            case YamlSequence list:
                return new ContextValue([.. list.Items.Select(ResolveValue)]);
            case YamlMap map:
                var entries = new OrderedDictionary<string, ContextValue>(StringComparer.Ordinal);
                foreach (var (key, value) in map.Entries)
                    entries[PythonText.InTemplate(Resolve(key, null) as YamlScalar ?? throw new TemplateFault(key, "A list or a map cannot be a key"))] = ResolveValue(value);
                return new ContextValue(entries);
            default:
                var text = ((YamlScalar)node).AsText!;
                return TemplateText.TryNext(text, 0, out var span) && span == new TemplateSpan(0, text.Length)
                    ? Select(text, span, node) : new ContextValue(ResolveText((YamlScalar)node, text, null), null, null, "");
        }
    }

    private static YamlScalar Scalar(YamlScalar place, object? value) => new(value) { Line = place.Line, Column = place.Column };

    private YamlNode ResolveText(YamlScalar place, string text, string? section)
    {
        if (!TemplateText.TryNext(text, 0, out var span))
            return TemplateText.Unescape(text) is var plain && plain.Length != text.Length ? Scalar(place, plain) : place;
        if (span == new TemplateSpan(0, text.Length))
        {
            var value = Select(text, span, place);
            CheckType(value, section, place);
            if (value.IsMap && section is not null)
                throw new TemplateFault(place, $"'{text}' alone is no command: options need a program before them");
            return value.Scalar is { } scalar ? Scalar(place, ValueOf(scalar, value, place)) : value.ToNode();
        }
        var result = new StringBuilder();
        var at = 0;
        do
        {
            result.Append(text, at, span.Start - at).Append(TextOf(Select(text, span, place), section, place));
            at = span.End;
        }
        while (TemplateText.TryNext(text, at, out span));
        return Scalar(place, TemplateText.Unescape(result.Append(text, at, text.Length - at).ToString()));
    }

    private string TextOf(ContextValue value, string? section, YamlNode place)
    {
        CheckType(value, section, place);
        if (value.IsMap)
            return CommandOptions.Of(value, options);
        if (value.Scalar is not { } scalar)
            throw new TemplateFault(place, "Cannot interpolate data of type 'list'");
        ValueOf(scalar, value, place);
        return PythonText.InTemplate(scalar);
    }

    private static object? ValueOf(YamlScalar scalar, ContextValue value, YamlNode place) => scalar.Kind != YamlScalarKind.Timestamp ? scalar.Value
        : throw new TemplateFault(place, $"Unsupported value of type 'date' in '{value.Source?.Name}:{value.Path}'; put it in quotes there");

    private static void CheckType(ContextValue value, string? section, YamlNode place)
    {
        if (section is not null && value.Scalar is null && !(value.IsMap && section == "cmd"))
            throw new TemplateFault(place, $"Cannot interpolate data of type '{value.TypeName}'");
    }

    private ContextValue Select(string text, TemplateSpan span, YamlNode place)
    {
        var parts = PartsOf(text, span, place);
        var value = context.Find(parts[0]);
        for (var i = 1; i < parts.Length; i++)
            value = value?.Child(parts[i]);
        if (value is null)
            throw new TemplateFault(place, $"Could not find '{span.Inner(text).ToString().Replace('[', '.').Replace("]", "")}'");
        used?.Add(value);
        return value;
    }

    private static string[] PartsOf(string text, TemplateSpan span, YamlNode place) => TemplateText.Parts(span.Inner(text), out var badAt)
        ?? throw new TemplateFault(place, badAt >= span.Inner(text).Length
            ? $"'{text[span.Start..span.End]}' is not a valid expression: a name is missing before '}}'"
            : $"'{text[span.Start..span.End]}' is not a valid expression: '{span.Inner(text)[badAt]}' cannot stand at character {badAt + 3}");
}
