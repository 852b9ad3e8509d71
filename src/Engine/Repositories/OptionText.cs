namespace DataVersion.Engine.Repositories;

/// <summary>
/// Reads the tables of options: a line each, <c>name | type | default | description</c>. A type is a word, an integer with its
/// minimum (<c>int>=1</c>), or the values to choose from (<c>a/b</c>, as a list <c>a/b*</c>); "-" stands for no default, a
/// description "obsolete" for an option without effect. Options share a line when they differ in nothing but the name.
/// </summary>
internal static class OptionText
{
    public static IEnumerable<ConfigurationOption> Read(string prefix, string table)
    {
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            var (type, values, minimum) = ReadType(cells[1]);
            foreach (var name in cells[0].Split(' '))
                yield return new ConfigurationOption(prefix + name, type, cells[3], cells[2] == "-" ? null : cells[2], values, minimum, cells[3].StartsWith("Obsolete", StringComparison.Ordinal));
        }
    }

    private static (ConfigurationType Type, string[] Values, int? Minimum) ReadType(string text) => text switch
    {
        "text" => (ConfigurationType.Text, [], null),
        "lower" => (ConfigurationType.LowerText, [], null),
        "path" => (ConfigurationType.Path, [], null),
        "bool" => (ConfigurationType.Boolean, ["true", "false"], null),
        "bool-or-path" => (ConfigurationType.BooleanOrPath, ["true", "false"], null),
        "number" => (ConfigurationType.Number, [], null),
        "int" => (ConfigurationType.Integer, [], null),
        _ when text.StartsWith("int>=", StringComparison.Ordinal) => (ConfigurationType.Integer, [], int.Parse(text[5..], System.Globalization.CultureInfo.InvariantCulture)),
        _ when text.EndsWith('*') => (ConfigurationType.ChoiceList, text[..^1].Split('/'), null),
        _ => (ConfigurationType.Choice, text.Split('/'), null),
    };
}
