namespace DataVersion.Engine.Metadata;

/// <summary>
/// Adds and removes elements of lists in a YAML text that belongs to a person, line by line: everything else keeps its bytes,
/// quotes, indentation and line ends too. Where a list is not written line by line the text is changed by the
/// <see cref="YamlEditor"/>, which keeps comments. Either way the new text is read again before it is given out.
/// </summary>
internal static class YamlLines
{
    /// <summary>The text with one more element at the end of a list.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="file">The file to name in errors.</param>
    /// <param name="list">Finds the list in the tree of the text.</param>
    /// <param name="element">What to append.</param>
    public static string Append(string text, string file, Func<YamlMap, YamlSequence> list, YamlNode element) =>
        Change(text, file, root => list(root).Items.Add(YamlCopy.WithoutLook(element)), (root, lines, end) =>
        {
            var sequence = list(root);
            if (sequence.Items.Count == 0)
            {
                // "key: []": the brackets go, the element comes below.
                if (sequence.Line > lines.Count || lines[sequence.Line - 1].TrimEnd('\r') is var line
                    && !line.EndsWith(": []", StringComparison.Ordinal))
                    return false;
                lines[sequence.Line - 1] = line[..^3] + end;
                lines.InsertRange(sequence.Line, Render(element, IndentOf(line), end));
                return true;
            }
            if (DashOf(lines, sequence.Items[^1]) is not { } last)
                return false;
            lines.InsertRange(EndOf(lines, last.Line, last.Indent), Render(element, last.Indent, end));
            return true;
        });

    /// <summary>The text with one more key at the end, whose value is a list of one element.</summary>
    /// <inheritdoc cref="Append"/>
    public static string AddList(string text, string file, string key, YamlNode element) =>
        Change(text, file, root => root[key] = new YamlSequence([YamlCopy.WithoutLook(element)]), (root, lines, end) =>
        {
            if (root.TryGet(key, out _))
                return false;
            lines.InsertRange(lines.FindLastIndex(static line => line.Length > 0) + 1, [key + ":" + end, .. Render(element, 0, end)]);
            return true;
        });

    /// <summary>The text without some elements of its lists.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="file">The file to name in errors.</param>
    /// <param name="next">Finds the next element to remove; null when there is none.</param>
    public static string Remove(string text, string file, Func<YamlMap, (YamlSequence List, int Index)?> next)
    {
        while (next(Parse(text, file)) is not null)
            text = Change(text, file, root => RemoveAt(next(root)!.Value), (root, lines, end) =>
            {
                var (list, index) = next(root)!.Value;
                if (DashOf(lines, list.Items[index]) is not { } dash)
                    return false;
                lines.RemoveRange(dash.Line, EndOf(lines, dash.Line, dash.Indent) - dash.Line);
                if (list.Items.Count > 1)
                    return true;
                if (dash.Line == 0 || lines[dash.Line - 1].TrimEnd('\r') is var above && !above.EndsWith(':'))
                    return false;
                lines[dash.Line - 1] = above + " []" + end;
                return true;
            });
        return text;
    }

    // The edit gets the tree, the lines, and what a new line ends with before its line feed.
    private static string Change(string text, string file, Action<YamlMap> change, Func<YamlMap, List<string>, string, bool> edit)
    {
        var end = text.Contains("\r\n", StringComparison.Ordinal) ? "\r" : "";
        var lines = text.Split('\n').ToList();
        var (before, desired) = (Parse(text, file), Parse(text, file));
        change(desired);
        if (edit(before, lines, end) && string.Join('\n', lines) is var edited && YamlEditor.Means(edited, desired, file))
            return edited;
        return YamlEditor.Rewrite(text, file, change).Replace("\n", end + "\n", StringComparison.Ordinal);
    }

    private static YamlMap Parse(string text, string file) => YamlReader.Parse(text, file) as YamlMap
        ?? throw new MetadataFormatException(DataErrorKind.MetadataInvalid, file, 1, 1, "the file must be a map.");

    private static IEnumerable<string> Render(YamlNode element, int indent, string end) =>
        YamlWriter.Write(new YamlSequence([YamlCopy.WithoutLook(element)])).TrimEnd('\n').Split('\n')
            .Select(line => new string(' ', indent) + line + end);

    // The dash of an element that begins on the line of its dash.
    private static (int Line, int Indent)? DashOf(List<string> lines, YamlNode element)
    {
        if (element.Line < 1 || element.Line > lines.Count || element.Column > lines[element.Line - 1].Length)
            return null;
        var before = lines[element.Line - 1].AsSpan(0, element.Column - 1).TrimEnd(' ');
        return before.EndsWith('-') && before[..^1].Trim(' ').IsEmpty ? (element.Line - 1, before.Length - 1) : null;
    }

    // The line behind the last one of an element: what is not indented deeper belongs to others, comments and blank lines before it too.
    private static int EndOf(List<string> lines, int start, int indent)
    {
        var end = start + 1;
        for (var i = end; i < lines.Count; i++)
        {
            var line = lines[i].AsSpan().Trim();
            if (line.IsEmpty)
                continue;
            if (IndentOf(lines[i]) > indent)
                end = i + 1;
            else if (line[0] != '#')
                break;
        }
        return end;
    }

    private static int IndentOf(string line) => line.Length - line.TrimStart(' ').Length;

    // Comments stay with their elements.
    private static void RemoveAt((YamlSequence List, int Index) place)
    {
        var (list, index) = place;
        list.Items.RemoveAt(index);
        if (list.Look is { } look)
            (look.BeforeItem, look.AfterItem) = (Without(look.BeforeItem), Without(look.AfterItem));

        Dictionary<int, YamlComment>? Without(Dictionary<int, YamlComment>? comments) => comments?
            .Where(c => c.Key != index).ToDictionary(c => c.Key > index ? c.Key - 1 : c.Key, c => c.Value);
    }
}
