namespace DataVersion.Engine.Repositories;

/// <summary>
/// One compiled line of a <c>.dvcignore</c> file. It is matched segment by segment on the way down from the file's folder:
/// a state is the sorted list of segments that may come next, so that a name costs no more than its own matching.
/// </summary>
internal sealed class IgnoreRule
{
    // Null stands for "**": any number of segments.
    private readonly IgnoreGlob?[] segments;

    private IgnoreRule(IgnoreGlob?[] segments, bool foldersOnly, IgnoreMatch match)
    {
        this.segments = segments;
        FoldersOnly = foldersOnly;
        Match = match;
        Span<bool> reached = new bool[segments.Length];
        reached[0] = true;
        Start = Close(reached, []);
    }

    /// <summary>What is told of the rule.</summary>
    public IgnoreMatch Match { get; }

    /// <summary>The pattern ends with <c>/</c>. As in DVC the rule then says nothing of a file, wherever that lies.</summary>
    public bool FoldersOnly { get; }

    /// <summary>The state in the folder of the file.</summary>
    public int[] Start { get; }

    /// <summary>Compiles all lines of a file.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="file">Its path from the root of the repository, for messages.</param>
    /// <param name="isNested">It lies below the root, where DVC drops a backslash at the front of a pattern.</param>
    public static List<IgnoreRule> ParseFile(string text, string file, bool isNested)
    {
        var rules = new List<IgnoreRule>();
        var number = 0;
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            number++;
            var pattern = line.Trim();
            if (pattern.Length > 0 && pattern[0] != '#' && TryParse(pattern, file, number, isNested) is { } rule)
                rules.Add(rule);
        }
        return rules;
    }

    /// <summary>Compiles a pattern; null when it can match nothing.</summary>
    public static IgnoreRule? TryParse(string pattern, string file, int line, bool isNested)
    {
        var isNegated = pattern.StartsWith('!');
        var rest = isNegated ? pattern[1..] : pattern;
        var foldersOnly = rest.EndsWith('/');
        if (foldersOnly)
            rest = rest[..^1];
        if (rest.Length == 0)
            return null;
        var isAnchored = rest.Contains('/');
        if (rest[0] == '/')
            rest = rest[1..];
        if (isNested && rest.StartsWith('\\'))
            rest = rest[1..];
        var parts = rest.Split('/').ToList();
        // DVC takes "a/**/" for "a/", where Git leaves the files directly in "a" alone.
        while (foldersOnly && parts.Count > 1 && parts[^1] == "**" && parts.Exists(part => part != "**"))
            parts.RemoveAt(parts.Count - 1);
        var segments = new List<IgnoreGlob?>();
        if (!isAnchored)
            segments.Add(null);
        foreach (var (index, part) in parts.Index())
        {
            // At the end "**" is everything inside, but not the folder itself: at least one name.
            if (part == "**")
                segments.Add(index < parts.Count - 1 ? null : IgnoreGlob.Any);
            else if (IgnoreGlob.TryParse(part) is { } glob)
                segments.Add(glob);
            else
                return null;
        }
        return new IgnoreRule([.. segments], foldersOnly, new IgnoreMatch(file, line, pattern, isNegated));
    }

    /// <summary>Whether a name in a folder of this state can be matched at all.</summary>
    public bool CanEnd(int[] state) => state.Length > 0 && state[^1] == segments.Length - 1;

    /// <summary>Whether the rule matches a name in a folder whose state <see cref="CanEnd"/>.</summary>
    public bool EndsWith(ReadOnlySpan<char> name) => segments[^1]!.IsMatch(name);

    /// <summary>The state in a folder below; the same array when nothing changes, empty when nothing below can match.</summary>
    public int[] Advance(int[] state, ReadOnlySpan<char> folder)
    {
        // A name alone is looked for in every folder; whether it matches this one is the caller's question.
        if (segments is [null, _])
            return state;
        Span<bool> reached = segments.Length <= 64 ? stackalloc bool[segments.Length] : new bool[segments.Length];
        foreach (var at in state)
        {
            if (segments[at] is null)
                reached[at] = true;
            else if (at + 1 < segments.Length && segments[at]!.IsMatch(folder))
                reached[at + 1] = true;
        }
        return Close(reached, state);
    }

    // "**" may also stand for nothing. The last segment is never "**".
    private int[] Close(Span<bool> reached, int[] before)
    {
        var count = 0;
        for (var i = 0; i < reached.Length; i++)
        {
            if (!reached[i])
                continue;
            count++;
            if (segments[i] is null)
                reached[i + 1] = true;
        }
        var isSame = count == before.Length;
        foreach (var at in before)
            isSame &= reached[at];
        if (isSame)
            return before;
        var state = new int[count];
        for (var i = reached.Length - 1; count > 0; i--)
            if (reached[i])
                state[--count] = i;
        return state;
    }
}
