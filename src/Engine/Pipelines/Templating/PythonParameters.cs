using System.Runtime.InteropServices;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>
/// Parameters of a Python file (DVC spec 7.8): assignments of literal values to single names at the top, in classes, and to
/// <c>self.x</c> in <c>__init__</c>. Everything else is passed over, as by DVC; no Python is run and none is needed.
/// </summary>
internal sealed class PythonParameters
{
    // What begins a statement that is no assignment; "match" and "type" may also be names.
    private static readonly HashSet<string> Statements = new(StringComparer.Ordinal)
    {
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
        "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
        "while", "with", "yield",
    };

    private readonly List<PythonLine> lines;
    private readonly string path;
    private int at;

    private PythonParameters(List<PythonLine> lines, string path) => (this.lines, this.path) = (lines, path);

    /// <summary>The values of a file.</summary>
    /// <exception cref="MetadataFormatException">The text is no Python.</exception>
    public static YamlNode Parse(string text, string path)
    {
        var reader = new PythonParameters(new PythonScanner(text, path).Lines(), path);
        var result = new YamlMap();
        reader.ReadBlock(0, result, onlySelf: false, 0);
        return result;
    }

    // The lines of one indentation; deeper ones belong to statements that hold no parameters.
    private void ReadBlock(int indent, YamlMap result, bool onlySelf, int depth)
    {
        for (; at < lines.Count && lines[at].Indent >= indent; at++)
        {
            var tokens = CollectionsMarshal.AsSpan(lines[at].Tokens);
            CheckOperands(tokens);
            if (lines[at].Indent == indent)
                ReadStatements(tokens, result, onlySelf, depth);
        }
        at--;
    }

    private void ReadStatements(ReadOnlySpan<PythonToken> tokens, YamlMap result, bool onlySelf, int depth)
    {
        var isClass = tokens[0].Is("class");
        if (isClass || tokens[0].Is("def") && tokens.Length > 1 && tokens[1].Is("__init__"))
        {
            if (tokens.Length < 2 || tokens[1].Kind != PythonTokenKind.Name || Find(tokens, ":") is not (> 1 and var colon))
                throw Error(tokens[0], "the header of a class or function is not complete");
            if (depth > YamlReader.MaximumDepth)
                return;
            var inner = new YamlMap { Line = tokens[0].Line };
            if (colon + 1 < tokens.Length)
                ReadSimple(tokens[(colon + 1)..], inner, !isClass);
            else if (at + 1 < lines.Count && lines[at + 1].Indent > lines[at].Indent)
            {
                at++;
                ReadBlock(lines[at].Indent, inner, !isClass, depth + 1);
            }
            if (isClass)
                result.Set(new YamlScalar(tokens[1].Text) { Line = tokens[1].Line }, inner);
            else
                foreach (var (key, value) in inner.Entries)
                    result.Set(key, value);
        }
        else if (tokens[0].Kind != PythonTokenKind.Name || !Statements.Contains(tokens[0].Text))
            ReadSimple(tokens, result, onlySelf);
    }

    private static void ReadSimple(ReadOnlySpan<PythonToken> tokens, YamlMap result, bool onlySelf)
    {
        while (!tokens.IsEmpty)
        {
            var end = Find(tokens, ";") is >= 0 and var semicolon ? semicolon : tokens.Length;
            ReadAssignment(tokens[..end], result, onlySelf);
            tokens = end < tokens.Length ? tokens[(end + 1)..] : [];
        }
    }

    private static void ReadAssignment(ReadOnlySpan<PythonToken> tokens, YamlMap result, bool onlySelf)
    {
        // "x = ..." or "self.x = ...", with or without ": type".
        var isSelf = tokens.Length > 3 && tokens[0].Is("self") && tokens[1].Is(".") && tokens[2].Kind == PythonTokenKind.Name;
        if (tokens.Length < 3 || tokens[0].Kind != PythonTokenKind.Name || !isSelf && onlySelf)
            return;
        var name = tokens[isSelf ? 2 : 0];
        var rest = tokens[(isSelf ? 3 : 1)..];
        if (rest[0].Is(":") && Find(rest, "=") is >= 0 and var equals)
            rest = rest[equals..];
        if (!rest[0].Is("=") || PythonLiterals.Read(rest[1..]) is not { } value)
            return;
        result.Set(new YamlScalar(name.Text) { Line = name.Line }, value);
    }

    // The first such piece outside of brackets.
    private static int Find(ReadOnlySpan<PythonToken> tokens, string text)
    {
        var depth = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (depth == 0 && tokens[i].Is(text))
                return i;
            if (tokens[i].Kind == PythonTokenKind.Operator)
                depth += tokens[i].Text switch { "(" or "[" or "{" => 1, ")" or "]" or "}" => -1, _ => 0 };
        }
        return -1;
    }

    // Two values with nothing between them: the surest sign that a file is no Python.
    private void CheckOperands(ReadOnlySpan<PythonToken> tokens)
    {
        for (var i = 1; i < tokens.Length; i++)
            if (IsOperand(tokens[i - 1]) && IsOperand(tokens[i])
                && !(tokens[i - 1].Kind is PythonTokenKind.Text or PythonTokenKind.OtherText && tokens[i].Kind is PythonTokenKind.Text or PythonTokenKind.OtherText)
                && !(i == 1 && tokens[0].Text is "match" or "case" or "type"))
                throw Error(tokens[i], $"'{tokens[i].Text}' cannot stand behind '{tokens[i - 1].Text}'");
    }

    private static bool IsOperand(PythonToken token) =>
        token.Kind != PythonTokenKind.Operator && (token.Kind != PythonTokenKind.Name || !Statements.Contains(token.Text));

    private MetadataFormatException Error(PythonToken token, string reason) =>
        new(DataErrorKind.MetadataInvalid, path, token.Line, 0, $"not valid Python: {reason}.");
}
