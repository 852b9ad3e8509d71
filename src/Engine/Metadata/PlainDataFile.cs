using System.Globalization;

namespace DataVersion.Engine.Metadata;

/// <summary>
/// The <c>.dvc</c> file that nearly all are: one output with hash, size, count and path, spelled as DVC writes it. There may be
/// thousands, and reading one letter by letter costs a hundredth of reading YAML. Whatever differs in a single character
/// is left to the YAML reader, so that this one cannot understand anything else than that.
/// </summary>
internal static class PlainDataFile
{
    /// <summary>The output; null when the text is not of this form.</summary>
    public static OutputEntry? TryRead(string text)
    {
        var rest = text.AsSpan();
        if (!Skip(ref rest, "outs:\n- md5: ") || Value(ref rest) is not { Length: 32 or 36 } hash || !IsHash(hash)
            || !Skip(ref rest, "  size: ") || !TryNumber(Value(ref rest), 18, out var size))
            return null;
        long? count = null;
        if (Skip(ref rest, "  nfiles: "))
        {
            if (!TryNumber(Value(ref rest), 9, out var files))
                return null;
            count = files;
        }
        var isExecutable = Skip(ref rest, "  isexec: true\n");
        if (!Skip(ref rest, "  hash: md5\n  path: ") || Value(ref rest) is not { Length: > 0 } path || !IsPlainName(path) || rest.Length > 0)
            return null;
        var (hashText, pathText) = (hash.ToString(), path.ToString());
        // A text of digits alone would be a number.
        if (YamlTyping.KindOf(hashText) != YamlScalarKind.String || YamlTyping.KindOf(pathText) != YamlScalarKind.String)
            return null;
        return new OutputEntry
        {
            Path = pathText, HashText = hashText, Size = size, FileCount = (int?)count, IsExecutable = isExecutable, Line = 2, Column = 3,
        };
    }

    private static bool Skip(ref ReadOnlySpan<char> rest, string expected)
    {
        if (!rest.StartsWith(expected, StringComparison.Ordinal))
            return false;
        rest = rest[expected.Length..];
        return true;
    }

    // The rest of the line, and past it; nothing when the line does not end.
    private static ReadOnlySpan<char> Value(ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOf('\n');
        if (end < 0)
            return [];
        var value = rest[..end];
        rest = rest[(end + 1)..];
        return value;
    }

    private static bool IsHash(ReadOnlySpan<char> text) =>
        (text.Length == 32 || text[32..] is ContentHash.DirectorySuffix) && !text[..32].ContainsAnyExcept("0123456789abcdef");

    private static bool TryNumber(ReadOnlySpan<char> text, int digits, out long number)
    {
        number = 0;
        // The parser of numbers lets zero bytes behind them pass.
        return text.Length > 0 && text.Length <= digits && (text.Length == 1 || text[0] != '0') && !text.ContainsAnyExceptInRange('0', '9')
            && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static bool IsPlainName(ReadOnlySpan<char> text)
    {
        if (!char.IsAsciiLetterOrDigit(text[0]) && text[0] != '_')
            return false;
        foreach (var c in text)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '/'))
                return false;
        return true;
    }
}
