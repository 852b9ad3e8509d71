namespace DataVersion.Tests.Fixtures;

/// <summary>Our objects as the lines that DVC's commands print, where the text is data.</summary>
internal static class DvcText
{
    /// <summary>The lines in a fixed order, with one blank for every run of blanks: DVC pads some tables, and sorts none.</summary>
    public static string Normal(string text) => string.Join('\n', text.Split('\n')
        .Select(line => string.Join(' ', line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))).Order(StringComparer.Ordinal));

    /// <summary><c>root</c>: the root relative to the folder of the command.</summary>
    public static string Root(IReadOnlyList<object> found, string folder) =>
        Path.GetRelativePath(folder, found.OfType<DataRepository>().Single().Root) + "\n";

    /// <summary><c>cache dir</c>.</summary>
    public static string CacheFolder(IReadOnlyList<object> found) => found.OfType<DataRepository>().Single().CacheFolder + "\n";

    /// <summary><c>remote default</c>.</summary>
    public static string DefaultRemote(IReadOnlyList<object> found) => found.OfType<DataRepository>().Single().DefaultRemote + "\n";

    /// <summary><c>config NAME</c>.</summary>
    public static string ConfigValue(IReadOnlyList<object> found) =>
        string.Concat(found.OfType<DataConfigEntry>().Select(entry => entry.Value + "\n"));

    /// <summary><c>config -l</c>: without the table's padding, in our order.</summary>
    public static string ConfigList(IReadOnlyList<object> found, bool withOrigin) => string.Concat(found.OfType<DataConfigEntry>()
        .Select(entry => (withOrigin ? Origin(entry) + "\t" : "") + $"{entry.Name}={ListedValue(entry)}\n"));

    /// <summary><c>remote list</c>.</summary>
    public static string RemoteList(IReadOnlyList<object> found) => string.Concat(found.OfType<DataRemote>().Select(remote =>
        $"{remote.Name}\t{remote.Url}{(remote.IsDefault ? "\t(default)" : "")}\n"));

    private static string Origin(DataConfigEntry entry) => entry.Origin[entry.Origin.LastIndexOf(".dvc/", StringComparison.Ordinal)..];

    // DVC prints a list as Python writes it.
    private static string ListedValue(DataConfigEntry entry) => entry is { Name: "cache.type" } && entry.Value.Contains(',')
        ? "[" + string.Join(", ", entry.Value.Split(',').Select(item => $"'{item.Trim()}'")) + "]"
        : entry.Value;

    /// <summary><c>check-ignore</c>: the paths, with <c>-d</c> the rules before them.</summary>
    public static string Ignored(IReadOnlyList<object> found, bool details) => string.Concat(found
        .Where(result => details || Text(result, "IsIgnored") == "True")
        .Select(result => (details ? Rule(result) + "\t" : "") + Text(result, "Path") + "\n"));

    /// <summary>Whether any path is ignored; with details, whether any rule speaks of one.</summary>
    public static bool AnyIgnored(IReadOnlyList<object> found, bool details) =>
        found.Any(result => details ? Text(result, "Pattern").Length > 0 : Text(result, "IsIgnored") == "True");

    // DVC writes its own rules without a place: ":.git".
    private static string Rule(object result) => (Text(result, "File"), Text(result, "Pattern")) switch
    {
        (_, "") => "::",
        ("", var pattern) => ":" + pattern,
        (var file, var pattern) => $"{file}:{Text(result, "Line")}:{pattern}",
    };

    // The records of these cmdlets are read by name: a property that is gone shows as an empty text in the comparison.
    private static string Text(object value, string property) => value.GetType().GetProperty(property)?.GetValue(value) switch
    {
        null => "",
        System.Collections.IEnumerable list and not string => string.Join(", ", list.Cast<object>()),
        var text => text.ToString()!,
    };
}
