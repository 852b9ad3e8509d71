using System.Text;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// A configuration file in the dialect of Python's configobj, which DVC reads and writes: sections of options, quotes, triple
/// quotes, lists by unquoted commas, <c>%(name)s</c> references. Source: dvc-compat §1.4, checked against configobj 5.
/// </summary>
internal sealed class IniDocument
{
    private const string NeedsQuotesAtTheEnds = " \r\n\v\t'\"";

    public List<IniSection> Sections { get; } = [];

    /// <summary>Reads a text.</summary>
    /// <param name="text">The whole file.</param>
    /// <param name="file">Its path, for errors.</param>
    /// <exception cref="MetadataFormatException">Kind <see cref="DataErrorKind.ConfigurationInvalid"/>, with line and column.</exception>
    public static IniDocument Parse(string text, string file) => new IniReader(text, file).Read();

    /// <summary>
    /// The canonical text, byte for byte what DVC writes: four spaces before options, no comments, no blank lines; one line
    /// feed when there is no section.
    /// </summary>
    /// <param name="file">Path of the file it is for, for errors.</param>
    /// <exception cref="DataVersionException">A text that the format, or DVC's ASCII writer, cannot hold.</exception>
    public string Format(string file)
    {
        var text = new StringBuilder();
        foreach (var section in Sections)
        {
            text.Append('[').Append(Quote(section.Name, multiline: false, file)).Append("]\n");
            foreach (var (key, value) in section.Options)
                text.Append("    ").Append(Quote(key, multiline: false, file)).Append(" = ").Append(Format(value, file)).Append('\n');
        }
        return text.Length == 0 ? "\n" : text.ToString();
    }

    private static string Format(IniValue value, string file) => value.Items switch
    {
        null => Quote(value.Text, multiline: true, file),
        [] => ",",
        [var one] => Quote(one, multiline: false, file) + ",",
        var many => string.Join(", ", many.Select(item => Quote(item, multiline: false, file))),
    };

    private static string Quote(string text, bool multiline, string file)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\x7f') is var at and >= 0)
            throw new DataVersionException(DataErrorKind.ConfigurationInvalid,
                $"'{text}' cannot be written to '{file}': '{text[at]}' is not an ASCII character, and DVC destroys a configuration file that holds one.",
                file, "Use a name or path of ASCII characters only.");
        if (text.Length == 0)
            return "\"\"";
        var hasSingle = text.Contains('\'');
        var hasDouble = text.Contains('"');
        var hasLine = text.Contains('\n');
        if (text.Contains('\r') || (hasLine && !multiline))
            throw CannotQuote(text, file);
        if (multiline && (hasLine || (hasSingle && hasDouble)))
        {
            // Readers take the last possible end on a single line, the first on several.
            var quotes = text.Contains("\"\"\"", StringComparison.Ordinal) ? "\"\"\"" : "'''";
            if (text.Contains("'''", StringComparison.Ordinal) && (hasLine || quotes != "'''"))
                throw CannotQuote(text, file);
            return quotes + text + quotes;
        }
        if (!NeedsQuotesAtTheEnds.Contains(text[0]) && !NeedsQuotesAtTheEnds.Contains(text[^1]) && text.AsSpan().IndexOfAny(',', '#') < 0)
            return text;
        if (hasSingle && hasDouble)
            throw CannotQuote(text, file);
        return hasDouble ? $"'{text}'" : $"\"{text}\"";
    }

    private static DataVersionException CannotQuote(string text, string file) => new(
        DataErrorKind.ConfigurationInvalid, $"'{text}' cannot be written to '{file}': its mix of quotes and line ends has no spelling there.",
        file, "Use a text with one kind of quotes, or none.");
}
