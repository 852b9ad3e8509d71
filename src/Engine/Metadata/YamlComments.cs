namespace DataVersion.Engine.Metadata;

/// <summary>
/// Hangs the comments and blank lines of a text on the nodes that were read from it, where DVC's YAML library hangs them:
/// what follows a value belongs to its key, what follows a key belongs to the collection under it, and so it goes or stays
/// with them when the file is edited.
/// </summary>
internal sealed class YamlComments
{
    private readonly string text;
    private readonly HashSet<YamlNode> visited = new(ReferenceEqualityComparer.Instance);
    private int cursor;
    // Takes what stands between the cursor and the next token; false when it belongs to that next token.
    private Func<YamlComment, bool>? target;
    // Where to put what stands before the first token of an element of a list.
    private Action<YamlComment>? pendingBefore;

    private YamlComments(string text) => this.text = text;

    /// <summary>Hangs the comments of the text, with line feeds only, on the tree that was read from it.</summary>
    public static void Attach(string text, YamlNode root)
    {
        var comments = new YamlComments(text);
        root.Look ??= new YamlLook();
        comments.target = comment =>
        {
            root.Look.Before = comment.Text is null ? comment : new YamlComment(null, 0, [comment.Text, .. comment.Lines]);
            return true;
        };
        comments.Walk(root);
        comments.Take(text.Length, comment => root.Look.AtEnd = comment);
    }

    private void Walk(YamlNode node)
    {
        if (node.Look is not { Style: not YamlStyle.Flow } look)
            return;
        visited.Add(node);
        switch (node)
        {
            case YamlMap map:
                foreach (var (key, value) in map.Entries)
                {
                    Take(key.Look!.Start, comment => key.Look.Before = comment);
                    cursor = key.Look.End;
                    Value(value, comment => key.Look.After = comment);
                }
                break;
            case YamlSequence sequence:
                for (var i = 0; i < sequence.Items.Count; i++)
                {
                    var index = i;
                    Value(sequence.Items[i], comment => (look.AfterItem ??= [])[index] = comment,
                        comment => (look.BeforeItem ??= [])[index] = comment);
                }
                break;
        }
    }

    // What is before an element of a list is taken when its first token comes up; for the value of a key that was the key.
    private void Value(YamlNode value, Action<YamlComment> after, Action<YamlComment>? before = null)
    {
        var isAlias = value is not YamlScalar && visited.Contains(value);
        switch (value)
        {
            case YamlScalar { Look: { } look } when look.End > look.Start:
                // Without a place for it, a comment between a key and its value moves behind the value.
                YamlComment? between = null;
                if (before is null)
                    target = comment => (between = comment) is not null;
                Take(look.Start, before ?? (comment => between = comment));
                cursor = look.Style is YamlStyle.Literal or YamlStyle.Folded ? EndOfBlock((YamlScalar)value) : look.End;
                target = Keep(after);
                if (between is not null && look.Style is YamlStyle.Plain or YamlStyle.Quoted)
                    after(between!);
                break;
            case YamlMap or YamlSequence when !isAlias && value.Look is { Style: not YamlStyle.Flow } look:
                if (before is null)
                    target = comment =>
                    {
                        look.After = comment;
                        return true;
                    };
                else
                    pendingBefore = before;
                Walk(value);
                break;
            case YamlMap or YamlSequence when !isAlias && value.Look is { } flow:
                visited.Add(value);
                if (before is not null)
                    Take(flow.Start, before);
                cursor = flow.End;
                target = comment =>
                {
                    if (comment.Text is not null)
                        after(comment);
                    return comment.Text is not null;
                };
                break;
            default:
                // An empty value or an alias: what stands between it and the next token is behind it.
                if (before is not null && DashBehind(cursor) is >= 0 and var dash)
                {
                    Take(dash, before);
                    cursor = dash + 1;
                }
                target = Keep(after);
                break;
        }
    }

    private static Func<YamlComment, bool> Keep(Action<YamlComment> place) => comment =>
    {
        place(comment);
        return true;
    };

    private void Take(int nextToken, Action<YamlComment> before)
    {
        var place = pendingBefore ?? before;
        pendingBefore = null;
        if (YamlGap.Read(text, cursor, nextToken) is { } comment && target?.Invoke(comment) != true)
            place(comment);
        target = null;
        cursor = Math.Max(cursor, nextToken);
    }

    // The dash of an element of a list, behind white space and comments; -1 when something else comes first.
    private int DashBehind(int at)
    {
        for (; at < text.Length; at++)
        {
            if (text[at] == '-')
                return at;
            if (text[at] == '#')
                at = text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;
            else if (text[at] is not (' ' or '\n'))
                return -1;
        }
        return -1;
    }

    // Reads the raw lines of a block scalar: they end before the first line that is indented less.
    private int EndOfBlock(YamlScalar scalar)
    {
        var look = scalar.Look!;
        var start = text.IndexOf('\n', look.Start) + 1;
        if (start == 0)
            return text.Length;
        var lines = new List<string>();
        var indent = -1;
        var end = start;
        var kept = 0;
        for (var at = start; at < text.Length;)
        {
            var next = text.IndexOf('\n', at);
            next = next < 0 ? text.Length : next + 1;
            var line = text[at..next].TrimEnd('\n');
            var spaces = line.Length - line.TrimStart(' ').Length;
            var isBlank = spaces == line.Length;
            if (!isBlank && indent < 0)
                indent = HeaderIndent(look.Start) is { } given ? Math.Max(0, spaces - LeadingSpaces(scalar, given)) : spaces;
            if (!isBlank && (spaces < indent || next > look.End && at >= look.End))
                break;
            lines.Add(isBlank ? line.Length > Math.Max(indent, 0) && indent >= 0 ? line[indent..] : "" : line[indent..]);
            at = next;
            if (!isBlank)
                (end, kept) = (at, lines.Count);
        }
        if (scalar.AsText is { } value && (value.EndsWith("\n\n", StringComparison.Ordinal) || value == "\n"))
            (end, kept) = (EndOfBlanks(end), lines.Count);
        look.BlockLines = lines[..kept];
        // The line feed at the end of the block is the one at which the line of the next comment begins.
        return end > start ? end - 1 : start - 1;
    }

    private int EndOfBlanks(int at)
    {
        for (var next = at; next < text.Length;)
        {
            var end = text.IndexOf('\n', next);
            if (end < 0 || !text.AsSpan(next, end - next).TrimStart(' ').IsEmpty)
                break;
            at = next = end + 1;
        }
        return at;
    }

    private int? HeaderIndent(int start)
    {
        var bar = text.AsSpan(start).IndexOfAny('|', '>');
        for (var i = start + bar + 1; bar >= 0 && i < text.Length && text[i] is not ('\n' or ' '); i++)
            if (char.IsAsciiDigit(text[i]))
                return text[i] - '0';
        return null;
    }

    // With an indentation indicator the first line may begin with spaces of its own.
    private static int LeadingSpaces(YamlScalar scalar, int _)
    {
        var value = scalar.AsText!.TrimStart('\n');
        return value.Length - value.TrimStart(' ').Length;
    }
}
