using System.Text;
using System.Buffers;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>Makes command-line options of a map that stands in a command (DVC spec 7.6).</summary>
internal static class CommandOptions
{
    private static readonly SearchValues<char> PosixSafe =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-");

    /// <summary>The options with single spaces between them, in the order of the map; a map inside gives names with dots.</summary>
    /// <exception cref="TemplateFault">A list holds a list or a map.</exception>
    public static string Of(ContextValue map, ParsingOptions options)
    {
        var text = new StringBuilder();
        Append(text, map, "", options);
        return text.ToString().TrimEnd();
    }

    /// <summary>A text as one argument: for a POSIX shell, or for what Windows programs do with their command line.</summary>
    public static string Quote(string text, bool forWindows) => forWindows ? QuoteForWindows(text)
        : text.Length > 0 && !text.AsSpan().ContainsAnyExcept(PosixSafe) ? text
        : "'" + text.Replace("'", "'\"'\"'", StringComparison.Ordinal) + "'";

    private static void Append(StringBuilder text, ContextValue map, string prefix, ParsingOptions options)
    {
        foreach (var (key, value) in map.Entries())
        {
            var name = prefix + key;
            if (value.IsMap)
                Append(text, value, name + ".", options);
            else if (value.IsList)
                AppendList(text, value, name, options);
            else if (value.Scalar!.Value is not bool flag)
                text.Append($"--{name} {Argument(value.Scalar, options)} ");
            else if (flag)
                text.Append($"--{name} ");
            else if (options.NegateFalse)
                text.Append($"--no-{name} ");
        }
    }

    private static void AppendList(StringBuilder text, ContextValue list, string name, ParsingOptions options)
    {
        var isFirst = true;
        foreach (var item in list.Items())
        {
            if (item.Scalar is not { } scalar)
                throw new TemplateFault(null, $"Cannot interpolate nested iterable in '{name}'");
            if (isFirst || options.RepeatLists)
                text.Append($"--{name} ");
            text.Append(Argument(scalar, options)).Append(' ');
            isFirst = false;
        }
    }

    // A flag in a list is spelled as Python does.
    private static string Argument(YamlScalar scalar, ParsingOptions options) =>
        scalar.Value is string text ? Quote(text, options.WindowsQuoting) : PythonText.Of(scalar);

    private static string QuoteForWindows(string text)
    {
        var needsQuotes = text.Length == 0 || text.AsSpan().ContainsAny(' ', '\t');
        var result = new StringBuilder();
        if (needsQuotes)
            result.Append('"');
        var slashes = 0;
        foreach (var c in text)
        {
            if (c == '"')
                result.Append('\\', slashes + 1);
            slashes = c == '\\' ? slashes + 1 : 0;
            result.Append(c);
        }
        return needsQuotes ? result.Append('\\', slashes).Append('"').ToString() : result.ToString();
    }
}
