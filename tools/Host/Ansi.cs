using System.Management.Automation;
using System.Management.Automation.Internal;

namespace DataVersion.Host;

/// <summary>Terminal colours.</summary>
internal static class Ansi
{
    private static readonly Dictionary<ConsoleColor, int> Codes = new()
    {
        [ConsoleColor.Black] = 30, [ConsoleColor.DarkRed] = 31, [ConsoleColor.DarkGreen] = 32, [ConsoleColor.DarkYellow] = 33,
        [ConsoleColor.DarkBlue] = 34, [ConsoleColor.DarkMagenta] = 35, [ConsoleColor.DarkCyan] = 36, [ConsoleColor.Gray] = 37,
        [ConsoleColor.DarkGray] = 90, [ConsoleColor.Red] = 91, [ConsoleColor.Green] = 92, [ConsoleColor.Yellow] = 93,
        [ConsoleColor.Blue] = 94, [ConsoleColor.Magenta] = 95, [ConsoleColor.Cyan] = 96, [ConsoleColor.White] = 97,
    };

    /// <summary>The text without any escape sequence, for files and pipes.</summary>
    public static string Plain(string text) => new StringDecorated(text).ToString(OutputRendering.PlainText);

    /// <summary>The text in a colour, with the colour taken back before a final line end.</summary>
    public static string Colour(ConsoleColor colour, string text)
    {
        var end = text.EndsWith('\n') ? "\n" : "";
        return $"\e[{Codes[colour]}m{text[..^end.Length]}\e[0m{end}";
    }
}
