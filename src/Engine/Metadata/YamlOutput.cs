using System.Globalization;
using System.Text;

namespace DataVersion.Engine.Metadata;

/// <summary>
/// The text that a YAML writer makes, with the column it has reached, and scalars folded as DVC folds them: lines are
/// broken at single spaces once they are wider than 80 characters. Columns count code points.
/// </summary>
internal sealed class YamlOutput
{
    private const int Width = 80;
    private readonly StringBuilder text = new();

    /// <summary>Columns written on this line.</summary>
    public int Column { get; private set; }

    /// <summary>True when nothing stands on the line, or a space or an opening bracket before the next token.</summary>
    public bool AtSpace => text.Length == 0 || text[^1] is ' ' or '\n' or '[' or '{';

    /// <summary>True when the line has become wider than lines should be.</summary>
    public bool IsWide => Column > Width;

    /// <summary>Appends text that has no line break.</summary>
    public void Put(ReadOnlySpan<char> part)
    {
        text.Append(part);
        Column += part.Length;
        foreach (var c in part)
            if (char.IsLowSurrogate(c))
                Column--;
    }

    /// <summary>Appends text that may hold line breaks.</summary>
    public void PutLines(ReadOnlySpan<char> part)
    {
        var lastBreak = part.LastIndexOf('\n');
        if (lastBreak >= 0)
        {
            text.Append(part[..(lastBreak + 1)]);
            Column = 0;
        }
        Put(part[(lastBreak + 1)..]);
    }

    /// <summary>Appends a space unless one stands there.</summary>
    public void Separate()
    {
        if (!AtSpace)
            Put(" ");
    }

    /// <summary>Ends the line if anything stands on it, and indents the next one.</summary>
    public void NewLine(int indent)
    {
        if (Column > 0)
            Break();
        Put(new string(' ', indent));
    }

    /// <summary>Ends the line, also an empty one.</summary>
    public void Break()
    {
        text.Append('\n');
        Column = 0;
    }

    /// <summary>The text, with a line break at its end.</summary>
    public string Finish()
    {
        if (Column > 0)
            Break();
        return text.ToString();
    }

    /// <summary>A plain text; continuation lines begin at <paramref name="indent"/>. A key is never folded.</summary>
    public void Plain(string value, int indent, bool fold)
    {
        var start = 0;
        while (start < value.Length)
        {
            var spaces = CountSpaces(value, start);
            if (spaces == 1 && start > 0 && fold && IsWide)
                NewLine(indent);
            else
                Put(value.AsSpan(start, spaces));
            start += spaces;
            var word = WordAt(value, start);
            // A word that is longer than any line gets a line of its own.
            if (CodePoints(word) > Width && Column > indent)
                NewLine(indent);
            Put(word);
            start += word.Length;
        }
    }

    /// <summary>A text in single quotes; a quote in it is doubled.</summary>
    public void SingleQuoted(string value, int indent, bool fold)
    {
        Put("'");
        var start = 0;
        while (start < value.Length)
        {
            var spaces = CountSpaces(value, start);
            if (spaces == 1 && start > 0 && start + 1 < value.Length && fold && IsWide)
                NewLine(indent);
            else
                Put(value.AsSpan(start, spaces));
            start += spaces;
            var word = WordAt(value, start);
            Put(word.ToString().Replace("'", "''"));
            start += word.Length;
        }
        Put("'");
    }

    /// <summary>A text in double quotes, with escapes.</summary>
    public void DoubleQuoted(string value, int indent, bool fold)
    {
        var points = CodePointsOf(value);
        var pending = new StringBuilder();
        var pendingCount = 0;
        Put("\"");
        for (var i = 0; i < points.Length; i++)
        {
            var c = points[i];
            var isRaw = c is not ('"' or '\\') && YamlScalarRules.IsPrintable(c);
            if (!isRaw)
            {
                Flush();
                Put(Escape(c));
            }
            // The pending text is what stands before this character; an escape is out already.
            if (i > 0 && i < points.Length - 1 && (c == ' ' || pendingCount == 0) && fold && Column + (isRaw ? pendingCount : -1) > Width)
            {
                // The space at which the line is broken comes back as a space; all else needs a backslash to stay out.
                var space = isRaw ? i : i + 1;
                var swallowSpace = points[space] == ' ' && (isRaw ? pendingCount > 0 && points[i - 1] != ' ' : c is not ('\n' or '"'))
                    && space + 1 < points.Length && points[space + 1] is not (' ' or '\n');
                Flush();
                if (!swallowSpace)
                    Put("\\");
                NewLine(indent);
                if (swallowSpace)
                {
                    i = space;
                    continue;
                }
                if (points[space] == ' ')
                    Put("\\");
            }
            if (isRaw)
            {
                Append(pending, c);
                pendingCount++;
            }
        }
        Flush();
        Put("\"");

        void Flush()
        {
            Put(pending.ToString());
            pending.Clear();
            pendingCount = 0;
        }
    }

    private static string Escape(int c) => c switch
    {
        0 => "\\0", 7 => "\\a", 8 => "\\b", 9 => "\\t", 10 => "\\n", 11 => "\\v", 12 => "\\f", 13 => "\\r", 0x1B => "\\e",
        '"' => "\\\"", '\\' => "\\\\", 0x85 => "\\N", 0xA0 => "\\_", 0x2028 => "\\L", 0x2029 => "\\P",
        <= 0xFF => "\\x" + c.ToString("X2", CultureInfo.InvariantCulture),
        <= 0xFFFF => "\\u" + c.ToString("X4", CultureInfo.InvariantCulture),
        _ => "\\U" + c.ToString("X8", CultureInfo.InvariantCulture),
    };

    private static void Append(StringBuilder target, int c)
    {
        if (c <= 0xFFFF)
            target.Append((char)c);
        else
            target.Append(char.ConvertFromUtf32(c));
    }

    private static int[] CodePointsOf(string value)
    {
        var points = new List<int>(value.Length);
        for (var i = 0; i < value.Length; i++)
            if (char.IsHighSurrogate(value[i]) && i + 1 < value.Length && char.IsLowSurrogate(value[i + 1]))
                points.Add(char.ConvertToUtf32(value[i], value[++i]));
            else
                points.Add(value[i]);
        return [.. points];
    }

    private static int CodePoints(ReadOnlySpan<char> part)
    {
        var count = part.Length;
        foreach (var c in part)
            if (char.IsLowSurrogate(c))
                count--;
        return count;
    }

    private static int CountSpaces(string value, int start)
    {
        var end = start;
        while (end < value.Length && value[end] == ' ')
            end++;
        return end - start;
    }

    private static ReadOnlySpan<char> WordAt(string value, int start)
    {
        var end = value.IndexOf(' ', start);
        return value.AsSpan(start, (end < 0 ? value.Length : end) - start);
    }
}
