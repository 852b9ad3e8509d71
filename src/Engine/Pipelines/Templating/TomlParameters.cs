using DataVersion.Engine.Metadata;
using Tomlyn;
using Tomlyn.Model;
using Tomlyn.Parsing;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>TOML files. The only place that knows the TOML library.</summary>
internal static class TomlParameters
{
    public static YamlNode Parse(string text, string path)
    {
        try
        {
            // Only this looks for keys and tables that are defined twice.
            SyntaxParser.ParseStrict(text, path, validate: true);
            return Convert(TomlSerializer.Deserialize<TomlTable>(text));
        }
        catch (TomlException error)
        {
            var first = error.Diagnostics.FirstOrDefault();
            throw new MetadataFormatException(DataErrorKind.MetadataInvalid, path, first?.Span.Start.Line + 1 ?? error.Line ?? 0,
                first?.Span.Start.Column + 1 ?? error.Column ?? 0, $"not valid TOML: {(first?.Message ?? error.Message).TrimEnd('.')}.", cause: error);
        }
    }

    private static YamlNode Convert(object? value)
    {
        switch (value)
        {
            case TomlTable table:
                var map = new YamlMap();
                foreach (var (key, inner) in table)
                    map.Add(key, Convert(inner));
                return map;
            case TomlDateTime date:
                return new YamlScalar(YamlScalarKind.Timestamp, date.ToString(), date.ToString());
            case string or null or bool or long or double:
                return new YamlScalar(value);
            case System.Collections.IEnumerable list:
                return new YamlSequence(list.Cast<object?>().Select(Convert));
            default:
                return YamlNode.From(value);
        }
    }
}
