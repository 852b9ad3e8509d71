using System.Diagnostics.CodeAnalysis;

namespace DataVersion.Engine.Metadata;

/// <summary>One key of a map with its value.</summary>
public readonly record struct YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>A map that keeps the order of its keys.</summary>
public sealed class YamlMap : YamlNode
{
    private const int SmallCount = 8;
    private readonly List<YamlEntry> entries = [];
    private Dictionary<(YamlScalarKind, object?), int>? positions;

    /// <summary>The keys and values in order.</summary>
    public IReadOnlyList<YamlEntry> Entries => entries;

    /// <summary>How many keys there are.</summary>
    public int Count => entries.Count;

    /// <summary>The value of a text key; null when there is none. Setting null removes the key, a new key goes to the end.</summary>
    public YamlNode? this[string key]
    {
        get => TryGet(key, out var value) ? value : null;
        set
        {
            if (value is null)
                Remove(key);
            else
                Set(new YamlScalar(key), value);
        }
    }

    /// <summary>Finds the value of a text key.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out YamlNode? value) => TryGet(IndexOf(YamlScalarKind.String, key), out value);

    /// <summary>Finds the value of a key of any type.</summary>
    public bool TryGet(YamlScalar key, [NotNullWhen(true)] out YamlNode? value) => TryGet(IndexOf(key.Kind, key.Value), out value);

    /// <summary>The key itself, with its place in the text.</summary>
    public YamlScalar? KeyOf(string key) => IndexOf(YamlScalarKind.String, key) is >= 0 and var index ? entries[index].Key : null;

    /// <summary>Replaces the value where the key stands, or appends both.</summary>
    public void Set(YamlScalar key, YamlNode value)
    {
        var index = IndexOf(key.Kind, key.Value);
        if (index >= 0)
        {
            entries[index] = entries[index] with { Value = value };
            return;
        }
        positions?.Add((key.Kind, key.Value), entries.Count);
        entries.Add(new YamlEntry(key, value));
    }

    /// <summary>Appends a text key with a scalar value: null, bool, int, long, double or string.</summary>
    public void Add(string key, object? value) => Set(new YamlScalar(key), value as YamlNode ?? new YamlScalar(value));

    /// <summary>Removes a text key; false when there is none.</summary>
    public bool Remove(string key) => Remove(IndexOf(YamlScalarKind.String, key));

    /// <summary>Removes a key of any type; false when there is none.</summary>
    public bool Remove(YamlScalar key) => Remove(IndexOf(key.Kind, key.Value));

    private bool Remove(int index)
    {
        if (index < 0)
            return false;
        entries.RemoveAt(index);
        positions = null;
        return true;
    }

    private bool TryGet(int index, [NotNullWhen(true)] out YamlNode? value)
    {
        value = index >= 0 ? entries[index].Value : null;
        return index >= 0;
    }

    private int IndexOf(YamlScalarKind kind, object? value)
    {
        if (entries.Count <= SmallCount)
        {
            for (var i = 0; i < entries.Count; i++)
                if (entries[i].Key.Kind == kind && Equals(entries[i].Key.Value, value))
                    return i;
            return -1;
        }
        if (positions is null)
        {
            positions = new(entries.Count);
            for (var i = 0; i < entries.Count; i++)
                positions.Add((entries[i].Key.Kind, entries[i].Key.Value), i);
        }
        return positions.TryGetValue((kind, value), out var index) ? index : -1;
    }
}
