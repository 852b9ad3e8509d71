using System.Text.Json.Nodes;

namespace DataVersion.Tests.Fixtures;

/// <summary>Compares JSON as data: the order of keys and of list items is free.</summary>
internal static class JsonComparison
{
    /// <summary>One line per leaf or list item, sorted, so that a difference of two values can be read.</summary>
    public static string Lines(JsonNode? json)
    {
        var lines = new List<string>();
        Collect("", json, lines);
        lines.Sort(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    /// <summary>The text of a recorded report; empty output counts as no JSON.</summary>
    public static JsonNode? Parse(string text) => text.Trim().Length == 0 ? null : JsonNode.Parse(text);

    private static void Collect(string path, JsonNode? json, List<string> lines)
    {
        switch (json)
        {
            case JsonObject map:
                if (map.Count == 0)
                    lines.Add(path + " {}");
                foreach (var (key, value) in map)
                    Collect($"{path}/{key}", value, lines);
                break;
            case JsonArray { Count: 0 }:
                lines.Add(path + " []");
                break;
            case JsonArray list:
                foreach (var item in list)
                    lines.Add($"{path}[] {Sorted(item)}");
                break;
            default:
                lines.Add($"{path} {json?.ToJsonString() ?? "null"}");
                break;
        }
    }

    private static string Sorted(JsonNode? json) => json switch
    {
        JsonObject map => "{" + string.Join(", ", map.OrderBy(item => item.Key, StringComparer.Ordinal).Select(item => $"{item.Key}: {Sorted(item.Value)}")) + "}",
        JsonArray list => "[" + string.Join(", ", list.Select(Sorted).Order(StringComparer.Ordinal)) + "]",
        JsonValue value when value.TryGetValue(out string? text) => text.Replace("\n", "\\n"),
        _ => json?.ToJsonString() ?? "null",
    };
}
