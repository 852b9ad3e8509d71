using System.Globalization;
using System.Numerics;

namespace DataVersion.Engine.Metadata;

/// <summary>
/// A node of a YAML document. The same object may occur at several places of a tree: that is how anchors and aliases are
/// kept, and the writer gives such a map or list an anchor (<c>&amp;id001</c>) as DVC does.
/// </summary>
public abstract class YamlNode
{
    /// <summary>Line of the first character, from 1; 0 for a node that was not read from a text.</summary>
    public int Line { get; init; }

    /// <summary>Column of the first character, from 1; 0 for a node that was not read from a text.</summary>
    public int Column { get; init; }

    /// <summary>How the node looked in the text it came from; null for a new node.</summary>
    internal YamlLook? Look { get; set; }

    /// <summary>A tree of plain values (dictionaries, lists, scalars) as nodes; other values become their text.</summary>
    public static YamlNode From(object? value)
    {
        switch (value)
        {
            case YamlNode node:
                return node;
            case System.Collections.IDictionary dictionary:
                var map = new YamlMap();
                foreach (System.Collections.DictionaryEntry entry in dictionary)
                    map.Set(new YamlScalar(Convert.ToString(entry.Key, System.Globalization.CultureInfo.InvariantCulture)), From(entry.Value));
                return map;
            case string or null or bool or int or long or System.Numerics.BigInteger or double:
                return new YamlScalar(value);
            case System.Collections.IEnumerable items:
                return new YamlSequence(items.Cast<object?>().Select(From));
            case float or decimal:
                return new YamlScalar(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture));
            case byte or sbyte or short or ushort or uint:
                return new YamlScalar(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture));
            default:
                return new YamlScalar(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    /// <summary>
    /// The same value in Python's eyes (DVC compares that way): <c>1</c>, <c>1.0</c> and <c>true</c> are equal; the order of
    /// the keys of maps does not matter.
    /// </summary>
    public static bool SameValue(YamlNode? left, YamlNode? right)
    {
        if (ReferenceEquals(left, right))
            return true;
        switch (left, right)
        {
            case (YamlScalar a, YamlScalar b):
                return a.SameValue(b);
            case (YamlSequence a, YamlSequence b) when a.Items.Count == b.Items.Count:
                for (var i = 0; i < a.Items.Count; i++)
                    if (!SameValue(a.Items[i], b.Items[i]))
                        return false;
                return true;
            case (YamlMap a, YamlMap b) when a.Count == b.Count:
                foreach (var (key, value) in a.Entries)
                    if (!b.TryGet(key, out var other) || !SameValue(value, other))
                        return false;
                return true;
            default:
                return false;
        }
    }
}

/// <summary>A list.</summary>
public sealed class YamlSequence : YamlNode
{
    /// <summary>An empty list.</summary>
    public YamlSequence()
    {
    }

    /// <summary>A list of these nodes.</summary>
    public YamlSequence(IEnumerable<YamlNode> items) => Items.AddRange(items);

    /// <summary>A list of strings.</summary>
    public static YamlSequence OfText(IEnumerable<string> texts) => new(texts.Select(text => new YamlScalar(text)));

    /// <summary>The elements in order.</summary>
    public List<YamlNode> Items { get; } = [];
}

/// <summary>The type of a scalar under the rules of YAML 1.2 as DVC reads it.</summary>
public enum YamlScalarKind : byte
{
    /// <summary>No value.</summary>
    Null,
    /// <summary>true or false.</summary>
    Boolean,
    /// <summary>A whole number of any size.</summary>
    Integer,
    /// <summary>A floating point number.</summary>
    Float,
    /// <summary>Text.</summary>
    String,
    /// <summary>An ISO date or time, kept as its text.</summary>
    Timestamp,
}

/// <summary>A single value.</summary>
public sealed class YamlScalar : YamlNode
{
    /// <summary>A scalar of a value: null, bool, int, long, <see cref="BigInteger"/>, double or string.</summary>
    public YamlScalar(object? value)
    {
        (Kind, Value) = value switch
        {
            null => (YamlScalarKind.Null, null),
            bool => (YamlScalarKind.Boolean, value),
            int small => (YamlScalarKind.Integer, (long)small),
            long => (YamlScalarKind.Integer, value),
            BigInteger big when big >= long.MinValue && big <= long.MaxValue => (YamlScalarKind.Integer, (object)(long)big),
            BigInteger => (YamlScalarKind.Integer, value),
            double => (YamlScalarKind.Float, value),
            string => (YamlScalarKind.String, value),
            _ => throw new ArgumentException($"A YAML scalar cannot hold a {value.GetType().Name}.", nameof(value)),
        };
        SourceText = Kind switch
        {
            YamlScalarKind.Null => "",
            YamlScalarKind.Boolean => (bool)value! ? "true" : "false",
            YamlScalarKind.Float => PythonFloat.FormatYaml((double)value!),
            YamlScalarKind.String => (string)value!,
            _ => Convert.ToString(Value, CultureInfo.InvariantCulture)!,
        };
    }

    /// <summary>A scalar that was read: its type, value and the text it stood for.</summary>
    internal YamlScalar(YamlScalarKind kind, object? value, string sourceText) =>
        (Kind, Value, SourceText) = (kind, value, sourceText);

    /// <summary>The type.</summary>
    public YamlScalarKind Kind { get; }

    /// <summary>Null, a bool, long, <see cref="BigInteger"/>, double or string (also for a timestamp).</summary>
    public object? Value { get; }

    /// <summary>The text between the quotes, or the plain text as it was spelled (<c>0x1F</c>); canonical for a new node.</summary>
    public string SourceText { get; }

    /// <summary>The value of a string; null for every other kind.</summary>
    public string? AsText => Kind == YamlScalarKind.String ? (string)Value! : null;

    /// <summary>Equal as Python compares values; see <see cref="YamlNode.SameValue"/>.</summary>
    public bool SameValue(YamlScalar other)
    {
        if (IsNumber && other.IsNumber)
        {
            if (Value is double || other.Value is double)
                return AsDouble().Equals(other.AsDouble()) || AsDouble() == other.AsDouble();
            return AsInteger() == other.AsInteger();
        }
        return Kind == other.Kind && Equals(Value, other.Value);
    }

    private bool IsNumber => Kind is YamlScalarKind.Boolean or YamlScalarKind.Integer or YamlScalarKind.Float;

    private BigInteger AsInteger() => Value switch { bool b => b ? 1 : 0, long n => n, BigInteger n => n, _ => default };

    private double AsDouble() => Value is double d ? d : (double)AsInteger();

    /// <inheritdoc/>
    public override string ToString() => SourceText;
}
