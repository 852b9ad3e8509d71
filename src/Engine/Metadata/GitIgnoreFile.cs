using System.Text;

namespace DataVersion.Engine.Metadata;

/// <summary>The lines of a <c>.gitignore</c> that keep tracked data out of Git (DVC spec 6.2): pure functions of text.</summary>
public static class GitIgnoreFile
{
    /// <summary>
    /// The text with a line for the entry; null when the line is there already. Existing lines and their order stay.
    /// </summary>
    /// <param name="oldText">The file's text; null when there is no file.</param>
    /// <param name="entryBaseName">The name of the output in the folder of the <c>.gitignore</c>.</param>
    public static string? Add(string? oldText, string entryBaseName) =>
        AddAll(oldText, [entryBaseName]) is var text && text != oldText ? text : null;

    /// <summary>The text with a line for each entry that has none yet; the same text when all have one.</summary>
    /// <param name="oldText">The file's text; null when there is no file.</param>
    /// <param name="entryBaseNames">The names of the outputs in the folder of the <c>.gitignore</c>.</param>
    public static string AddAll(string? oldText, IEnumerable<string> entryBaseNames)
    {
        var text = new StringBuilder(oldText ??= "");
        var existing = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in oldText.AsSpan().EnumerateLines())
            existing.Add(line.ToString());
        var newLine = oldText.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        foreach (var line in entryBaseNames.Select(Escaped).Where(existing.Add))
        {
            if (text.Length > 0 && text[^1] != '\n')
                text.Append(newLine);
            text.Append(line).Append(newLine);
        }
        return text.ToString();
    }

    /// <summary>
    /// The text without the lines of the entries, escaped or not; null when nothing is left and the file is to be deleted.
    /// The same text when there is no such line.
    /// </summary>
    public static string? RemoveAll(string? oldText, IEnumerable<string> entryBaseNames)
    {
        if (oldText is null)
            return null;
        var lines = new HashSet<string>(entryBaseNames.SelectMany(name => (string[])["/" + name, EscapedByDvc(name), Escaped(name)]), StringComparer.Ordinal);
        var kept = new StringBuilder(oldText.Length);
        var start = 0;
        while (start < oldText.Length)
        {
            var end = oldText.IndexOf('\n', start);
            end = end < 0 ? oldText.Length : end + 1;
            var line = oldText[start..end];
            var bare = line.TrimEnd('\r', '\n');
            // DVC compares the line without white space around it; a name with spaces at its end must still be found.
            if (!lines.Contains(bare) && !lines.Contains(bare.Trim()))
                kept.Append(line);
            start = end;
        }
        if (kept.Length == oldText.Length)
            return oldText;
        return kept.Length == 0 ? null : kept.ToString();
    }

    /// <summary>
    /// The line: a slash and the name, with the characters that Git gives a meaning escaped as DVC escapes them; and, where
    /// DVC's line would not keep the data out of Git, so that it does: backslashes, spaces at the end, and line breaks, which
    /// only a class of characters can name.
    /// </summary>
    public static string Escaped(string entryBaseName)
    {
        var name = entryBaseName.TrimEnd(' ');
        var line = new StringBuilder("/");
        foreach (var c in name)
            _ = c switch
            {
                '\\' => line.Append(@"\\"),
                '\n' or '\r' => line.Append("[[:cntrl:]]"),
                _ => Append(line, c),
            };
        return line.Insert(line.Length, @"\ ", entryBaseName.Length - name.Length).ToString();
    }

    private static string EscapedByDvc(string name) =>
        name.Aggregate(new StringBuilder("/"), Append).ToString();

    private static StringBuilder Append(StringBuilder line, char c) =>
        (c is '[' or ']' or '!' or '*' or '#' or '?' ? line.Append('\\') : line).Append(c);
}
