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
            // As it is written; what a template makes of it may be a number.
            foreach (var command in stage.Command is YamlSequence list ? list.Items : [stage.Command])
                if (command is not YamlScalar { Kind: YamlScalarKind.String })
                    throw schema.Error(command, $"'cmd' of the stage '{key}' must be text: put '{command}' in quotes.");
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
}
