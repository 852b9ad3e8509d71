using System.Security.Cryptography;

namespace DataVersion.Engine.Metadata;

/// <summary>The checksum that DVC records for the definition of an import (top-level <c>md5</c>; DVC spec 2.4).</summary>
internal static class StageChecksum
{
    private static readonly HashSet<string> IgnoredEverywhere =
        ["desc", "type", "labels", "meta", "locked", "frozen", "metric", "tags", "persist", "isexec", "size", "nfiles"];

    /// <summary>MD5 of the sorted JSON of what would be written, less what does not define the data.</summary>
    public static string Compute(YamlMap stage)
    {
        var map = new YamlMap();
        foreach (var (key, value) in stage.Entries)
            if (key.AsText is not ("md5" or "meta" or "desc") && !(key.AsText == "wdir" && value is YamlScalar { Value: "." }))
                map.Set(key, value);
        return Convert.ToHexStringLower(MD5.HashData(PythonJson.ToBytes(Strip(map))));
    }

    private static YamlNode Strip(YamlNode node)
    {
        switch (node)
        {
            case YamlMap map:
                var kept = new YamlMap();
                foreach (var (key, value) in map.Entries)
                    if (key.AsText is not { } text || !IgnoredEverywhere.Contains(text))
                        kept.Set(key, Strip(value));
                return kept;
            case YamlSequence sequence:
                return new YamlSequence(sequence.Items.Select(Strip));
            default:
                return node;
        }
    }
}
