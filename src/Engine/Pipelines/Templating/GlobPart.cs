namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>Patterns as Python's <c>fnmatch</c> knows them: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[a-z]</c>, <c>[!a]</c>.</summary>
internal static class GlobPart
{
    /// <summary>True when the whole text fits; case matters.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        // The last star and how much of the text it took: one more character when what follows does not fit.
        int p = 0, t = 0, star = -1, taken = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
                (star, taken) = (++p, t);
            else if (p < pattern.Length && One(pattern[p..], text[t], out var length))
                (p, t) = (p + length, t + 1);
            else if (star >= 0)
                (p, t) = (star, ++taken);
            else
                return false;
        }
        return pattern[p..].TrimStart('*').IsEmpty;
    }

    private static bool One(ReadOnlySpan<char> pattern, char c, out int length)
    {
        length = 1;
        if (pattern[0] == '?')
            return true;
        if (pattern[0] != '[')
            return pattern[0] == c;
        var start = pattern.Length > 1 && pattern[1] == '!' ? 2 : 1;
        var end = start < pattern.Length ? pattern[(start + 1)..].IndexOf(']') : -1;
        if (end < 0)
            return c == '[';
        var set = pattern.Slice(start, end + 1);
        length = start + end + 2;
        var isIn = false;
        for (var i = 0; i < set.Length; i++)
            if (i + 2 < set.Length && set[i + 1] == '-')
            {
                isIn |= c >= set[i] && c <= set[i + 2];
                i += 2;
            }
            else
                isIn |= set[i] == c;
        return isIn == (start == 1);
    }
}
