using System.Collections;
using System.Text.Json.Nodes;

namespace DataVersion.Tests.Fixtures;

/// <summary>One call of a cmdlet: its name, and its parameters as they are splatted.</summary>
internal sealed record CmdletCall(string Name, Hashtable Parameters)
{
    /// <summary>A call without parameters so far.</summary>
    public CmdletCall(string name)
        : this(name, new Hashtable(StringComparer.OrdinalIgnoreCase))
    {
    }

    /// <summary>Adds a parameter unless its value is null or an empty list.</summary>
    public CmdletCall With(string parameter, object? value)
    {
        if (value is not null and not ICollection { Count: 0 })
            Parameters[parameter] = value is List<string> texts ? texts.ToArray() : value;
        return this;
    }

    /// <summary>Adds a switch when the condition holds.</summary>
    public CmdletCall Switch(string parameter, bool condition = true)
    {
        if (condition)
            Parameters[parameter] = true;
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() => Name + string.Concat(Parameters.Cast<DictionaryEntry>()
        .OrderBy(item => item.Key.ToString(), StringComparer.Ordinal)
        .Select(item => $" -{item.Key}:{Text(item.Value)}"));

    private static string Text(object? value) => value switch
    {
        IDictionary map => "@{" + string.Join(';', map.Cast<DictionaryEntry>().Select(item => $"{item.Key}={item.Value ?? "$null"}")) + "}",
        IEnumerable list and not string => string.Join(',', list.Cast<object>()),
        _ => value?.ToString() ?? "$null",
    };
}

/// <summary>What a <c>dvc</c> command line means for us: the calls, and how their objects are shown as DVC prints them.</summary>
/// <param name="Calls">The cmdlets, in order; the first that fails ends the command.</param>
internal sealed record DvcCommand(params CmdletCall[] Calls)
{
    /// <summary>The objects as DVC's standard output; null when the recorded output is prose.</summary>
    public Func<IReadOnlyList<object>, string>? Output { get; init; }

    /// <summary>What the recorded prose says, in the words of <see cref="Output"/>; null when it is compared as it is.</summary>
    public Func<string, string>? Recorded { get; init; }

    /// <summary>What was done before a failure is compared too.</summary>
    public bool ComparesFailures { get; init; }

    /// <summary>The objects as the JSON that DVC prints; compared as data.</summary>
    public Func<IReadOnlyList<object>, JsonNode>? Json { get; init; }

    /// <summary>Leaves of both sides, ours and the recorded, only what can be compared.</summary>
    public Func<JsonNode, JsonNode, (JsonNode Mine, JsonNode Recorded)>? Comparable { get; init; }

    /// <summary>The exit status that success means, from the objects; 0 unless set.</summary>
    public Func<IReadOnlyList<object>, int>? Exit { get; init; }
}
