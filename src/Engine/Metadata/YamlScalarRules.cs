namespace DataVersion.Engine.Metadata;

/// <summary>How a text may be spelled in YAML, by the rules of the writer that DVC uses.</summary>
internal readonly record struct YamlScalarRules
{
    private YamlScalarRules(string text, bool inFlow)
    {
        HasBreak = text.Contains('\n');
        HasSpecial = ContainsSpecial(text);
        AllowsPlain = !HasBreak && !HasSpecial && text.Length > 0 && PlainIsAllowed(text, inFlow);
    }

    /// <summary>The text may stand without quotes and reads back as text.</summary>
    public bool AllowsPlain { get; }

    /// <summary>The text holds a line feed.</summary>
    public bool HasBreak { get; }

    /// <summary>The text holds a character that only an escape can express.</summary>
    public bool HasSpecial { get; }

    /// <summary>Looks at a text; in a flow collection more characters are reserved.</summary>
    public static YamlScalarRules Of(string text, bool inFlow) => new(text, inFlow);

    /// <summary>True for a code point that is written as it is.</summary>
    public static bool IsPrintable(int c) =>
        c is >= 0x20 and <= 0x7E or >= 0xA0 and <= 0xD7FF or >= 0xE000 and <= 0xFFFD or >= 0x10000
        && c is not (0xFEFF or 0x2028 or 0x2029);

    private static bool ContainsSpecial(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c is >= ' ' and <= '~' or '\n')
                continue;
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (!IsPrintable(c))
                return true;
        }
        return false;
    }

    private static bool PlainIsAllowed(string text, bool inFlow)
    {
        if (text[0] == ' ' || text[^1] == ' ' || text.StartsWith("---", StringComparison.Ordinal)
            || text.StartsWith("...", StringComparison.Ordinal))
            return false;
        var endsWord = text.Length == 1 || text[1] == ' ';
        switch (text[0])
        {
            case '#' or ',' or '[' or ']' or '{' or '}' or '&' or '*' or '!' or '|' or '>' or '\'' or '"' or '%' or '@' or '`':
            case '-' or '?' or ':' when endsWord:
                return false;
        }
        for (var i = 1; i < text.Length; i++)
        {
            var isReserved = text[i] switch
            {
                ':' => i + 1 == text.Length || text[i + 1] == ' ',
                '#' => text[i - 1] == ' ',
                ',' or '[' or ']' or '{' or '}' => inFlow,
                _ => false,
            };
            if (isReserved)
                return false;
        }
        return YamlTyping.KindOf(text) == YamlScalarKind.String && !YamlTyping.IsSpecialKey(text);
    }
}
