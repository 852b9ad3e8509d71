using System.Collections;
using System.Management.Automation;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DataVersion.Host.StandIns;

/// <summary>JSON for the stand-ins of ConvertTo-Json and ConvertFrom-Json.</summary>
public static class JsonText
{
    /// <summary>Objects become objects of their properties, down to a depth; below that, text.</summary>
    public static string Write(object? value, int depth, bool compress) =>
        ToNode(value, depth)?.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = !compress,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }) ?? "null";

    /// <summary>Objects become property bags, arrays become arrays.</summary>
    public static object? Read(string text) => FromElement(JsonDocument.Parse(text).RootElement);

    private static JsonNode? ToNode(object? value, int depth)
    {
        var bare = value is PSObject wrapped && wrapped.BaseObject is not PSCustomObject ? wrapped.BaseObject : value;
        switch (bare)
        {
            case null: return null;
            case string text: return JsonValue.Create(text);
            case bool flag: return JsonValue.Create(flag);
            case Enum choice: return JsonValue.Create(Convert.ToInt64(choice));
            case byte or sbyte or short or ushort or int or uint or long: return JsonValue.Create(Convert.ToInt64(bare));
            case ulong or float or double or decimal: return JsonValue.Create(Convert.ToDouble(bare));
            case DateTime time: return JsonValue.Create(time);
            case DateTimeOffset time: return JsonValue.Create(time);
        }
        if (depth < 0)
            return JsonValue.Create(bare.ToString());
        if (bare is IDictionary table)
        {
            var node = new JsonObject();
            foreach (DictionaryEntry entry in table)
                node[entry.Key.ToString()!] = ToNode(entry.Value, depth - 1);
            return node;
        }
        if (bare is IEnumerable many)
            return new JsonArray([.. many.Cast<object?>().Select(item => ToNode(item, depth - 1))]);
        var properties = new JsonObject();
        foreach (var property in PSObject.AsPSObject(value!).Properties.Where(p => p.IsGettable))
            properties[property.Name] = ToNode(property.Value, depth - 1);
        return properties;
    }

    private static object? FromElement(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var result = new PSObject();
                foreach (var property in element.EnumerateObject())
                    result.Properties.Add(new PSNoteProperty(property.Name, FromElement(property.Value)));
                return result;
            case JsonValueKind.Array: return element.EnumerateArray().Select(FromElement).ToArray();
            case JsonValueKind.String: return element.GetString();
            case JsonValueKind.Number: return element.TryGetInt64(out var whole) ? whole : element.GetDouble();
            case JsonValueKind.True: return true;
            case JsonValueKind.False: return false;
            default: return null;
        }
    }
}
