namespace DataVersion.Tests.Fixtures;

/// <summary>The words behind <c>dvc COMMAND</c>, sorted into flags, options with values and targets.</summary>
internal sealed class DvcArguments
{
    private readonly Dictionary<string, string?> options = [];
    private readonly List<(string Option, string Value)> values = [];

    /// <summary>Reads the words; <paramref name="withValue"/> names the options that take the next word.</summary>
    public DvcArguments(IEnumerable<string> words, params string[] withValue)
        : this(words, false, withValue)
    {
    }

    private DvcArguments(IEnumerable<string> words, bool endsAtTarget, string[] withValue)
    {
        var rest = new Queue<string>(words);
        while (rest.TryDequeue(out var word))
        {
            if (endsAtTarget && Targets.Count > 0)
            {
                Targets.Add(word);
                continue;
            }
            var equals = word.StartsWith("--", StringComparison.Ordinal) ? word.IndexOf('=') : -1;
            if (equals > 0)
                options[word[..equals]] = word[(equals + 1)..];
            else if (withValue.Contains(word))
                values.Add((word, (options[word] = rest.Dequeue())!));
            else if (word.StartsWith('-') && word.Length > 1)
                options[word] = null;
            else
                Targets.Add(word);
        }
    }

    /// <summary>The same for options before a command line, whose words are all targets.</summary>
    public static DvcArguments BeforeCommand(IEnumerable<string> words, params string[] withValue) => new(words, true, withValue);

    /// <summary>Words that are no options.</summary>
    public List<string> Targets { get; } = [];

    /// <summary>Options that were given and nobody asked for; a translation must leave none.</summary>
    public HashSet<string> Unread => [.. options.Keys.Where(name => !read.Contains(name))];

    private readonly HashSet<string> read = ["-q", "--show-hash"];

    /// <summary>Whether one of the spellings was given.</summary>
    public bool Has(params string[] spellings)
    {
        read.UnionWith(spellings);
        return spellings.Any(options.ContainsKey);
    }

    /// <summary>All values of an option that may be given several times; null when it was not given.</summary>
    public string[]? Values(params string[] spellings)
    {
        read.UnionWith(spellings);
        string[] found = [.. values.Where(pair => spellings.Contains(pair.Option)).Select(pair => pair.Value)];
        return found.Length > 0 ? found : null;
    }

    /// <summary>The value of an option; null when it was not given.</summary>
    public string? Value(params string[] spellings)
    {
        read.UnionWith(spellings);
        return spellings.Select(name => options.GetValueOrDefault(name)).FirstOrDefault(value => value is not null);
    }
}
