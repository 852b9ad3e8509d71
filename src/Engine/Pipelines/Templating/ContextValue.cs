using System.Globalization;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>Where values of a context come from.</summary>
/// <param name="Name">A file, or <c>vars[1]</c>.</param>
/// <param name="IsFile">It is a file.</param>
internal sealed record ContextSource(string Name, bool IsFile);

/// <summary>
/// A value that templates can name, with its origin. Immutable. What lies inside a value is made when it is asked for; only
/// maps that several sources made together, and data with templates in it, hold their parts as values of their own.
/// </summary>
internal sealed class ContextValue
{
    private readonly YamlNode? node;
    private readonly ContextValue? parent;
    private readonly string name;
    private readonly OrderedDictionary<string, ContextValue>? entries;
    private readonly IReadOnlyList<ContextValue>? items;

    /// <summary>A value that was read.</summary>
    /// <param name="node">The value.</param>
    /// <param name="source">Where it was read; null for one that stands where it is used.</param>
    /// <param name="parent">What it lies in.</param>
    /// <param name="name">Its key or index there.</param>
    public ContextValue(YamlNode node, ContextSource? source, ContextValue? parent, string name) =>
        (this.node, Source, this.parent, this.name) = (node, source, parent, name);

    /// <summary>A map of values.</summary>
    public ContextValue(OrderedDictionary<string, ContextValue> entries, ContextValue? origin = null) =>
        (this.entries, Source, parent, name) = (entries, origin?.Source, origin?.parent, origin?.name ?? "");

    /// <summary>A list of values.</summary>
    public ContextValue(IReadOnlyList<ContextValue> items) => (this.items, name) = (items, "");

    /// <summary>Where it was read; null for a value that stands where it is used.</summary>
    public ContextSource? Source { get; }

    /// <summary>Its key path in its source.</summary>
    public string Path => parent is null ? name : parent.Path + "." + name;

    /// <summary>The value is a map.</summary>
    public bool IsMap => entries is not null || node is YamlMap;

    /// <summary>The value is a list.</summary>
    public bool IsList => items is not null || node is YamlSequence;

    /// <summary>The value is neither.</summary>
    public YamlScalar? Scalar => node as YamlScalar;

    /// <summary>Python's name of its type.</summary>
    public string TypeName => IsMap ? "dict" : IsList ? "list" : PythonText.TypeName(node!);

    /// <summary>What lies at a key or at an index, also one from the end; null when nothing does. Only text keys can be named.</summary>
    public ContextValue? Child(string part)
    {
        if (entries is not null)
            return entries.GetValueOrDefault(part);
        if (node is YamlMap map)
            return map.TryGet(part, out var value) ? new ContextValue(value, Source, this, part) : null;
        if (!IsList || !int.TryParse(part, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            return null;
        var count = items?.Count ?? ((YamlSequence)node!).Items.Count;
        index = index < 0 ? index + count : index;
        return index >= 0 && index < count ? Item(index) : null;
    }

    /// <summary>The keys and values of a map.</summary>
    /// <remarks>A map of a parameter file has only its text keys; one that stands in <c>dvc.yaml</c> has all, as texts.</remarks>
    public IEnumerable<(string Key, ContextValue Value)> Entries()
    {
        if (entries is not null)
            foreach (var (key, value) in entries)
                yield return (key, value);
        else
            foreach (var (key, value) in ((YamlMap)node!).Entries)
                if (key.AsText is { } text)
                    yield return (text, new ContextValue(value, Source, this, text));
                else if (Source is null)
                    yield return (PythonText.InTemplate(key), new ContextValue(value, null, this, PythonText.InTemplate(key)));
    }

    /// <summary>The elements of a list.</summary>
    public IEnumerable<ContextValue> Items() => items ?? Enumerable.Range(0, ((YamlSequence)node!).Items.Count).Select(Item);

    /// <summary>The value as one tree.</summary>
    public YamlNode ToNode()
    {
        if (node is not null)
            return node;
        if (items is not null)
            return new YamlSequence(items.Select(item => item.ToNode()));
        var map = new YamlMap();
        foreach (var (key, value) in entries!)
            map.Add(key, value.ToNode());
        return map;
    }

    /// <summary>Two maps as one.</summary>
    /// <exception cref="TemplateFault">Both have a key that is not a map in both.</exception>
    public static ContextValue Merge(ContextValue into, ContextValue other)
    {
        var merged = new OrderedDictionary<string, ContextValue>(StringComparer.Ordinal);
        foreach (var (key, value) in into.Entries())
            merged.Add(key, value);
        foreach (var (key, value) in other.Entries())
            merged[key] = merged.TryGetValue(key, out var known) ? Combine(known, value) : value;
        return new ContextValue(merged, into);
    }

    /// <summary>Two maps as one; any other two values cannot be combined.</summary>
    /// <exception cref="TemplateFault">They are not both maps, or have such a key.</exception>
    public static ContextValue Combine(ContextValue known, ContextValue value) => known.IsMap && value.IsMap ? Merge(known, value)
        : throw new TemplateFault(null, $"cannot redefine '{value.Path}' from '{value.Source?.Name}' as it already exists in '{known.Source?.Name}'");

    private ContextValue Item(int index) => items is not null ? items[index]
        : new ContextValue(((YamlSequence)node!).Items[index], Source, this, index.ToString(CultureInfo.InvariantCulture));
}

/// <summary>Something wrong in a template; whoever knows the stage and the key makes an error of it.</summary>
/// <param name="place">The node to point at; null for the one that is being resolved.</param>
/// <param name="reason">What is wrong, in DVC's words where it has some.</param>
internal sealed class TemplateFault(YamlNode? place, string reason) : Exception(reason)
{
    public YamlNode? Place { get; } = place;

    /// <summary>What DVC says that it failed to do.</summary>
    public string Verb { get; init; } = "parse";

    /// <summary>A file of <c>vars</c> is loaded a second time; DVC names another place for that.</summary>
    public bool IsRepeatedLoad { get; init; }

    /// <summary>The error that users see; its text holds the words of DVC.</summary>
    /// <param name="what">What was being resolved: <c>'stages.train.cmd'</c>.</param>
    /// <param name="file">The <c>dvc.yaml</c>.</param>
    /// <param name="fallback">Where to point when nothing else is known.</param>
    public MetadataFormatException ToError(string what, string file, YamlNode? fallback)
    {
        var at = Place ?? fallback;
        return new MetadataFormatException(DataErrorKind.MetadataInvalid, file, at?.Line ?? 0, at?.Column ?? 0,
            $"failed to {Verb} {what} in '{file}': {Message}",
            "Correct the template, or give the value in 'vars' or in the parameter file, and run the command again.", this);
    }
}
