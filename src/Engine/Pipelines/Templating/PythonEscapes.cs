using System.Globalization;
using System.Text;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>The backslash escapes of Python strings.</summary>
internal static class PythonEscapes
{
    /// <summary>What stands between the quotes as its value; null when an escape is broken, or names a character (<c>\N{…}</c>).</summary>
    public static string? Decode(string body)
    {
        if (!body.Contains('\\'))
            return body;
        var result = new StringBuilder(body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] != '\\' || ++i == body.Length)
            {
                result.Append(body[Math.Min(i, body.Length - 1)]);
                continue;
            }
            switch (body[i])
            {
                case '\n':
                    break;
                case '\\' or '\'' or '"':
                    result.Append(body[i]);
                    break;
                case 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v':
                    result.Append("\a\b\f\n\r\t\v"["abfnrtv".IndexOf(body[i])]);
                    break;
                case 'x' or 'u' or 'U':
                    var digits = body[i] switch { 'x' => 2, 'u' => 4, _ => 8 };
                    if (i + digits >= body.Length || !int.TryParse(body.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier,
                        CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF)
                        return null;
                    result.Append(code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code));
                    i += digits;
                    break;
                case 'N':
                    return null;
                case >= '0' and <= '7':
                    var value = 0;
                    var end = Math.Min(i + 3, body.Length);
                    for (; i < end && body[i] is >= '0' and <= '7'; i++)
                        value = value * 8 + body[i] - '0';
                    i--;
                    result.Append((char)value);
                    break;
                default:
                    result.Append('\\').Append(body[i]);
                    break;
            }
        }
        return result.ToString();
    }
}
