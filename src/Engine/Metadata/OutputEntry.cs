namespace DataVersion.Engine.Metadata;

/// <summary>An output of a <c>.dvc</c> file: a tracked file or directory (format: DVC spec 2.2, 2.3).</summary>
public sealed class OutputEntry : DataEntry
{
    private static readonly string[] AncientKeys = ["metric", "plot", "tags"];

    /// <summary>What a person wrote about it.</summary>
    public string? Description { get; set; }

    /// <summary>The kind of data in the user's words.</summary>
    public string? Type { get; set; }

    /// <summary>Labels in the user's words.</summary>
    public IReadOnlyList<string> Labels { get; set; } = [];

    /// <summary>Anything a person wrote; kept as it is.</summary>
    public YamlNode? Meta { get; set; }

    /// <summary>The content is kept in the cache.</summary>
    public bool UseCache { get; set; } = true;

    /// <summary>The output is not removed before its stage runs.</summary>
    public bool Persist { get; set; }

    /// <summary>The remote that alone holds this output; null for the default one.</summary>
    public string? Remote { get; set; }

    /// <summary>The output is pushed to remotes.</summary>
    public bool Push { get; set; } = true;

    /// <summary>What stages of DVC 0.x say of an output besides: <c>metric</c>, <c>plot</c>, <c>tags</c>; kept as it is.</summary>
    public IReadOnlyList<(string Key, YamlNode Value)> Ancient { get; private init; } = [];

    internal static OutputEntry Parse(MetadataSchema schema, YamlNode node, bool isAncient)
    {
        var map = schema.Map(node, "an output");
        string[] keys = [.. CommonKeys, "desc", "type", "labels", "meta", "cache", "remote", "push"];
        // Keys that DVC 0.x and 1.x wrote into stages with a command.
        schema.CheckKeys(map, isAncient ? [.. keys, .. AncientKeys] : keys, "for an output");
        var entry = new OutputEntry
        {
            Path = schema.Text(map, "path") ?? throw schema.Error(map, "'path' is missing."),
            Line = map.Line,
            Column = map.Column,
            Description = schema.Text(map, "desc"),
            Type = schema.Text(map, "type"),
            Labels = schema.Texts(map, "labels"),
            Meta = map["meta"],
            UseCache = schema.Flag(map, "cache", absent: true),
            Persist = schema.Flag(map, "persist"),
            Remote = schema.Text(map, "remote"),
            Push = schema.Flag(map, "push", absent: true),
            Ancient = [.. AncientKeys.Where(key => map[key] is { } value && !IsFalsy(value)).Select(key => (key, map[key]!))],
        };
        entry.ReadCommon(schema, map);
        return entry;
    }

    internal YamlMap ToNode()
    {
        var map = new YamlMap();
        WriteContent(map, Files is { Count: > 0 });
        AddIfSet(map, "hash", HashName);
        map.Add("path", Path);
        AddIfSet(map, "fs_config", FsConfig);
        AddIfSet(map, "desc", NullIfEmpty(Description));
        AddIfSet(map, "type", NullIfEmpty(Type));
        if (Labels.Count > 0)
            map.Add("labels", YamlSequence.OfText(Labels));
        if (Meta is not null && !IsFalsy(Meta))
            map.Add("meta", Meta);
        if (!UseCache)
            map.Add("cache", false);
        if (Persist)
            map.Add("persist", true);
        AddIfSet(map, "remote", NullIfEmpty(Remote));
        if (!Push)
            map.Add("push", false);
        foreach (var (key, value) in Ancient)
            map.Add(key, value);
        WriteFiles(map);
        return map;
    }

    /// <summary>True for what Python takes for false: such values are not written.</summary>
    internal static bool IsFalsy(YamlNode node) => node switch
    {
        YamlMap map => map.Count == 0,
        YamlSequence sequence => sequence.Items.Count == 0,
        YamlScalar scalar => scalar.Value is null or "" or false or 0L or 0.0,
        _ => false,
    };

    internal static string? NullIfEmpty(string? text) => text is "" ? null : text;
}
