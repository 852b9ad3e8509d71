using System.Globalization;

namespace DataVersion.Engine.Metadata;

/// <summary>Floating point numbers as Python's <c>repr</c> writes them; hashes and metadata bytes depend on it.</summary>
public static class PythonFloat
{
    /// <summary>
    /// The shortest digits that read back as the same number; with an exponent exactly when the decimal exponent is below
    /// -4 or at least 16 (<c>1e-05</c>, <c>1e+16</c>), otherwise with at least one digit behind the point. Also
    /// <c>inf</c>, <c>-inf</c>, <c>nan</c>.
    /// </summary>
    public static string Format(double value)
    {
        if (double.IsNaN(value))
            return "nan";
        if (double.IsInfinity(value))
            return value > 0 ? "inf" : "-inf";
        if (value == 0)
            return double.IsNegative(value) ? "-0.0" : "0.0";

        // "E16" would give too many digits; "R" gives the shortest ones, with or without an exponent.
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        var sign = text[0] == '-' ? "-" : "";
        var number = text.AsSpan(sign.Length);
        var exponent = 0;
        if (number.IndexOf('E') is >= 0 and var e)
        {
            exponent = int.Parse(number[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            number = number[..e];
        }
        var point = number.IndexOf('.');
        var whole = point < 0 ? number : number[..point];
        var digits = string.Concat(whole, point < 0 ? "" : number[(point + 1)..]);
        exponent += whole.Length - 1;
        var leadingZeros = digits.Length - digits.AsSpan().TrimStart('0').Length;
        digits = digits.Trim('0');
        exponent -= leadingZeros;

        if (exponent is < -4 or >= 16)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
        }
        if (exponent < 0)
            return sign + "0." + new string('0', -exponent - 1) + digits;
        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0') + ".0"
            : sign + digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    /// <summary>The same for YAML: <c>.inf</c>, <c>-.inf</c>, <c>.nan</c>.</summary>
    public static string FormatYaml(double value) => Format(value) switch
    {
        "nan" => ".nan",
        "inf" => ".inf",
        "-inf" => "-.inf",
        var text => text,
    };

    /// <summary>The same for JSON as Python writes it: <c>Infinity</c>, <c>-Infinity</c>, <c>NaN</c>.</summary>
    public static string FormatJson(double value) => Format(value) switch
    {
        "nan" => "NaN",
        "inf" => "Infinity",
        "-inf" => "-Infinity",
        var text => text,
    };
}
