using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace DataVersion.Engine.Metadata;

/// <summary>
/// What a plain scalar means to DVC, whose YAML 1.2 has its own shades: leading zeros are decimal, underscores separate
/// digits, <c>yes</c> and <c>1:30</c> are text. The reader types scalars by it and the writer decides by it what to quote.
/// </summary>
internal static partial class YamlTyping
{
    /// <summary>The type of a plain scalar.</summary>
    public static YamlScalarKind KindOf(string text)
    {
        if (text.Length == 0)
            return YamlScalarKind.Null;
        switch (text[0])
        {
            case '~' or 'n' or 'N':
                return text is "~" or "null" or "Null" or "NULL" ? YamlScalarKind.Null : YamlScalarKind.String;
            case 't' or 'T' or 'f' or 'F':
                return text is "true" or "True" or "TRUE" or "false" or "False" or "FALSE"
                    ? YamlScalarKind.Boolean : YamlScalarKind.String;
            case (>= '0' and <= '9') or '-' or '+' or '.':
                if (Integer().IsMatch(text))
                    return YamlScalarKind.Integer;
                if (Float().IsMatch(text))
                    return YamlScalarKind.Float;
                return text.Length >= 8 && Timestamp().IsMatch(text) ? YamlScalarKind.Timestamp : YamlScalarKind.String;
            default:
                return YamlScalarKind.String;
        }
    }

    /// <summary>True for the two plain scalars that are no value: the merge key and the value key.</summary>
    public static bool IsSpecialKey(string text) => text is "<<" or "=";

    /// <summary>The value of a text of that type; false when there is none, as for <c>0x_</c>.</summary>
    public static bool TryConvert(string text, YamlScalarKind kind, out object? value)
    {
        value = text;
        switch (kind)
        {
            case YamlScalarKind.Null:
                value = null;
                return true;
            case YamlScalarKind.Boolean:
                value = text is "true" or "True" or "TRUE";
                return true;
            case YamlScalarKind.Integer:
                return TryInteger(text.Replace("_", ""), out value);
            case YamlScalarKind.Float:
                return TryFloat(text.Replace("_", ""), out value);
            default:
                return true;
        }
    }

    private static bool TryInteger(string text, out object? value)
    {
        value = null;
        var negative = text[0] == '-';
        var digits = text.AsSpan(negative || text[0] == '+' ? 1 : 0);
        var radix = 10;
        if (digits.Length > 1 && digits[0] == '0' && digits[1] is 'x' or 'o' or 'b')
        {
            radix = digits[1] switch { 'x' => 16, 'o' => 8, _ => 2 };
            digits = digits[2..];
        }
        if (digits.IsEmpty)
            return false;
        BigInteger number;
        if (radix == 10)
            number = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        else if (radix == 16)
            number = BigInteger.Parse(string.Concat("0", digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        else
        {
            number = 0;
            foreach (var digit in digits)
                number = number * radix + (digit - '0');
        }
        number = negative ? -number : number;
        value = number >= long.MinValue && number <= long.MaxValue ? (object)(long)number : number;
        return true;
    }

    private static bool TryFloat(string text, out object? value)
    {
        var bare = text.AsSpan().TrimStart("+-");
        if (bare.Equals(".inf", StringComparison.OrdinalIgnoreCase))
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        else if (bare.Equals(".nan", StringComparison.OrdinalIgnoreCase))
            value = double.NaN;
        else
        {
            var ok = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number);
            value = number;
            return ok;
        }
        return true;
    }

    [GeneratedRegex(@"^[-+]?(0b[01_]+|0o?[0-7_]+|[0-9_]+|0x[0-9a-fA-F_]+)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Integer();

    [GeneratedRegex(@"^([-+]?[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
        + @"|[-+]?\.[0-9_]+([eE][-+][0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))\z", RegexOptions.CultureInvariant)]
    private static partial Regex Float();

    [GeneratedRegex(@"^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}"
        + @"(\.[0-9]*)?([ \t]*(Z|[-+][0-9]{1,2}(:[0-9]{2})?))?)\z", RegexOptions.CultureInvariant)]
    private static partial Regex Timestamp();
}
