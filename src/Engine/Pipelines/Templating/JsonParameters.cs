using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>JSON as Python reads it: also <c>NaN</c> and <c>Infinity</c>, whole numbers of any size, and the last of two equal keys wins.</summary>
internal static class JsonParameters
{
    private const string NotANumber = "\0NaN";

    public static YamlNode Parse(string text, string path)
    {
        var bytes = Encoding.UTF8.GetBytes(WithoutNamedNumbers(text));
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = YamlReader.MaximumDepth });
        var lines = new LineCounter(bytes);
        try
        {
            reader.Read();
            var root = Value(ref reader, ref lines);
            reader.Read();
            return root;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // Half a surrogate pair is no text for .NET.
            var (line, column) = error is JsonException { LineNumber: { } number, BytePositionInLine: { } at }
                ? ((int)number + 1, (int)at + 1) : (lines.LineOf(reader.TokenStartIndex), 0);
            var reason = error.Message.Split(" LineNumber:")[0].TrimEnd('.');
            throw new MetadataFormatException(DataErrorKind.MetadataInvalid, path, line, column, $"not valid JSON: {reason}.", cause: error);
        }
    }

    private static YamlNode Value(ref Utf8JsonReader reader, ref LineCounter lines)
    {
        var line = lines.LineOf(reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var map = new YamlMap { Line = line };
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var key = new YamlScalar(reader.GetString()) { Line = lines.LineOf(reader.TokenStartIndex) };
                    reader.Read();
                    map.Set(key, Value(ref reader, ref lines));
                }
                return map;
            case JsonTokenType.StartArray:
                var list = new YamlSequence { Line = line };
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    list.Items.Add(Value(ref reader, ref lines));
                return list;
            case JsonTokenType.Number:
                return new YamlScalar(Number(Encoding.UTF8.GetString(reader.ValueSpan))) { Line = line };
            case JsonTokenType.String:
                return new YamlScalar(reader.GetString() is var text && text == NotANumber ? double.NaN : text) { Line = line };
            default:
                return new YamlScalar(reader.TokenType == JsonTokenType.Null ? null : (object)(reader.TokenType == JsonTokenType.True)) { Line = line };
        }
    }

    private static object Number(string text) => text.AsSpan().IndexOfAny(".eE") >= 0
        ? double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
        : BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    // The reader knows no such names: a number that is too large is infinity, and a text stands for no number.
    private static string WithoutNamedNumbers(string text)
    {
        if (!text.Contains("NaN", StringComparison.Ordinal) && !text.Contains("Infinity", StringComparison.Ordinal))
            return text;
        var result = new StringBuilder(text.Length);
        var inText = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
                inText = !inText;
            else if (inText && text[i] == '\\' && i + 1 < text.Length)
                result.Append(text[i++]);
            else if (!inText && Replace("NaN", "\"\\u0000NaN\"") || !inText && Replace("Infinity", "1e999"))
                continue;
            result.Append(text[i]);

            bool Replace(string name, string by)
            {
                if (string.CompareOrdinal(text, i, name, 0, name.Length) != 0)
                    return false;
                result.Append(by);
                i += name.Length - 1;
                return true;
            }
        }
        return result.ToString();
    }

    /// <summary>Lines of rising offsets.</summary>
    private ref struct LineCounter(ReadOnlySpan<byte> bytes)
    {
        private readonly ReadOnlySpan<byte> bytes = bytes;
        private long counted;
        private int line = 1;

        public int LineOf(long offset)
        {
            if (offset > counted)
            {
                line += bytes[(int)counted..(int)offset].Count((byte)'\n');
                counted = offset;
            }
            return line;
        }
    }
}
