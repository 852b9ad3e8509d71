namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>One <c>${…}</c> in a text.</summary>
/// <param name="Start">Where the dollar stands.</param>
/// <param name="End">Behind the closing brace.</param>
internal readonly record struct TemplateSpan(int Start, int End)
{
    /// <summary>What stands between the braces.</summary>
    public ReadOnlySpan<char> Inner(string text) => text.AsSpan(Start + 2, End - Start - 3);
}

/// <summary>
/// The grammar of templates (DVC spec 7.5): from <c>${</c> without a backslash before it to the first <c>}</c> of the same
/// line; inside, words with <c>.</c> between them or in <c>[ ]</c>.
/// </summary>
internal static class TemplateText
{
    private const string Open = "${";

    /// <summary>True when the text must be looked at: it may also hold no more than an escaped <c>\${</c>.</summary>
    public static bool IsCandidate(string text) => text.Contains(Open, StringComparison.Ordinal);

    /// <summary>The first template at or behind a place; false when there is none.</summary>
    public static bool TryNext(string text, int from, out TemplateSpan span)
    {
        for (var at = Find(text, from); at >= 0;)
        {
            if (at > 0 && text[at - 1] == '\\')
            {
                at = Find(text, at + 1);
                continue;
            }
            var end = text.AsSpan(at + 2).IndexOfAny('}', '\n') + at + 2;
            if (end < at + 2)
                break;
            if (text[end] == '}')
            {
                span = new TemplateSpan(at, end + 1);
                return true;
            }
            // Nothing that begins on this line is closed on it.
            at = Find(text, end);
        }
        span = default;
        return false;

        static int Find(string text, int start) => text.IndexOf(Open, start, StringComparison.Ordinal);
    }

    /// <summary>True for a text with at least one template in it.</summary>
    public static bool IsTemplate(string text) => IsCandidate(text) && TryNext(text, 0, out _);

    /// <summary>The text with <c>${</c> where it has <c>\${</c>.</summary>
    public static string Unescape(string text) => text.Replace("\\${", Open, StringComparison.Ordinal);

    /// <summary>The parts of a key path; null when the text is none, and then where it stops making sense.</summary>
    /// <param name="inner">What stands between the braces.</param>
    /// <param name="badAt">Index of the first character that cannot stand there; the length when something is missing at the end.</param>
    public static string[]? Parts(ReadOnlySpan<char> inner, out int badAt)
    {
        var parts = new List<string>(4);
        badAt = 0;
        var closing = false;
        while (true)
        {
            var length = inner[badAt..].IndexOfAny('.', '[', ']') is >= 0 and var stop ? stop : inner.Length - badAt;
            if (length == 0)
                return null;
            parts.Add(inner.Slice(badAt, length).Trim().ToString());
            badAt += length;
            if (closing)
            {
                if (badAt == inner.Length || inner[badAt] != ']')
                    return null;
                badAt++;
                closing = false;
            }
            if (badAt == inner.Length)
                return [.. parts];
            if (inner[badAt] == ']')
                return null;
            // Behind "]" no word can stand without a dot or a bracket before it.
            if (inner[badAt] is not ('.' or '['))
                return null;
            closing = inner[badAt] == '[';
            badAt++;
        }
    }
}
