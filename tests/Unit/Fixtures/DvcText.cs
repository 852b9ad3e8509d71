namespace DataVersion.Tests.Fixtures;

/// <summary>Our objects as the lines that DVC's commands print, where the text is data.</summary>
internal static class DvcText
{
    /// <summary>Text with one blank for every run of blanks: DVC pads some tables.</summary>
    public static string Normal(string text) => string.Join('\n', text.Split('\n').Select(line =>
        string.Join(' ', line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))));

    /// <summary><c>root</c>: the root relative to the folder of the command.</summary>
    public static string Root(IReadOnlyList<object> found, string folder) =>
        Path.GetRelativePath(folder, found.OfType<DataRepository>().Single().Root) + "\n";

    /// <summary><c>cache dir</c>.</summary>
    public static string CacheFolder(IReadOnlyList<object> found) => found.OfType<DataRepository>().Single().CacheFolder + "\n";

    /// <summary><c>remote default</c>.</summary>
    public static string DefaultRemote(IReadOnlyList<object> found) => found.OfType<DataRepository>().Single().DefaultRemote + "\n";

    /// <summary><c>config NAME</c>.</summary>
    public static string ConfigValue(IReadOnlyList<object> found) => string.Concat(found.Select(entry => Text(entry, "Value") + "\n"));

    /// <summary><c>config -l</c>: without the table's padding, in our order.</summary>
    public static string ConfigList(IReadOnlyList<object> found, bool withOrigin) => string.Concat(found.Select(entry =>
        (withOrigin ? Text(entry, "Origin") + "\t" : "") + $"{Text(entry, "Name")}={Text(entry, "Value")}\n"));

    /// <summary><c>remote list</c>.</summary>
    public static string RemoteList(IReadOnlyList<object> found) => string.Concat(found.Select(remote =>
        $"{Text(remote, "Name")}\t{Text(remote, "Url")}{(Text(remote, "IsDefault") == "True" ? "\t(default)" : "")}\n"));

    /// <summary><c>check-ignore</c>: the paths, with <c>-d</c> the rules before them.</summary>
    public static string Ignored(IReadOnlyList<object> found, bool details) => string.Concat(found
        .Where(result => details || Text(result, "IsIgnored") == "True")
        .Select(result => (details ? $"{Text(result, "Source")}:{Text(result, "LineNumber")}:{Text(result, "Pattern")}\t" : "") + Text(result, "Path") + "\n"));

    /// <summary>Whether any path is ignored, or has a rule.</summary>
    public static bool AnyIgnored(IReadOnlyList<object> found) => found.Any(result => Text(result, "IsIgnored") == "True");

    // The records of these cmdlets are read by name: a property that is gone shows as an empty text in the comparison.
    private static string Text(object value, string property) => value.GetType().GetProperty(property)?.GetValue(value) switch
    {
        null => "",
        System.Collections.IEnumerable list and not string => string.Join(", ", list.Cast<object>()),
        var text => text.ToString()!,
    };
}
