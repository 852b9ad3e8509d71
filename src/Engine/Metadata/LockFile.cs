namespace DataVersion.Engine.Metadata;

/// <summary>A dependency or output that <c>dvc.lock</c> records (format: DVC spec 8).</summary>
public sealed class LockEntry : DataEntry
{
    /// <summary>The lock of a dataset, for a dependency <c>ds://name</c>.</summary>
    public YamlMap? Dataset { get; set; }

    internal static LockEntry Parse(MetadataSchema schema, YamlNode node)
    {
        var map = schema.Map(node, "an entry of a stage");
        schema.CheckKeys(map, [.. CommonKeys, "dataset"], "for an entry of a stage");
        var entry = new LockEntry
        {
            Path = schema.Text(map, "path") ?? throw schema.Error(map, "'path' is missing."),
            Line = map.Line,
            Column = map.Column,
            Dataset = schema.MapOrNull(map, "dataset"),
        };
        entry.ReadCommon(schema, map);
        if (entry.Dataset is not null)
            entry.HashName = null;
        return entry;
    }

    internal YamlMap ToNode()
    {
        var map = new YamlMap();
        map.Add("path", Path);
        if (Dataset is not null)
        {
            map.Add("dataset", Dataset);
            return map;
        }
        AddIfSet(map, "hash", HashName);
        WriteContent(map, Files is { Count: > 0 });
        WriteFiles(map);
        return map;
    }
}

/// <summary>What <c>dvc.lock</c> records of the last run of a stage.</summary>
public sealed class LockedStage
{
    /// <summary>The name, with <c>@key</c> for a member of a group.</summary>
    public required string Name { get; init; }

    /// <summary>The command that ran: text or a list of texts.</summary>
    public required YamlNode Command { get; set; }

    /// <summary>The dependencies.</summary>
    public List<LockEntry> Dependencies { get; } = [];

    /// <summary>Values by parameters file; null when there are none.</summary>
    public YamlMap? Params { get; set; }

    /// <summary>The outputs.</summary>
    public List<LockEntry> Outputs { get; } = [];

    /// <summary>Line of the name, from 1; 0 for a new stage.</summary>
    public int Line { get; internal init; }

    internal static LockedStage Parse(MetadataSchema schema, YamlScalar key, YamlNode node)
    {
        var map = schema.Map(node, $"the stage '{key}'");
        schema.CheckKeys(map, ["cmd", "deps", "params", "outs"], "in a stage of dvc.lock");
        // A bare true or 7 is a command too: DVC takes it as it is spelled.
        if (map["cmd"] is not (YamlScalar { Kind: not YamlScalarKind.Null } or YamlSequence))
            throw schema.Error(map["cmd"] ?? map, map["cmd"] is null ? "'cmd' is missing." : "'cmd' must be text or a list of texts.");
        var stage = new LockedStage
        {
            Name = key.SourceText,
            Command = map["cmd"]!,
            Params = schema.MapOrNull(map, "params"),
            Line = key.Line,
        };
        foreach (var entry in schema.List(map, "deps"))
            stage.Dependencies.Add(LockEntry.Parse(schema, entry));
        foreach (var entry in schema.List(map, "outs"))
            stage.Outputs.Add(LockEntry.Parse(schema, entry));
        return stage;
    }

    /// <summary>The block of the stage: command, dependencies, parameters, outputs; entries by code points of their path.</summary>
    public YamlMap ToNode()
    {
        var map = new YamlMap();
        map.Add("cmd", Command);
        AddEntries(map, "deps", Dependencies);
        if (Params is { Count: > 0 })
            map.Add("params", Params);
        AddEntries(map, "outs", Outputs);
        return map;
    }

    private static void AddEntries(YamlMap map, string key, List<LockEntry> entries)
    {
        if (entries.Count > 0)
            map.Add(key, new YamlSequence(entries.OrderBy(entry => entry.Path, Files.Utf8Order.Instance).Select(entry => entry.ToNode())));
    }
}

/// <summary>A <c>dvc.lock</c>: what the stages of the <c>dvc.yaml</c> beside it read and made (format: DVC spec 8).</summary>
public sealed class LockFile
{
    /// <summary>The name that every such file has.</summary>
    public const string FileName = "dvc.lock";

