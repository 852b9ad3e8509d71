namespace DataVersion.Engine.Repositories;

/// <summary>A value of a configuration file: one text, or the list that unquoted commas make.</summary>
internal sealed class IniValue
{
    public IniValue(string text) => Text = text;

    public IniValue(IReadOnlyList<string> items)
    {
        Items = items;
        Text = string.Join(", ", items);
    }

    /// <summary>The text; of a list its items with ", " between.</summary>
    public string Text { get; }

    /// <summary>The items, null for a single text.</summary>
    public IReadOnlyList<string>? Items { get; }

    /// <summary>The same shape with every text changed.</summary>
    public IniValue Select(Func<string, string> change) =>
        Items is null ? new IniValue(change(Text)) : new IniValue([.. Items.Select(change)]);
}

/// <summary>A section with its options in the order of the file.</summary>
internal sealed class IniSection(string name)
{
    private readonly List<KeyValuePair<string, IniValue>> options = [];

    /// <summary>The name between the brackets, without quotes around it.</summary>
    public string Name { get; } = name;

    public IReadOnlyList<KeyValuePair<string, IniValue>> Options => options;

    public IniValue? this[string key]
    {
        get => IndexOf(key) is var at and >= 0 ? options[at].Value : null;
        set
        {
            var at = IndexOf(key);
            if (value is null)
            {
                if (at >= 0)
                    options.RemoveAt(at);
            }
            else if (at >= 0)
                options[at] = new(key, value);
            else
                options.Add(new(key, value));
        }
    }

    private int IndexOf(string key) => options.FindIndex(o => o.Key == key);
}
