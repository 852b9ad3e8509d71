using System.Globalization;
using System.Numerics;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>Reads literal values of Python: numbers, texts, lists, tuples, sets, dictionaries, signs before numbers.</summary>
/// <param name="tokens">A whole expression.</param>
internal ref struct PythonLiterals(ReadOnlySpan<PythonToken> tokens)
{
    private readonly ReadOnlySpan<PythonToken> tokens = tokens;
    private int at;
    private int depth;

    /// <summary>The value of an expression; null when it is no literal, as a call or a sum.</summary>
    public static YamlNode? Read(ReadOnlySpan<PythonToken> tokens)
    {
        var reader = new PythonLiterals(tokens);
        var value = reader.Values(null);
        return reader.at == tokens.Length ? value : null;
    }

    private readonly bool Sees(string text) => at < tokens.Length && tokens[at].Is(text);

    private bool Takes(string text)
    {
        if (!Sees(text))
            return false;
        at++;
        return true;
    }

    // One value, or with commas a tuple; up to the end, or to a closing bracket.
    private YamlNode? Values(string? close)
    {
        if (at == tokens.Length)
            return null;
        var line = tokens[at].Line;
        var items = new List<YamlNode>();
        var isTuple = close is not null && Sees(close);
        while (at < tokens.Length && !(close is not null && Sees(close)))
        {
            if (Value() is not { } item)
                return null;
            items.Add(item);
            if (!Takes(","))
                break;
            isTuple = true;
        }
        if (close is not null && !Takes(close))
            return null;
        return isTuple ? new YamlSequence(items) { Line = line } : items[0];
    }

    private YamlNode? Value()
    {
        if (at == tokens.Length || ++depth > YamlReader.MaximumDepth)
            return null;
        var token = tokens[at++];
        YamlNode? value = token switch
        {
            { Kind: PythonTokenKind.Text } => Text(token),
            { Kind: PythonTokenKind.Number } => Number(token, false),
            { Kind: PythonTokenKind.Name, Text: "None" } => new YamlScalar(null) { Line = token.Line },
            { Kind: PythonTokenKind.Name, Text: "True" } => new YamlScalar(true) { Line = token.Line },
            { Kind: PythonTokenKind.Name, Text: "False" } => new YamlScalar(false) { Line = token.Line },
            { Kind: PythonTokenKind.Name, Text: "set" } when Takes("(") && Takes(")") => new YamlSequence { Line = token.Line },
            _ when token.Is("-") || token.Is("+") => at < tokens.Length && tokens[at].Kind == PythonTokenKind.Number
                ? Number(tokens[at++], token.Is("-")) : null,
            _ when token.Is("(") => Values(")"),
            _ when token.Is("[") => List(token),
            _ when token.Is("{") => DictionaryOrSet(token),
            _ => null,
        };
        depth--;
        return value;
    }

    // Texts beside each other are one.
    private YamlScalar? Text(PythonToken first)
    {
        var text = first.Text;
        for (; at < tokens.Length && tokens[at].Kind is PythonTokenKind.Text or PythonTokenKind.OtherText; at++)
            if (tokens[at].Kind == PythonTokenKind.OtherText)
                return null;
            else
                text += tokens[at].Text;
        return new YamlScalar(text) { Line = first.Line };
    }

    private YamlSequence? List(PythonToken open)
    {
        var list = new YamlSequence { Line = open.Line };
        while (!Takes("]"))
        {
            if (Value() is not { } item)
                return null;
            list.Items.Add(item);
            if (!Takes(",") && !Sees("]"))
                return null;
        }
        return list;
    }

    private YamlNode? DictionaryOrSet(PythonToken open)
    {
        var map = new YamlMap { Line = open.Line };
        var set = new YamlSequence { Line = open.Line };
        while (!Takes("}"))
        {
            if (Value() is not { } key)
                return null;
            if (set.Items.Count == 0 && Takes(":"))
            {
                if (key is not YamlScalar scalar || Value() is not { } value)
                    return null;
                map.Set(Twin(map, scalar) ?? scalar, value);
            }
            else if (map.Count > 0)
                return null;
            else if (!set.Items.Exists(item => YamlNode.SameValue(item, key)))
                set.Items.Add(key);
            if (!Takes(",") && !Sees("}"))
                return null;
        }
        return set.Items.Count > 0 ? set : map;
    }

    // To Python True is 1: the key that is there stays.
    private static YamlScalar? Twin(YamlMap map, YamlScalar key)
    {
        var twin = key.Value switch { bool flag => new YamlScalar(flag ? 1L : 0L), 0L or 1L => new YamlScalar(key.Value is 1L), _ => null };
        return twin is not null && map.TryGet(twin, out _) ? twin : null;
    }

    private static YamlScalar? Number(PythonToken token, bool negative)
    {
        var text = token.Text.Replace("_", "", StringComparison.Ordinal);
        object? value = null;
        if (text.Length > 2 && text[0] == '0' && char.ToLowerInvariant(text[1]) is 'x' or 'o' or 'b')
        {
            var radix = char.ToLowerInvariant(text[1]) switch { 'x' => 16, 'o' => 8, _ => 2 };
            BigInteger number = 0;
            foreach (var c in text.AsSpan(2))
            {
                if (!char.IsAsciiHexDigit(c) || Convert.ToInt32(c.ToString(), 16) is var digit && digit >= radix)
                    return null;
                number = number * radix + digit;
            }
            value = negative ? -number : number;
        }
        else if (BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole))
            value = negative ? -whole : whole;
        else if (double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var real))
            value = negative ? -real : real;
        return value is null ? null : new YamlScalar(value) { Line = token.Line };
    }
}
