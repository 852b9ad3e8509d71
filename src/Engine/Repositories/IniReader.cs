using System.Text.RegularExpressions;

namespace DataVersion.Engine.Repositories;

/// <summary>Reads one configuration text into an <see cref="IniDocument"/>.</summary>
internal sealed partial class IniReader
{
    private readonly string file;
    private readonly string[] lines;
    private int at;

    public IniReader(string text, string file)
    {
        this.file = file;
        lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
    }

    public IniDocument Read()
    {
        var document = new IniDocument();
        IniSection? section = null;
        for (at = 0; at < lines.Length; at++)
        {
            var line = lines[at];
            var start = line.AsSpan().TrimStart();
            if (start.IsEmpty || start[0] == '#')
                continue;
            if (SectionLine().Match(line) is { Success: true } header)
                document.Sections.Add(section = ReadSection(document, header));
            else if (OptionLine().Match(line) is { Success: true } option)
                ReadOption(section, option);
            else
                throw Error(line.Length - start.Length, "this is neither a [section] nor 'option = value'");
        }
        Interpolate(document);
        return document;
    }

    private IniSection ReadSection(IniDocument document, Match header)
    {
        var depth = header.Groups["open"].Value.Count(c => c == '[');
        if (depth != header.Groups["close"].Value.Count(c => c == ']'))
            throw Error(header.Groups["close"].Index, "the brackets around a section name do not match");
        if (depth > 1)
            throw Error(header.Groups["open"].Index, "sections inside sections are not supported");
        var name = Unquote(header.Groups["name"].Value);
        return document.Sections.Any(s => s.Name == name)
            ? throw Error(header.Groups["name"].Index, $"section [{name}] is there twice")
            : new IniSection(name);
    }

    private void ReadOption(IniSection? section, Match option)
    {
        var group = option.Groups["key"];
        var key = Unquote(group.Value);
        if (section is null)
            throw Error(group.Index, $"option '{key}' stands before the first [section]");
        if (section[key] is not null)
            throw Error(group.Index, $"option '{key}' is there twice in section [{section.Name}]");
        section[key] = ReadValue(option.Groups["value"].Value, option.Groups["value"].Index);
    }

    private IniValue ReadValue(string value, int column)
    {
        if (value.StartsWith("'''", StringComparison.Ordinal) || value.StartsWith("\"\"\"", StringComparison.Ordinal))
            return new IniValue(ReadTripleQuoted(value, column));
        if (EmptyList().IsMatch(value))
            return new IniValue((IReadOnlyList<string>)[]);
        var match = ValueText().Match(value);
        if (!match.Success)
            throw Error(column, "the value cannot be understood; put quotes around a value with quotes or commas in it");
        var last = match.Groups["last"];
        var items = match.Groups["item"].Captures;
        if (items.Count == 0)
            return new IniValue(Unquote(last.Value));
        var list = items.Select(item => Unquote(item.Value)).ToList();
        if (last.Success && last.Length > 0)
            list.Add(Unquote(last.Value));
        return new IniValue(list);
    }

    private string ReadTripleQuoted(string value, int column)
    {
        var quotes = value[..3];
        if (TripleQuotesEnd(value[3..], quotes) is { } single)
            return single;
        if (value.IndexOf(quotes, 3, StringComparison.Ordinal) is var end and >= 0)
            throw Error(column + end + 3, "only a comment may follow the closing quotes");
        var begin = at;
        var text = value[3..];
        while (++at < lines.Length)
        {
            if (!lines[at].Contains(quotes, StringComparison.Ordinal))
            {
                text += "\n" + lines[at];
                continue;
            }
            return text + "\n" + (TripleQuotesEnd(lines[at], quotes)
                ?? throw Error(lines[at].IndexOf(quotes, StringComparison.Ordinal) + 3, "only a comment may follow the closing quotes"));
        }
        at = begin;
        throw Error(column, "the triple quotes are never closed");
    }

    // The text up to the first closing quotes that only a comment follows.
    private static string? TripleQuotesEnd(string line, string quotes)
    {
        for (var end = line.IndexOf(quotes, StringComparison.Ordinal); end >= 0; end = line.IndexOf(quotes, end + 1, StringComparison.Ordinal))
            if (line.AsSpan(end + 3).TrimStart() is var rest && (rest.IsEmpty || rest[0] == '#'))
                return line[..end];
        return null;
    }

    // %(name)s stands for the value of another option of the section, or of an option of the section's [DEFAULT].
    private void Interpolate(IniDocument document)
    {
        foreach (var section in document.Sections)
            foreach (var (key, value) in section.Options.ToArray())
                section[key] = value.Select(text => Expand(text, section, document, []));
    }

    private string Expand(string text, IniSection section, IniDocument document, HashSet<string> open) =>
        !text.Contains("%(", StringComparison.Ordinal) ? text : Reference().Replace(text, match =>
        {
            var name = match.Groups["name"].Value;
            var value = section[name] ?? document.Sections.Find(s => s.Name == "DEFAULT")?[name]
                ?? throw new MetadataFormatException(DataErrorKind.ConfigurationInvalid, file, 0, 0,
                    $"'{text}' in section [{section.Name}] refers to the option '{name}', which does not exist");
            if (!open.Add(name))
                throw new MetadataFormatException(DataErrorKind.ConfigurationInvalid, file, 0, 0,
                    $"'{text}' in section [{section.Name}] refers to itself through '{name}'");
            var expanded = Expand(value.Text, section, document, open);
            open.Remove(name);
            return expanded;
        });

    private static string Unquote(string text) =>
        text.Length > 1 && text[0] == text[^1] && text[0] is ('"' or '\'') ? text[1..^1] : text;

    private MetadataFormatException Error(int column, string reason) =>
        new(DataErrorKind.ConfigurationInvalid, file, at + 1, column + 1, reason);

    [GeneratedRegex("""^\s*(?<open>(?:\[\s*)+)(?<name>"\s*\S.*?"|'\s*\S.*?'|[^'"\s].*?)(?<close>(?:\s*\])+)\s*(?:\#.*)?$""")]
    private static partial Regex SectionLine();

    [GeneratedRegex("""^\s*(?<key>".*?"|'.*?'|[^'"=].*?)\s*=\s*(?<value>.*)$""")]
    private static partial Regex OptionLine();

    [GeneratedRegex("""^(?:(?<item>".*?"|'.*?'|[^'",\#\s][^,\#]*?)\s*,\s*)*(?<last>".*?"|'.*?'|[^'",\#\s][^,]*?)?\s*(?:\#.*)?$""")]
    private static partial Regex ValueText();

    [GeneratedRegex("""^,\s*(?:\#.*)?$""")]
    private static partial Regex EmptyList();

    [GeneratedRegex("""%\((?<name>[^)]*)\)s""")]
    private static partial Regex Reference();
}
