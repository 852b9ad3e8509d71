namespace DataVersion.Engine.Metadata;

/// <summary>
/// A <c>.dvc</c> file: what it tracks, and with an import where that came from (format: DVC spec 2.2 - 2.6). Change the
/// properties and entries, then <see cref="ToText"/> gives the new text with comments and order of the old one.
/// </summary>
public sealed class DataFileDocument
{
    private static readonly string[] Keys =
        ["md5", "wdir", "deps", "outs", "frozen", "locked", "always_changed", "desc", "meta"];

    private readonly string? originalText;
    private YamlMap? original;

    private DataFileDocument(string? originalText, string fileName) => (this.originalText, FileName) = (originalText, fileName);

    /// <summary>The file that errors name.</summary>
    public string FileName { get; }

    /// <summary>What a person wrote about it.</summary>
    public string? Description { get; set; }

    /// <summary>The recorded checksum of an import's definition (top-level <c>md5</c>); see <see cref="ComputeStageHash"/>.</summary>
    public string? StageHash { get; set; }

    /// <summary>The folder that paths are relative to, itself relative to the file's folder; null means the file's folder.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>The dependency is not followed.</summary>
    public bool Frozen { get; set; }

    /// <summary>The stage always counts as changed.</summary>
    public bool AlwaysChanged { get; set; }

    /// <summary>Anything a person wrote; kept as it is.</summary>
    public YamlNode? Meta { get; set; }

    /// <summary>The command of a stage that DVC 0.x wrote into a <c>.dvc</c> file; null in all others.</summary>
    public string? Command { get; private init; }

    /// <summary>The text was what DVC would write: written without a change it stays the same, letter by letter.</summary>
    internal bool IsPlain { get; private init; }

    /// <summary>What was imported: none or one.</summary>
    public List<DependencyEntry> Dependencies { get; } = [];

    /// <summary>What is tracked.</summary>
    public List<OutputEntry> Outputs { get; } = [];

    /// <summary>True for an import: exactly one dependency and one output, no command.</summary>
    public bool IsImport => Command is null && Dependencies.Count == 1 && Outputs.Count == 1;

    /// <summary>True for an import out of a DVC or Git repository.</summary>
    public bool IsRepositoryImport => IsImport && Dependencies[0].Repository is not null;

    /// <summary>An empty document of a new file.</summary>
    public static DataFileDocument CreateNew(string fileNameForErrors = "") => new(null, fileNameForErrors);

    /// <summary>A document of a new file with these outputs.</summary>
    public static DataFileDocument CreateNew(string fileNameForErrors, params IEnumerable<OutputEntry> outputs)
    {
        var document = CreateNew(fileNameForErrors);
        document.Outputs.AddRange(outputs);
        return document;
    }

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="MetadataFormatException">
    /// MetadataInvalid: no YAML, an unknown key, a value of the wrong type. HashInvalid: a hash of the wrong form or an
    /// unknown algorithm. Both with line and column.
    /// </exception>
    public static DataFileDocument Parse(string text, string fileNameForErrors)
    {
        if (PlainDataFile.TryRead(text) is { } plain)
            return new DataFileDocument(text, fileNameForErrors) { IsPlain = true, Outputs = { plain } };
        return ParseYaml(text, fileNameForErrors);
    }

