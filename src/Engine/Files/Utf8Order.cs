namespace DataVersion.Engine.Files;

/// <summary>
/// Orders text by Unicode code point, which is the order of its UTF-8 bytes and of Python's strings. UTF-16 order, which
/// <see cref="StringComparer.Ordinal"/> gives, puts characters above U+FFFF before U+E000..U+FFFF.
/// </summary>
public sealed class Utf8Order : IComparer<string>
{
    private Utf8Order()
    {
    }

    /// <summary>The one comparer; null comes before every text.</summary>
    public static Utf8Order Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        if (ReferenceEquals(x, y))
            return 0;
        if (x is null)
            return -1;
        return y is null ? 1 : Compare(x.AsSpan(), y.AsSpan());
    }

    /// <summary>Negative when <paramref name="x"/> comes first, 0 when the texts are equal, positive otherwise.</summary>
    public static int Compare(ReadOnlySpan<char> x, ReadOnlySpan<char> y)
    {
        var common = x.CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
            return x.Length - y.Length;
        return Rank(x[common]) - Rank(y[common]);
    }

    // Surrogates stand for code points above U+FFFF, so they must rank above U+E000..U+FFFF; two surrogates at the
    // first difference keep their order (high ones order the same way as the code points they begin).
    private static int Rank(char c) => c < '\uD800' ? c : c <= '\uDFFF' ? c + 0x2000 : c - 0x800;
}
