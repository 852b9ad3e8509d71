using System.Text;

namespace DataVersion.Engine.Metadata;

/// <summary>Makes block texts: <c>|</c> and <c>&gt;</c>.</summary>
internal static class YamlBlockText
{
    private const int Width = 80;

    /// <summary>The look of a text as a block of that style.</summary>
    public static YamlLook Of(string text, YamlStyle style)
    {
        var lines = text.Split('\n').ToList();
        // The line feed at the end is not a line.
        if (lines.Count > 1 && lines[^1].Length == 0)
            lines.RemoveAt(lines.Count - 1);
        return new YamlLook { Style = style, BlockLines = style == YamlStyle.Literal ? lines : Folded(lines) };
    }

    // A line feed between two lines of text is written twice, a single one is read as a space.
    private static List<string> Folded(List<string> lines)
    {
        var folded = new List<string>();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0 && IsText(lines[i]) && IsText(lines[i - 1]))
                folded.Add("");
            Fold(lines[i], folded);
        }
        return folded;
    }

    private static bool IsText(string line) => line.Length > 0 && line[0] != ' ';

    // At single spaces only, once the line is wide.
    private static void Fold(string line, List<string> target)
    {
        var part = new StringBuilder();
        for (var i = 0; i < line.Length; i++)
        {
            var isSingleSpace = line[i] == ' ' && i > 0 && i + 1 < line.Length && line[i - 1] != ' ' && line[i + 1] != ' ';
            if (isSingleSpace && part.Length > Width && IsText(line))
            {
                target.Add(part.ToString());
                part.Clear();
            }
            else
                part.Append(line[i]);
        }
        target.Add(part.ToString());
    }
}