    /// <summary>As <see cref="Parse"/>, by the YAML reader whatever the text is; for tests that compare.</summary>
    internal static DataFileDocument ParseYaml(string text, string fileNameForErrors)
    {
        var schema = new MetadataSchema(fileNameForErrors);
        var map = schema.Map(YamlReader.Parse(text, fileNameForErrors), "a .dvc file");
        var isAncient = map["cmd"] is not null;
        // DVC 0.x wrote a command and dropped keys since; such a file must not make the whole repository unreadable.
        schema.CheckKeys(map, isAncient ? [.. Keys, "cmd", "params", "metrics", "plots"] : Keys, "in a .dvc file");
        var document = new DataFileDocument(text, fileNameForErrors)
        {
            Description = schema.Text(map, "desc"),
            StageHash = schema.Text(map, "md5"),
            WorkingDirectory = schema.Text(map, "wdir") is { } folder and not "." ? folder : null,
            Frozen = schema.Flag(map, "frozen") || schema.Flag(map, "locked"),
            AlwaysChanged = schema.Flag(map, "always_changed"),
            Meta = map["meta"],
            Command = isAncient ? CommandOf(schema, map) : null,
            original = map,
        };
        foreach (var node in schema.List(map, "deps"))
            document.Dependencies.Add(DependencyEntry.Parse(schema, node, isAncient));
        foreach (var node in schema.List(map, "outs"))
            document.Outputs.Add(OutputEntry.Parse(schema, node, isAncient));
        return document;
    }

    /// <summary>
    /// The text to write: a new file in DVC's order, or the old text with what changed. Comments, block texts and the order
    /// of keys stay; new keys go to the end of their map, as with DVC.
    /// </summary>
    public string ToText() => originalText is null ? YamlWriter.Write(ToNode()) : YamlEditor.Update(originalText, ToNode(), FileName);

    /// <summary>The content of the file as nodes, in the order of a new file.</summary>
    public YamlMap ToNode()
    {
        var map = new YamlMap();
        DataEntry.AddIfSet(map, "desc", OutputEntry.NullIfEmpty(Description));
        DataEntry.AddIfSet(map, "md5", StageHash);
        DataEntry.AddIfSet(map, "cmd", Command);
        if (WorkingDirectory is not (null or "" or "."))
            map.Add("wdir", WorkingDirectory);
        if (Frozen)
            map.Add("frozen", true);
        if (Dependencies.Count > 0)
            map.Add("deps", new YamlSequence(Dependencies.Select(entry => entry.ToNode())));
        if (Outputs.Count > 0)
            map.Add("outs", new YamlSequence(Outputs.Select(entry => entry.ToNode())));
        if (AlwaysChanged)
            map.Add("always_changed", true);
        if (Meta is not null && !OutputEntry.IsFalsy(Meta))
            map.Add("meta", Meta);
        return map;
    }

    /// <summary>
    /// The checksum of the definition of an import: 32 hexadecimal digits. Write it into <see cref="StageHash"/> when an
    /// import is saved; another value there means that the definition changed (DVC spec 2.4).
    /// </summary>
    public string ComputeStageHash() => StageChecksum.Compute(ToNode());

    /// <summary>
    /// The definition is the one that <see cref="StageHash"/> was made of, or nothing is recorded. The stages of DVC 0.x were
    /// written with keys that are not needed, which count in their checksum.
    /// </summary>
    public bool IsDefinitionAsRecorded() => StageHash is not { } recorded || ComputeStageHash() == recorded
        || Command is not null && original is not null && (StageChecksum.Compute(original) == recorded || StageChecksum.Compute(WithoutCacheTrue(original)) == recorded);

    private static YamlMap WithoutCacheTrue(YamlMap stage)
    {
        var map = new YamlMap();
        foreach (var (key, value) in stage.Entries)
            map.Set(key, key.AsText == "outs" && value is YamlSequence outputs ? new YamlSequence(outputs.Items.Select(output => output is YamlMap entry ? Without(entry) : output)) : value);
        return map;

        static YamlMap Without(YamlMap entry)
        {
            var kept = new YamlMap();
            foreach (var (key, value) in entry.Entries)
                if (!(key.AsText == "cache" && value is YamlScalar { Value: true }))
                    kept.Set(key, value);
            return kept;
        }
    }

    private static string? CommandOf(MetadataSchema schema, YamlMap map) => map["cmd"] switch
    {
        YamlSequence => string.Join('\n', schema.Texts(map, "cmd")),
        _ => schema.Text(map, "cmd"),
    };
}