    private const string Schema = "2.0";
    private readonly Dictionary<string, LockedStage> stagesByName = new(StringComparer.Ordinal);

    /// <summary>The stages in the order of the file.</summary>
    public List<LockedStage> Stages { get; } = [];

    /// <summary>The value of <c>datasets</c>; null when there is none.</summary>
    public YamlNode? Datasets { get; private init; }

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="MetadataFormatException">The text is no lock file of the schema 2.0; with line and column.</exception>
    public static LockFile Parse(string text, string fileNameForErrors)
    {
        var schema = new MetadataSchema(fileNameForErrors);
        var root = schema.Map(YamlReader.Parse(text, fileNameForErrors), "a dvc.lock");
        if (IsOfFirstSchema(root))
            root = InSchema(root);
        var version = root["schema"];
        if (version is not YamlScalar { Value: Schema })
            throw schema.Error(version ?? root, version is null
                ? "'schema' is missing: this is no dvc.lock of DVC 2 or newer." : "only the schema '2.0' can be read.");
        schema.CheckKeys(root, ["schema", "datasets", "stages"], "in a dvc.lock");
        var file = new LockFile { Datasets = root["datasets"] };
        if (schema.MapOrNull(root, "stages") is { } stages)
            foreach (var (key, node) in stages.Entries)
            {
                var stage = LockedStage.Parse(schema, key, node);
                file.Stages.Add(stage);
                file.stagesByName.Add(stage.Name, stage);
            }
        return file;
    }

    // DVC 1 wrote the stages without a schema, at the top.
    private static bool IsOfFirstSchema(YamlMap root) => root.Count > 0 && root["schema"] is null
        && root.Entries.All(entry => entry.Value is YamlMap stage && stage["cmd"] is not null);

    private static YamlMap InSchema(YamlMap stages)
    {
        var root = new YamlMap();
        root.Add("schema", Schema);
        root.Add("stages", stages);
        return root;
    }

    /// <summary>The stage of that name.</summary>
    public LockedStage? FindStage(string name) => stagesByName.GetValueOrDefault(name);

    /// <summary>
    /// The text with this stage: its block is replaced, or appended; other stages and comments stay. Without an old text a
    /// new file.
    /// </summary>
    public static string WithStage(string? oldText, LockedStage stage, string fileNameForErrors = FileName) =>
        WithStages(oldText, [stage], fileNameForErrors);

    /// <summary>The text with several stages, as by <see cref="WithStage"/> one after the other.</summary>
    public static string WithStages(string? oldText, IReadOnlyCollection<LockedStage> stages, string fileNameForErrors = FileName)
    {
        if (!string.IsNullOrWhiteSpace(oldText))
        {
            if (!oldText.Contains("schema:", StringComparison.Ordinal) && YamlReader.Parse(oldText, fileNameForErrors) is YamlMap first && IsOfFirstSchema(first))
                oldText = YamlWriter.Write(InSchema(first));
            return YamlEditor.Rewrite(oldText, fileNameForErrors, root =>
            {
                if (root["schema"] is null)
                    root.Add("schema", Schema);
                if (root["stages"] is not YamlMap map)
                    root["stages"] = map = new YamlMap();
                foreach (var stage in stages)
                    map[stage.Name] = YamlCopy.WithoutLook(stage.ToNode());
            });
        }
        var root = new YamlMap();
        root.Add("schema", Schema);
        var blocks = new YamlMap();
        foreach (var stage in stages)
            blocks[stage.Name] = YamlCopy.WithoutLook(stage.ToNode());
        root.Add("stages", blocks);
        return YamlWriter.Write(root);
    }

    /// <summary>The text with other outputs of one stage; everything else stays.</summary>
    /// <exception cref="DataVersionException">MetadataInvalid: there is no such stage.</exception>
    public static string ReplaceOutputs(string text, string stageName, IEnumerable<LockEntry> entries, string fileNameForErrors = FileName)
    {
        var stage = Parse(text, fileNameForErrors).FindStage(stageName)
            ?? throw new DataVersionException(DataErrorKind.MetadataInvalid,
                $"'{fileNameForErrors}' has no stage '{stageName}'.", fileNameForErrors);
        var replacement = entries.ToList();
        stage.Outputs.Clear();
        stage.Outputs.AddRange(replacement);
        return WithStage(text, stage, fileNameForErrors);
    }
}
