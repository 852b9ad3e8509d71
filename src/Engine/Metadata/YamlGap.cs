namespace DataVersion.Engine.Metadata;

/// <summary>What stands between two tokens of a YAML text: punctuation, white space, comments.</summary>
internal static class YamlGap
{
    /// <summary>The comments and blank lines of the gap; null when there are none.</summary>
    /// <param name="text">The whole text, with line feeds only.</param>
    /// <param name="from">Behind the token before.</param>
    /// <param name="to">The start of the next token, or the end of the text.</param>
    public static YamlComment? Read(string text, int from, int to)
    {
        if (from >= to)
            return null;
        var gap = text.AsSpan(from, to - from);
        var firstBreak = gap.IndexOf('\n');
        var lineStart = from == 0 ? 0 : text.LastIndexOf('\n', from - 1) + 1;
        var startsLine = from == lineStart;
        var firstLine = firstBreak < 0 ? gap : gap[..firstBreak];
        // Without a line break behind it there is no comment, only what separates two tokens of a line - except at the end.
        if (firstBreak < 0 && to < text.Length)
            return null;

        var lines = new List<string>();
        string? same = null;
        var column = 0;
        var hash = CommentStart(firstLine, startsLine);
        if (startsLine)
        {
            // DVC drops a blank line at the very start of a file.
            if (!firstLine.IsWhiteSpace())
                AddLine(lines, firstLine.ToString());
        }
        else if (hash >= 0)
        {
            same = firstLine[hash..].TrimEnd().ToString();
            column = ColumnOf(text.AsSpan(lineStart, from + hash - lineStart));
        }
        if (firstBreak >= 0)
        {
            var rest = gap[(firstBreak + 1)..].ToString().Split('\n');
            // The last piece is the indentation of the next token, or what stands behind the last line feed of the text.
            for (var i = 0; i < rest.Length; i++)
                if (i < rest.Length - 1 || to == text.Length && rest[i].Trim().Length > 0)
                    AddLine(lines, rest[i]);
        }
        return same is null && lines.Count == 0 ? null : new YamlComment(same, column, lines);
    }

    private static void AddLine(List<string> lines, string line)
    {
        var bare = line.Trim();
        if (line.StartsWith("---", StringComparison.Ordinal) || line.StartsWith("...", StringComparison.Ordinal) || line.StartsWith('%'))
        {
            // Marks of the document go; a comment behind them stays.
            if (CommentStart(line, startsLine: false) is >= 0 and var marked)
                lines.Add(line[marked..].TrimEnd());
        }
        else if (bare.Length == 0)
            lines.Add("");
        else if (bare[0] == '#')
            lines.Add(line.TrimEnd());
        else if (CommentStart(line, startsLine: false) is >= 0 and var hash)
            lines.Add(new string(' ', hash) + line[hash..].TrimEnd());
    }

    // A '#' begins a comment at the start of a line and behind white space.
    private static int CommentStart(ReadOnlySpan<char> line, bool startsLine)
    {
        for (var i = 0; i < line.Length; i++)
            if (line[i] == '#' && (i == 0 ? startsLine : line[i - 1] is ' ' or '\t'))
                return i;
        return -1;
    }

    private static int ColumnOf(ReadOnlySpan<char> before)
    {
        var column = before.Length;
        foreach (var c in before)
            if (char.IsLowSurrogate(c))
                column--;
        return column;
    }
}
