using System.Globalization;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>One stage of a group.</summary>
/// <param name="Key">What stands behind <c>@</c> in its name.</param>
/// <param name="Item">The value of <c>item</c>.</param>
/// <param name="KeyIsNamed">Templates can name <c>key</c> too.</param>
internal readonly record struct GroupMember(string Key, ContextValue Item, bool KeyIsNamed);

/// <summary>Says which stages a <c>foreach</c> or <c>matrix</c> stands for (DVC spec 7.7).</summary>
internal static class StageGroup
{
    /// <summary>The members in the order of generation; of equal keys the last value, at the place of the first.</summary>
    /// <param name="group">The definition.</param>
    /// <param name="values">Resolves what it goes over.</param>
    /// <exception cref="TemplateFault">A name is not known, or there is nothing to go over.</exception>
    public static IReadOnlyList<GroupMember> Expand(PipelineStage group, Interpolation values)
    {
        var members = new OrderedDictionary<string, GroupMember>(StringComparer.Ordinal);
        foreach (var member in group.Foreach is { } over ? Foreach(values.ResolveValue(over), over) : Matrix(group.Matrix!, values))
            members[member.Key] = member;
        return [.. members.Values];
    }

    /// <summary>The names that the members of a group take from the values of the file; empty for most.</summary>
    public static IEnumerable<string> Hidden(IReadOnlyList<GroupMember> members, PipelineStage group, TemplateContext context) =>
        new[] { "item", "key" }.Where(name => (name == "item" || group.Matrix is not null || members.Any(member => member.KeyIsNamed))
            && context.Find(name) is not null).OrderBy(name => group.Matrix is not null ? name == "item" : name == "key");

    private static IEnumerable<GroupMember> Foreach(ContextValue over, YamlNode place)
    {
        if (over.IsMap)
            return over.Entries().Select(entry => new GroupMember(entry.Key, entry.Value, KeyIsNamed: true));
        if (!over.IsList)
            throw new TemplateFault(place, $"expected list/dictionary, got {over.TypeName}") { Verb = "resolve" };
        var items = over.Items().ToArray();
        var byIndex = items.Any(item => item.Scalar is null);
        return items.Select((item, i) => new GroupMember(byIndex ? i.ToString(CultureInfo.InvariantCulture) : KeyOf(item), item, KeyIsNamed: false));
    }

    private static List<GroupMember> Matrix(YamlNode matrix, Interpolation values)
    {
        if (matrix is not YamlMap map)
            throw new TemplateFault(matrix, "'matrix' must be a map of names to lists");
        var combinations = new List<(string? Key, OrderedDictionary<string, ContextValue> Item)> { (null, new(StringComparer.Ordinal)) };
        foreach (var (name, axis) in map.Entries)
        {
            var (text, items) = (name.SourceText, AxisItems(values.ResolveValue(axis), name, axis));
            var longer = new List<(string?, OrderedDictionary<string, ContextValue>)>(combinations.Count * items.Count);
            foreach (var (key, chosen) in combinations)
                for (var i = 0; i < items.Count; i++)
                {
                    var part = items[i].Scalar is null ? text + i.ToString(CultureInfo.InvariantCulture) : KeyOf(items[i]);
                    longer.Add((key is null ? part : key + "-" + part, new(chosen, StringComparer.Ordinal) { [text] = items[i] }));
                }
            combinations = longer;
        }
        return combinations.ConvertAll(combination => new GroupMember(combination.Key ?? "", new ContextValue(combination.Item), KeyIsNamed: true));
    }

    // Python goes over the keys of a map, and over the characters of a text.
    private static IReadOnlyList<ContextValue> AxisItems(ContextValue axis, YamlScalar name, YamlNode place)
    {
        if (axis.IsList)
            return [.. axis.Items()];
        if (axis.IsMap)
            return [.. axis.Entries().Select(entry => Plain(entry.Key))];
        if (axis is { Source: null, Scalar.AsText: { } text })
            return [.. text.EnumerateRunes().Select(rune => Plain(rune.ToString()))];
        throw new TemplateFault(place, $"the axis '{name}' must be a list, got {axis.TypeName}");

        static ContextValue Plain(string text) => new(new YamlScalar(text), null, null, "");
    }

    // DVC spells a flag that comes from a file as Python does, and one that stands in the list itself as YAML does.
    private static string KeyOf(ContextValue item) => item.Source is null ? PythonText.InTemplate(item.Scalar!) : PythonText.Of(item.Scalar!);
}
