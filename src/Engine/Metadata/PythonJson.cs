using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Metadata;

/// <summary>
/// JSON as Python's <c>json.dumps(…, sort_keys=True)</c> writes it: sorted keys, <c>", "</c> and <c>": "</c>, ASCII only.
/// Stage checksums and run cache keys are hashes of it.
/// </summary>
public static class PythonJson
{
    /// <summary>The bytes of a value; nodes that occur twice are written twice.</summary>
    /// <exception cref="DataVersionException">A map whose keys have no common order, or a date: DVC fails on those too.</exception>
    public static byte[] ToBytes(YamlNode node)
    {
        var target = new ArrayBufferWriter<byte>();
        Write(target, node);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>The same as text.</summary>
    public static string ToText(YamlNode node) => Encoding.ASCII.GetString(ToBytes(node));

    private static void Write(ArrayBufferWriter<byte> target, YamlNode node)
    {
        switch (node)
        {
            case YamlMap map:
                WriteMap(target, map);
                break;
            case YamlSequence sequence:
                target.Write("["u8);
                for (var i = 0; i < sequence.Items.Count; i++)
                {
                    if (i > 0)
                        target.Write(", "u8);
                    Write(target, sequence.Items[i]);
                }
                target.Write("]"u8);
                break;
            case YamlScalar { Kind: YamlScalarKind.String } text:
                JsonText.AppendEscaped(target, text.AsText);
                break;
            case YamlScalar { Kind: YamlScalarKind.Timestamp } date:
                throw new DataVersionException(DataErrorKind.MetadataInvalid,
                    $"The value '{date.SourceText}' is a date, which cannot be hashed.", action: "Put the date in quotes.");
            case YamlScalar scalar:
                target.Write(Encoding.ASCII.GetBytes(PlainText(scalar)));
                break;
        }
    }

    private static void WriteMap(ArrayBufferWriter<byte> target, YamlMap map)
    {
        var entries = map.Entries.ToArray();
        if (entries.All(entry => entry.Key.Kind == YamlScalarKind.String))
            Array.Sort(entries, static (x, y) => Utf8Order.Instance.Compare(x.Key.AsText, y.Key.AsText));
        else if (entries.All(entry => entry.Key.Kind is YamlScalarKind.Integer or YamlScalarKind.Float or YamlScalarKind.Boolean))
            Array.Sort(entries, static (x, y) => CompareNumbers(x.Key.Value!, y.Key.Value!));
        else if (entries.Length > 1)
            throw new DataVersionException(DataErrorKind.MetadataInvalid,
                $"The keys '{entries[0].Key}' and '{entries.First(e => e.Key.Kind != entries[0].Key.Kind).Key}' of one map are of "
                + "different types and have no common order.", action: "Put the keys in quotes.");
        target.Write("{"u8);
        for (var i = 0; i < entries.Length; i++)
        {
            if (i > 0)
                target.Write(", "u8);
            JsonText.AppendEscaped(target, entries[i].Key.AsText ?? PlainText(entries[i].Key));
            target.Write(": "u8);
            Write(target, entries[i].Value);
        }
        target.Write("}"u8);
    }

    private static string PlainText(YamlScalar scalar) => scalar.Value switch
    {
        null => "null",
        bool flag => flag ? "true" : "false",
        double number => PythonFloat.FormatJson(number),
        var other => Convert.ToString(other, CultureInfo.InvariantCulture)!,
    };

    private static int CompareNumbers(object x, object y)
    {
        if (x is double || y is double)
            return ToDouble(x).CompareTo(ToDouble(y));
        return ToInteger(x).CompareTo(ToInteger(y));
    }

    private static BigInteger ToInteger(object value) => value switch { bool b => b ? 1 : 0, long n => n, BigInteger n => n, _ => 0 };

    private static double ToDouble(object value) => value is double number ? number : (double)ToInteger(value);
}
