using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>What a piece of Python source is.</summary>
internal enum PythonTokenKind : byte
{
    Name,
    Number,
    /// <summary>A string literal; its value is the text.</summary>
    Text,
    /// <summary>A literal that is no value of a parameter: bytes or a formatted string.</summary>
    OtherText,
    Operator,
}

/// <summary>One piece of Python source.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string its value.</param>
/// <param name="Line">Its line, from 1.</param>
internal readonly record struct PythonToken(PythonTokenKind Kind, string Text, int Line)
{
    public bool Is(string text) => Kind is PythonTokenKind.Operator or PythonTokenKind.Name && Text == text;
}

/// <summary>A logical line: what stands between two line ends outside of brackets.</summary>
/// <param name="Indent">Width of the white space before it; tabs reach to multiples of eight.</param>
/// <param name="Tokens">Its pieces, at least one.</param>
internal sealed record PythonLine(int Indent, List<PythonToken> Tokens);

/// <summary>Cuts Python source into logical lines and pieces. It refuses what cannot be cut; it does not check the grammar.</summary>
internal sealed class PythonScanner(string text, string path)
{
    private int at;
    private int line = 1;

    /// <summary>All lines that hold anything but comments.</summary>
    /// <exception cref="MetadataFormatException">A string or bracket has no end, or a character means nothing.</exception>
    public List<PythonLine> Lines()
    {
        var lines = new List<PythonLine>();
        while (at < text.Length)
        {
            var indent = Indent();
            var tokens = new List<PythonToken>();
            ReadLine(tokens);
            if (tokens.Count > 0)
                lines.Add(new PythonLine(indent, tokens));
        }
        return lines;
    }

    private MetadataFormatException Error(string reason, int? place = null) =>
        new(DataErrorKind.MetadataInvalid, path, place ?? line, 0, $"not valid Python: {reason}.");

    private char Peek(int ahead = 0) => at + ahead < text.Length ? text[at + ahead] : '\0';

    private int Indent()
    {
        var width = 0;
        for (; Peek() is ' ' or '\t' or '\f'; at++)
            width = text[at] switch { '\t' => width / 8 * 8 + 8, '\f' => 0, _ => width + 1 };
        return width;
    }

    private void ReadLine(List<PythonToken> tokens)
    {
        var open = new Stack<(char Bracket, int Line)>();
        while (at < text.Length)
        {
            var c = text[at];
            if (c is '\n' or '\r')
            {
                NewLine();
                if (open.Count == 0)
                    return;
            }
            else if (c is ' ' or '\t' or '\f')
                at++;
            else if (c == '#')
                while (at < text.Length && text[at] is not ('\n' or '\r'))
                    at++;
            else if (c == '\\')
            {
                at++;
                if (Peek() is not ('\n' or '\r'))
                    throw Error("a backslash must be the last character of its line");
                NewLine();
            }
            else if (c is '"' or '\'' || char.IsLetter(c) && StringPrefix() is > 0)
                tokens.Add(ReadString());
            else if (char.IsAsciiDigit(c) || c == '.' && char.IsAsciiDigit(Peek(1)))
                tokens.Add(ReadNumber());
            else if (char.IsLetter(c) || c == '_' || c > 127)
                tokens.Add(ReadName());
            else
                tokens.Add(ReadOperator(open));
        }
        if (open.Count > 0)
            throw Error($"'{open.Peek().Bracket}' is never closed", open.Peek().Line);
    }

    private void NewLine()
    {
        at += Peek() == '\r' && Peek(1) == '\n' ? 2 : 1;
        line++;
    }

    private PythonToken ReadName()
    {
        var start = at;
        while (char.IsLetterOrDigit(Peek()) || Peek() is '_' or > (char)127)
            at++;
        return new PythonToken(PythonTokenKind.Name, text[start..at].Normalize(System.Text.NormalizationForm.FormKC), line);
    }

    private PythonToken ReadNumber()
    {
        var start = at;
        while (char.IsAsciiLetterOrDigit(Peek()) || Peek() is '.' or '_' || Peek() is '+' or '-' && IsExponent(start))
            at++;
        return new PythonToken(PythonTokenKind.Number, text[start..at], line);
    }

    private bool IsExponent(int start) => text[at - 1] is 'e' or 'E' && !text.AsSpan(start, at - start).StartsWith("0x", StringComparison.OrdinalIgnoreCase);

    private PythonToken ReadOperator(Stack<(char Bracket, int Line)> open)
    {
        var c = text[at++];
        switch (c)
        {
            case '(' or '[' or '{':
                open.Push((c, line));
                break;
            case ')' or ']' or '}':
                if (!open.TryPop(out var pair) || (pair.Bracket, c) is not (('(', ')') or ('[', ']') or ('{', '}')))
                    throw Error($"unmatched '{c}'");
                break;
            // Of the longer ones only those matter that hold an equals sign or a colon.
            case '=' or '!' or '<' or '>' or '+' or '-' or '*' or '/' or '%' or '&' or '|' or '^' or '@' or ':' when Peek() == '=':
                at++;
                return new PythonToken(PythonTokenKind.Operator, c + "=", line);
            case '*' or '/' or '<' or '>' when Peek() == c && Peek(1) == '=':
                at += 2;
                return new PythonToken(PythonTokenKind.Operator, $"{c}{c}=", line);
            case '*' or '/' or '<' or '>' when Peek() == c:
                at++;
                return new PythonToken(PythonTokenKind.Operator, $"{c}{c}", line);
            case '$' or '?' or '!' or '`' or < ' ':
                throw Error($"the character '{c}' means nothing there");
        }
        return new PythonToken(PythonTokenKind.Operator, c.ToString(), line);
    }

    // Length of the letters before a string literal; 0 when there is none.
    private int StringPrefix()
    {
        var length = 0;
        while (length < 3 && Peek(length) is 'r' or 'R' or 'b' or 'B' or 'u' or 'U' or 'f' or 'F' or 't' or 'T')
            length++;
        return length > 0 && Peek(length) is '"' or '\'' ? length : 0;
    }

    private PythonToken ReadString()
    {
        var first = line;
        var prefix = text.AsSpan(at, StringPrefix());
        var isRaw = prefix.ContainsAny('r', 'R');
        var isOther = prefix.ContainsAny("bBfFtT");
        at += prefix.Length;
        var quote = text[at];
        var isLong = Peek(1) == quote && Peek(2) == quote;
        at += isLong ? 3 : 1;
        var start = at;
        while (true)
        {
            if (at >= text.Length || !isLong && text[at] is '\n' or '\r')
                throw Error("a string is never closed", first);
            if (text[at] == quote && (!isLong || Peek(1) == quote && Peek(2) == quote))
                break;
            if (text[at] == '\\')
                at++;
            if (Peek() is '\n' or '\r')
                NewLine();
            else
                at++;
        }
        var body = text[start..Math.Min(at, text.Length)].ReplaceLineEndings("\n");
        at += isLong ? 3 : 1;
        if (isOther)
            return new PythonToken(PythonTokenKind.OtherText, body, first);
        return new PythonToken(PythonTokenKind.Text, isRaw ? body
            : PythonEscapes.Decode(body) ?? throw Error("a string holds a broken escape", first), first);
    }
}
