namespace DataVersion.Engine.Metadata;

/// <summary>
/// Gives a YAML text that belongs to a person a new meaning, key by key: only the lines of what changes are touched, all
/// others keep their bytes, comments, quotes, anchors, blank lines and line ends too. What is not written line by line
/// (brackets, merged maps) is changed by the <see cref="YamlEditor"/>, which keeps comments. Either way the new text is read
/// again before it is given out.
/// </summary>
internal sealed class YamlPatch
{
    private readonly string end;
    private readonly List<string> lines;
    // From, count, new lines; in any order, never overlapping.
    private readonly List<(int At, int Count, IEnumerable<string> With)> edits = [];

    private YamlPatch(string text)
    {
        end = text.Contains("\r\n", StringComparison.Ordinal) ? "\r" : "";
        lines = [.. text.Split('\n')];
    }

    /// <summary>The text with another meaning.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="file">The file to name in errors.</param>
    /// <param name="change">Changes a tree of the text into what is wanted.</param>
    /// <exception cref="MetadataFormatException">The text is no YAML, or no map.</exception>
    public static string Apply(string text, string file, Action<YamlMap> change)
    {
        var mark = text.StartsWith('\uFEFF') ? "\uFEFF" : "";
        text = text[mark.Length..];
        var (old, desired) = (Parse(text, file), Parse(text, file));
        change(desired);
        if (YamlNode.SameValue(old, desired))
            return mark + text;
        var patch = new YamlPatch(text);
        if (patch.Map(old, desired, 0, -1, patch.lines.Count) && patch.Result() is var edited && YamlEditor.Means(edited, desired, file))
            return mark + edited;
        return mark + YamlEditor.Update(text, desired, file).Replace("\n", patch.end + "\n", StringComparison.Ordinal);
    }

    private static YamlMap Parse(string text, string file) => YamlReader.Parse(text, file) as YamlMap
        ?? throw new MetadataFormatException(DataErrorKind.MetadataInvalid, file, 1, 1, "the file must be a map.");

    private string Result()
    {
        // From the last line to the first; of several at one place the one that was asked for last comes last.
        foreach (var (at, count, with) in edits.Index().OrderByDescending(pair => pair.Item.At).ThenByDescending(pair => pair.Index).Select(pair => pair.Item))
        {
            lines.RemoveRange(at, count);
            lines.InsertRange(at, with);
        }
        return string.Join('\n', lines);
    }

    // A map whose own keys stand on lines of their own between two lines; what a merge key brings in stands elsewhere.
    private bool Map(YamlMap old, YamlMap desired, int depth, int above, int below)
    {
        if (old is { Count: > 0, Look: not { Style: YamlStyle.Plain } })
            return false;
        // At the end of the file, comments there included, as DVC does; inside it before comments that may belong to what follows.
        var last = depth == 0 ? lines.FindLastIndex(static line => line.AsSpan().Trim().Length > 0) + 1 : above + 1;
        var indent = old.Count > 0 ? -1 : 2 * depth;
        foreach (var (key, value) in old.Entries)
        {
            var isThere = desired.TryGet(key, out var wanted);
            if (!IsOnItsOwn(key, above, below))
            {
                if (!isThere || !YamlNode.SameValue(value, wanted))
                    return false;
                continue;
            }
            var start = key.Line - 1;
            var stop = EndOf(start, indent = key.Column - 1);
            last = Math.Max(last, stop);
            if (!isThere)
                edits.Add((start, stop - start, []));
            else if (!YamlNode.SameValue(value, wanted) && !Value(key, value, wanted!, depth, start, stop))
                return false;
        }
        foreach (var (key, value) in desired.Entries)
            if (!old.TryGet(key, out _))
            {
                if (indent < 0)
                    return false;
                Append(last, Render(key, value, depth, indent));
            }
        return true;
    }

    private bool Value(YamlScalar key, YamlNode old, YamlNode wanted, int depth, int start, int stop)
    {
        var isEmpty = old is YamlScalar { Kind: YamlScalarKind.Null } || old.Look is { WasEmpty: true };
        if (isEmpty && wanted is (YamlMap { Count: > 0 } or YamlSequence { Items.Count: > 0 }) && BareKey(lines[start], key) is { } bare)
        {
            edits.Add((start, 1, [bare]));
            Append(stop, Render(key, wanted, depth, key.Column - 1).Skip(1));
            return true;
        }
        switch (old, wanted)
        {
            case (YamlMap { Count: > 0 } map, YamlMap { Count: > 0 } other) when map.Look is { Style: YamlStyle.Plain }:
                return Map(map, other, depth + 1, start, stop);
            case (YamlSequence { Items.Count: > 0 } list, YamlSequence { Items.Count: > 0 } other) when list.Look is { Style: YamlStyle.Plain }:
                if (List(list, other, depth, start, stop))
                    return true;
                break;
        }
        if (!Inline(key, old, wanted, start, stop))
            edits.Add((start, stop - start, Render(key, wanted, depth, key.Column - 1)));
        return true;
    }

