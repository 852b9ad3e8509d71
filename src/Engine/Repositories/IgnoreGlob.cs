using System.Text;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// One segment of an ignore pattern: <c>*</c>, <c>?</c>, <c>[a-z]</c>, <c>[!a-z]</c>, <c>\x</c>. As in DVC a backslash in
/// brackets stands for itself, there are no named classes such as <c>[:alpha:]</c>, and a bracket that is not closed is a
/// bracket. Case matters on every system. Characters are code points.
/// </summary>
internal sealed class IgnoreGlob
{
    private enum Form : byte { Exact, Prefix, Suffix, Anything, General }

    private enum Step : byte { Literal, One, Many, Class }

    private sealed record Token(Step Step, Rune Character, bool Negated = false, (Rune Low, Rune High)[]? Ranges = null)
    {
        public bool Accepts(Rune rune)
        {
            if (Step == Step.Literal)
                return rune == Character;
            if (Step == Step.One)
                return true;
            foreach (var (low, high) in Ranges!)
                if (rune >= low && rune <= high)
                    return !Negated;
            return Negated;
        }
    }

    private readonly Form form;
    private readonly string text = "";
    private readonly Token[] tokens;

    private IgnoreGlob(List<Token> parsed)
    {
        tokens = [.. parsed];
        var stars = parsed.Count(token => token.Step == Step.Many);
        if (stars == 1 && tokens.Length == 1)
            form = Form.Anything;
        else if (stars > 1 || parsed.Exists(token => token.Step is Step.One or Step.Class))
            form = Form.General;
        else if (stars == 0)
            form = Form.Exact;
        else if (tokens[0].Step == Step.Many)
            form = Form.Suffix;
        else
            form = tokens[^1].Step == Step.Many ? Form.Prefix : Form.General;
        if (form is Form.Exact or Form.Prefix or Form.Suffix)
            text = string.Concat(parsed.Where(token => token.Step == Step.Literal).Select(token => token.Character.ToString()));
    }

    /// <summary>Matches every name.</summary>
    public static IgnoreGlob Any { get; } = new([new Token(Step.Many, default)]);

    /// <summary>Reads a segment; null when nothing can match it (a backslash at its end, a range that runs backwards).</summary>
    public static IgnoreGlob? TryParse(string segment)
    {
        Rune[] runes = new Rune[segment.Length];
        var count = 0;
        foreach (var rune in segment.EnumerateRunes())
            runes[count++] = rune;
        Array.Resize(ref runes, count);
        var tokens = new List<Token>();
        for (var i = 0; i < runes.Length; i++)
        {
            switch (runes[i].Value)
            {
                case '\\' when i + 1 == runes.Length:
                    return null;
                case '\\':
                    tokens.Add(new Token(Step.Literal, runes[++i]));
                    break;
                case '*' when tokens.Count > 0 && tokens[^1].Step == Step.Many:
                    break;
                case '*':
                    tokens.Add(new Token(Step.Many, default));
                    break;
                case '?':
                    tokens.Add(new Token(Step.One, default));
                    break;
                case '[' when FindEnd(runes, i) is > 0 and var end:
                    if (Bracket(runes.AsSpan(i + 1, end - i - 1)) is not { } bracket)
                        return null;
                    tokens.Add(bracket);
                    i = end;
                    break;
                default:
                    tokens.Add(new Token(Step.Literal, runes[i]));
                    break;
            }
        }
        return new IgnoreGlob(tokens);
    }

    /// <summary>Whether the whole name matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> name) => form switch
    {
        Form.Anything => true,
        Form.Exact => name.SequenceEqual(text),
        Form.Suffix => name.EndsWith(text, StringComparison.Ordinal),
        Form.Prefix => name.StartsWith(text, StringComparison.Ordinal),
        _ => IsGeneralMatch(name),
    };

    // Only the last star is ever tried again: what stands before it has found its earliest place.
    private bool IsGeneralMatch(ReadOnlySpan<char> name)
    {
        var (at, token) = (0, 0);
        var (starAt, starToken) = (0, -1);
        while (true)
        {
            if (token < tokens.Length && tokens[token].Step == Step.Many)
            {
                (starAt, starToken) = (at, ++token);
                if (token == tokens.Length)
                    return true;
                continue;
            }
            if (at == name.Length)
            {
                if (token == tokens.Length)
                    return true;
                // Taking more for the star leaves even less for the rest.
                return false;
            }
            Rune.DecodeFromUtf16(name[at..], out var rune, out var width);
            if (token < tokens.Length && tokens[token].Accepts(rune))
            {
                at += width;
                token++;
                continue;
            }
            if (starToken < 0)
                return false;
            Rune.DecodeFromUtf16(name[starAt..], out _, out width);
            at = starAt += width;
            token = starToken;
        }
    }

    // The bracket that closes the one at the start; the first character inside never does.
    private static int FindEnd(Rune[] runes, int start)
    {
        var at = start + 1;
        if (at < runes.Length && runes[at].Value is '!' or '^')
            at++;
        for (at++; at < runes.Length; at++)
            if (runes[at].Value == ']')
                return at;
        return -1;
    }

    private static Token? Bracket(ReadOnlySpan<Rune> inside)
    {
        var negated = inside[0].Value is '!' or '^';
        if (negated)
            inside = inside[1..];
        var ranges = new List<(Rune, Rune)>();
        for (var i = 0; i < inside.Length; i++)
        {
            if (i + 2 >= inside.Length || inside[i + 1].Value != '-')
            {
                ranges.Add((inside[i], inside[i]));
                continue;
            }
            if (inside[i] > inside[i + 2])
                return null;
            ranges.Add((inside[i], inside[i + 2]));
            i += 2;
        }
        return new Token(Step.Class, default, negated, [.. ranges]);
    }
}
