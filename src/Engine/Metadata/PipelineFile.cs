namespace DataVersion.Engine.Metadata;

/// <summary>A <c>dvc.yaml</c> as it is written: stages and top-level lists, templates not resolved (format: DVC spec 7).</summary>
public sealed class PipelineFile
{
    /// <summary>The name that every such file has.</summary>
    public const string FileName = "dvc.yaml";

    private readonly Dictionary<string, PipelineStage> stagesByName = new(StringComparer.Ordinal);

    private PipelineFile(YamlMap root) => Root = root;

    /// <summary>The whole file.</summary>
    public YamlMap Root { get; }

    /// <summary>The stages in order.</summary>
    public List<PipelineStage> Stages { get; } = [];

    /// <summary>The elements of <c>vars</c>.</summary>
    public IReadOnlyList<YamlNode> Vars { get; private init; } = [];

    /// <summary>The top-level <c>params</c>.</summary>
    public IReadOnlyList<YamlNode> Params { get; private init; } = [];

    /// <summary>The top-level <c>metrics</c>.</summary>
    public IReadOnlyList<YamlNode> Metrics { get; private init; } = [];

    /// <summary>The top-level <c>plots</c>.</summary>
    public IReadOnlyList<YamlNode> Plots { get; private init; } = [];

    /// <summary>The elements of <c>datasets</c>.</summary>
    public IReadOnlyList<YamlNode> Datasets { get; private init; } = [];

    /// <summary>The map of <c>artifacts</c>; null when there is none.</summary>
    public YamlMap? Artifacts { get; private init; }

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="MetadataFormatException">The text is no such file; with line and column.</exception>
    public static PipelineFile Parse(string text, string fileNameForErrors)
    {
        var schema = new MetadataSchema(fileNameForErrors);
        var root = schema.Map(YamlReader.Parse(text, fileNameForErrors), "a dvc.yaml");
        schema.CheckKeys(root, ["stages", "vars", "params", "metrics", "plots", "artifacts", "datasets"], "in a dvc.yaml");
        var file = new PipelineFile(root)
        {
            Vars = schema.List(root, "vars"),
            Params = schema.List(root, "params"),
            Metrics = schema.List(root, "metrics"),
            // A map of plots is what older files have.
            Plots = root["plots"] is YamlMap map ? [map] : schema.List(root, "plots"),
            Datasets = schema.List(root, "datasets"),
            Artifacts = schema.MapOrNull(root, "artifacts"),
        };
        if (root["stages"] is not { } stages)
            return file;
        foreach (var (key, node) in schema.Map(stages, "'stages'").Entries)
        {
            var stage = PipelineStage.Parse(schema, key, node);
            file.Stages.Add(stage);
            file.stagesByName.Add(stage.Name, stage);
        }
        return file;
    }

    /// <summary>The stage of that name, or the group that makes it: <c>name@key</c> belongs to the group <c>name</c>.</summary>
    public PipelineStage? FindStage(string name)
    {
        if (stagesByName.TryGetValue(name, out var stage))
            return stage.IsGroup ? null : stage;
        return name.IndexOf('@') is > 0 and var at && stagesByName.TryGetValue(name[..at], out var group) && group.IsGroup ? group : null;
    }

    /// <summary>
    /// What is said about an output that <c>dvc.lock</c> records; null when no stage defines it. <c>${…}</c> in a path
    /// stands for any text.
    /// </summary>
    /// <param name="stageName">The name in <c>dvc.lock</c>, with <c>@key</c> for a member of a group.</param>
    /// <param name="outputPath">The path as recorded.</param>
    public OutputFlags? FlagsOf(string stageName, string outputPath) => FindOutput(stageName, outputPath)?.Flags;

    internal PipelineOutput? FindOutput(string stageName, string outputPath)
    {
        if (FindStage(stageName) is not { } stage)
            return null;
        return stage.Outputs.FirstOrDefault(output => output.Path == outputPath)
            ?? stage.Outputs.FirstOrDefault(output => output.IsTemplated && TemplatePattern.Matches(output.Path, outputPath));
    }
}

/// <summary>A text with <c>${…}</c> in it, seen as a pattern.</summary>
internal static class TemplatePattern
{
    /// <summary>True when the text can come out of the template.</summary>
    public static bool Matches(string template, string text)
    {
        var parts = Split(template);
        if (!text.StartsWith(parts[0], StringComparison.Ordinal))
            return false;
        var at = parts[0].Length;
        for (var i = 1; i < parts.Count - 1; i++)
        {
            var found = text.IndexOf(parts[i], at, StringComparison.Ordinal);
            if (found < 0)
                return false;
            at = found + parts[i].Length;
        }
        return parts.Count == 1
            ? text.Length == at
            : text.Length - at >= parts[^1].Length && text.EndsWith(parts[^1], StringComparison.Ordinal);
    }

    // The literal texts before, between and behind the templates; "\${" is a literal "${".
    private static List<string> Split(string template)
    {
        var parts = new List<string>();
        var literal = new System.Text.StringBuilder();
        for (var i = 0; i < template.Length; i++)
        {
            if (string.CompareOrdinal(template, i, "\\${", 0, 3) == 0)
            {
                literal.Append("${");
                i += 2;
            }
            else if (string.CompareOrdinal(template, i, "${", 0, 2) == 0 && template.IndexOf('}', i) is > 0 and var end)
            {
                parts.Add(literal.ToString());
                literal.Clear();
                i = end;
            }
            else
                literal.Append(template[i]);
        }
        parts.Add(literal.ToString());
        return parts;
    }
}