    // A value on the line of its key is replaced there: what stands behind it stays. Brackets stay brackets.
    private bool Inline(YamlScalar key, YamlNode old, YamlNode wanted, int start, int stop)
    {
        var isFlow = old is not YamlScalar && old.Look is { IsFlow: true };
        if (old.Line - 1 != start || stop != start + 1 || old.Look is not { Anchor: null } look || look.End <= look.Start
            || !isFlow && (old is not YamlScalar || wanted is not YamlScalar || look.Style is not (YamlStyle.Plain or YamlStyle.Quoted)))
            return false;
        var copy = YamlCopy.WithoutLook(wanted);
        if (isFlow && copy is not YamlScalar)
            copy.Look = new YamlLook { Style = YamlStyle.Flow };
        var rendered = YamlWriter.Write(new YamlMap { [key.SourceText] = copy }, keepLook: true).TrimEnd('\n');
        var colon = rendered.IndexOf(": ", StringComparison.Ordinal);
        if (colon <= 0 || rendered.Contains('\n'))
            return false;
        edits.Add((start, 1, [lines[start].Remove(old.Column - 1, look.End - look.Start).Insert(old.Column - 1, rendered[(colon + 2)..])]));
        return true;
    }

    // Elements that stay keep their lines and the comments before them.
    private bool List(YamlSequence old, YamlSequence wanted, int depth, int start, int stop)
    {
        var dashes = old.Items.ConvertAll(DashOf);
        if (dashes.Exists(static dash => dash is null) || dashes[0]!.Value.Line <= start || dashes[^1]!.Value.Line >= stop)
            return false;
        var indent = dashes[0]!.Value.Indent;
        var parts = new List<(YamlNode Value, List<string> Lines)>();
        for (var (i, from) = (0, start + 1); i < dashes.Count; i++)
        {
            var to = i + 1 < dashes.Count ? EndOf(dashes[i]!.Value.Line, indent, isElement: true) : stop;
            if (to < from || dashes[i]!.Value.Line < from)
                return false;
            parts.Add((old.Items[i], lines.GetRange(from, to - from)));
            from = to;
        }
        var result = new List<string>();
        foreach (var element in wanted.Items)
            if (parts.FindIndex(part => YamlNode.SameValue(part.Value, element)) is >= 0 and var kept)
            {
                result.AddRange(parts[kept].Lines);
                parts.RemoveAt(kept);
            }
            else
                result.AddRange(Shift(Render(new YamlScalar("k"), new YamlSequence([element]), depth, 0).Skip(1), indent));
        edits.Add((start + 1, stop - start - 1, result));
        return true;
    }

    // As DVC writes it, moved to where its siblings stand.
    private IEnumerable<string> Render(YamlScalar key, YamlNode value, int depth, int indent)
    {
        var root = new YamlMap();
        var inner = root;
        for (var i = 0; i < depth; i++)
            inner["k"] = inner = new YamlMap();
        inner.Set((YamlScalar)YamlCopy.WithoutLook(key), YamlCopy.WithoutLook(value));
        var rendered = YamlWriter.Write(root).TrimEnd('\n').Split('\n').Skip(depth).ToList();
        return Shift(rendered.Select(line => line.Length >= 2 * depth ? line[(2 * depth)..] : line.TrimStart()), indent).Select(line => line + end);
    }

    private static IEnumerable<string> Shift(IEnumerable<string> texts, int indent) =>
        texts.Select(line => line.Trim().Length == 0 ? line : new string(' ', indent) + line);

    private void Append(int at, IEnumerable<string> with)
    {
        // Behind a last line that has no end.
        if (at == lines.Count && lines[^1].Length > 0)
        {
            edits.Add((at - 1, 1, [lines[^1] + end]));
            edits.Add((at, 0, with));
            lines.Add("");
        }
        else
            edits.Add((Math.Min(at, lines.Count - 1), 0, with));
    }

    private bool IsOnItsOwn(YamlScalar key, int above, int below) => key.Line - 1 > above && key.Line - 1 < below
        && lines[key.Line - 1].AsSpan(0, Math.Min(key.Column - 1, lines[key.Line - 1].Length)).Trim(' ').IsEmpty;

    // "key:", with the comment behind it, of a key whose value is nothing, [] or {}.
    private string? BareKey(string line, YamlScalar key)
    {
        var colon = key.Look!.End - key.Look.Start + key.Column - 1;
        if (colon >= line.Length || line[colon] != ':')
            return null;
        var rest = line.AsSpan(colon + 1).TrimEnd('\r');
        var value = rest.Trim(' ');
        if (value.StartsWith("[]") || value.StartsWith("{}"))
            value = value[2..].TrimStart(' ');
        return value.IsEmpty ? line[..(colon + 1)] + end : value[0] == '#' ? line[..(colon + 1)] + " " + value.ToString() + end : null;
    }

    private (int Line, int Indent)? DashOf(YamlNode element)
    {
        if (element.Line < 1 || element.Line > lines.Count || element.Column > lines[element.Line - 1].Length)
            return null;
        var before = lines[element.Line - 1].AsSpan(0, element.Column - 1).TrimEnd(' ');
        return before.EndsWith('-') && before[..^1].Trim(' ').IsEmpty ? (element.Line - 1, before.Length - 1) : null;
    }

    // The line behind the last one of a key: what is indented deeper, and the dashes of a list. Comments and blank lines behind
    // that belong to others.
    private int EndOf(int start, int indent, bool isElement = false)
    {
        var stop = start + 1;
        for (var i = stop; i < lines.Count; i++)
        {
            var line = lines[i].AsSpan().Trim();
            if (line.IsEmpty)
                continue;
            var column = lines[i].Length - lines[i].AsSpan().TrimStart(' ').Length;
            if (column > indent || !isElement && column == indent && line[0] == '-' && (line.Length == 1 || line[1] == ' '))
                stop = i + 1;
            else if (line[0] != '#')
                break;
        }
        return stop;
    }
}
