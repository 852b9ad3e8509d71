using System.Numerics;
using System.Text.RegularExpressions;

namespace DataVersion.Engine.Metadata;

/// <summary>Reads typed values out of YAML maps; everything wrong becomes an error with file, line and column.</summary>
internal sealed partial class MetadataSchema(string file)
{
    /// <summary>The file that errors name.</summary>
    public string File => file;

    /// <summary>An error at a node.</summary>
    public MetadataFormatException Error(YamlNode place, string reason, DataErrorKind kind = DataErrorKind.MetadataInvalid) =>
        new(kind, file, place.Line, place.Column, reason);

    /// <summary>The node as a map.</summary>
    public YamlMap Map(YamlNode node, string what) => node as YamlMap ?? throw Error(node, $"{what} must be a map.");

    /// <summary>The elements of a list; an absent or empty value is an empty list.</summary>
    public IReadOnlyList<YamlNode> List(YamlMap map, string key) => map[key] switch
    {
        null or YamlScalar { Kind: YamlScalarKind.Null } => [],
        YamlSequence sequence => sequence.Items,
        var other => throw Error(other, $"'{key}' must be a list."),
    };

    /// <summary>Refuses keys that are not in the list.</summary>
    public void CheckKeys(YamlMap map, ReadOnlySpan<string> allowed, string where)
    {
        foreach (var entry in map.Entries)
            if (entry.Key.AsText is not { } key || !Contains(allowed, key))
                throw Error(entry.Key, $"the key '{entry.Key}' is not known {where}. Known are {string.Join(", ", allowed.ToArray())}.");
    }

    /// <summary>The text of a key; null when absent or empty. Numbers are taken as they are spelled.</summary>
    public string? Text(YamlMap map, string key) => map[key] switch
    {
        null or YamlScalar { Kind: YamlScalarKind.Null } => null,
        YamlScalar { Kind: not YamlScalarKind.Boolean } scalar => scalar.SourceText,
        var other => throw Error(other, $"'{key}' must be text."),
    };

    /// <summary>The value of a checksum: text or whole number, at least three characters; null when absent or empty.</summary>
    public string? Checksum(YamlMap map, string key) => map[key] switch
    {
        null or YamlScalar { Kind: YamlScalarKind.Null } or YamlScalar { SourceText: "" } => null,
        YamlScalar { Kind: not YamlScalarKind.Boolean, SourceText.Length: >= 3 } scalar => scalar.SourceText,
        var other => throw Error(other, $"'{key}' must be a checksum.", DataErrorKind.HashInvalid),
    };

    /// <summary>A content hash under <c>md5</c>: exactly 32 hexadecimal digits, for a folder with <c>.dir</c>.</summary>
    public string? Md5(YamlMap map)
    {
        var text = Checksum(map, "md5");
        if (text is not null && !ContentHash.TryParse(text, ContentHashAlgorithm.Md5, out _))
            throw Error(map["md5"]!, $"'{text}' is not an MD5 hash: 32 hexadecimal digits, for a folder followed by '.dir'.",
                DataErrorKind.HashInvalid);
        return text;
    }

    /// <summary>The name under <c>hash</c>: <c>md5</c>, or null for an entry of DVC 2 and older.</summary>
    public string? HashName(YamlMap map)
    {
        var name = Text(map, "hash");
        if (name is not (null or "md5" or "md5-dos2unix"))
            throw Error(map["hash"]!, $"the hash algorithm '{name}' is not known; DVC 3 writes 'md5'.", DataErrorKind.HashInvalid);
        return name;
    }

    /// <summary>A flag; <paramref name="absent"/> when the key is not there.</summary>
    public bool Flag(YamlMap map, string key, bool absent = false) => map[key] switch
    {
        null => absent,
        YamlScalar { Value: bool flag } => flag,
        // DVC's schema lets the numbers through that Python takes for a flag.
        YamlScalar { Value: long and (0 or 1) and var number } => number == 1,
        var other => throw Error(other, $"'{key}' must be true or false."),
    };

    /// <summary>A whole number that is not negative.</summary>
    public long? Count(YamlMap map, string key) => map[key] switch
    {
        null or YamlScalar { Kind: YamlScalarKind.Null } => null,
        YamlScalar { Value: long and >= 0 and var number } => number,
        YamlScalar { Value: BigInteger } other => throw Error(other, $"'{key}' is too large."),
        var other => throw Error(other, $"'{key}' must be a whole number that is not negative."),
    };

    /// <summary>A whole number of files.</summary>
    public int? FileCount(YamlMap map, string key) => Count(map, key) switch
    {
        null => null,
        <= int.MaxValue and var number => (int)number,
        _ => throw Error(map[key]!, $"'{key}' is too large."),
    };

    /// <summary>A list of texts.</summary>
    public IReadOnlyList<string> Texts(YamlMap map, string key)
    {
        var nodes = List(map, key);
        if (nodes.Count == 0)
            return [];
        return [.. nodes.Select(node => (node as YamlScalar)?.AsText ?? throw Error(node, $"'{key}' must be a list of texts."))];
    }

    /// <summary>A map under a key; null when absent or empty.</summary>
    public YamlMap? MapOrNull(YamlMap map, string key) => map[key] switch
    {
        null or YamlScalar { Kind: YamlScalarKind.Null } => null,
        var node => Map(node, $"'{key}'"),
    };

    /// <summary>True for <c>scheme://…</c>.</summary>
    public static bool IsUrl(string path) => UrlStart().IsMatch(path);

    private static bool Contains(ReadOnlySpan<string> allowed, string key)
    {
        foreach (var name in allowed)
            if (name == key)
                return true;
        return false;
    }

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9+.-]+://", RegexOptions.CultureInvariant)]
    private static partial Regex UrlStart();
}
