using System.Runtime.CompilerServices;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Tests.Pipelines;

/// <summary>
/// What DVC 3.67.1 made of small cases, recorded with its own resolver, readers and look-up: <c>templates</c> are whole
/// trees with the stages, errors, warnings and used variables of one <c>dvc.yaml</c>; <c>files</c> are parameter files;
/// <c>lookups</c> are key paths in <c>tree</c>. Keys that are no texts begin with <c>KEY:</c>.
/// </summary>
internal static class RecordedTemplates
{
    private static readonly Lazy<YamlMap> All = new(() => (YamlMap)ParameterFile.Parse(File.ReadAllText(PathOf()), "RecordedTemplates.json"));

    public static YamlNode Tree => All.Value["tree"]!;

    public static IEnumerable<YamlMap> Of(string kind) => ((YamlSequence)All.Value[kind]!).Items.Cast<YamlMap>();

    public static string? Text(this YamlMap map, string key) => (map[key] as YamlScalar)?.AsText;

    public static IReadOnlyList<YamlEntry> EntriesOf(this YamlMap map, string key) => (map[key] as YamlMap)?.Entries ?? [];

    /// <summary>A tree as text in which everything shows that matters to DVC: order, and the types of scalars.</summary>
    public static string Dump(YamlNode? node) => node switch
    {
        null => "nothing",
        YamlMap map => "{" + string.Join(", ", map.Entries.Select(e => (e.Key.AsText ?? "KEY:" + Key(e.Key)) + ": " + Dump(e.Value))) + "}",
        YamlSequence list => "[" + string.Join(", ", list.Items.Select(Dump)) + "]",
        YamlScalar { AsText: { } text } => "'" + text + "'",
        YamlScalar { Value: double number } => PythonFloat.Format(number),
        YamlScalar scalar => PythonText.Of(scalar),
        _ => "?",
    };

    private static string Key(YamlScalar key) => key.Value is null ? "null" : PythonText.InTemplate(key);

    private static string PathOf([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "RecordedTemplates.json");
}
