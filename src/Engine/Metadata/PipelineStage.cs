namespace DataVersion.Engine.Metadata;

/// <summary>What an output of a stage is for.</summary>
public enum OutputKind
{
    /// <summary>An ordinary output.</summary>
    Output,
    /// <summary>A metrics file.</summary>
    Metric,
    /// <summary>A plots file or folder.</summary>
    Plot,
}

/// <summary>What <c>dvc.yaml</c> says about an output beside its path (format: DVC spec 7.2).</summary>
public sealed record OutputFlags
{
    /// <summary>The content is kept in the cache.</summary>
    public bool UseCache { get; init; } = true;

    /// <summary>The output is not removed before its stage runs.</summary>
    public bool Persist { get; init; }

    /// <summary>The remote that alone holds it; null for the default one.</summary>
    public string? Remote { get; init; }

    /// <summary>The output is pushed to remotes.</summary>
    public bool Push { get; init; } = true;

    /// <summary>What a person wrote about it.</summary>
    public string? Description { get; init; }

    /// <summary>The kind of data in the user's words.</summary>
    public string? Type { get; init; }

    /// <summary>Labels in the user's words.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Anything a person wrote.</summary>
    public YamlNode? Meta { get; init; }

    /// <summary>Output, metric or plot.</summary>
    public OutputKind Kind { get; init; }

    /// <summary>All keys and values as written, with the settings of plots; null for a plain path.</summary>
    public YamlMap? Raw { get; init; }

    /// <summary>Line of the definition, from 1.</summary>
    public int Line { get; init; }

    internal static OutputFlags Parse(MetadataSchema schema, YamlMap? map, OutputKind kind, int line)
    {
        if (map is null)
            return new OutputFlags { Kind = kind, Line = line };
        string[] keys = ["cache", "persist", "checkpoint", "remote", "push", "desc", "type", "labels", "meta"];
        schema.CheckKeys(map, kind == OutputKind.Plot
            ? [.. keys, "template", "x", "y", "x_label", "y_label", "title", "header"] : keys, "for an output");
        return new OutputFlags
        {
            UseCache = schema.Flag(map, "cache", absent: true),
            Persist = schema.Flag(map, "persist"),
            Remote = schema.Text(map, "remote"),
            Push = schema.Flag(map, "push", absent: true),
            Description = schema.Text(map, "desc"),
            Type = schema.Text(map, "type"),
            Labels = schema.Texts(map, "labels"),
            Meta = map["meta"],
            Kind = kind,
            Raw = map,
            Line = line,
        };
    }
}

/// <summary>An output of a stage as <c>dvc.yaml</c> defines it.</summary>
/// <param name="Path">The path as written, with <c>${…}</c> where it is templated.</param>
/// <param name="Flags">What is said about it.</param>
public sealed record PipelineOutput(string Path, OutputFlags Flags)
{
    /// <summary>The path holds a template.</summary>
    public bool IsTemplated => Path.Contains("${", StringComparison.Ordinal);
}

/// <summary>A stage, or a group of stages made by <c>foreach</c> or <c>matrix</c>, as written in <c>dvc.yaml</c>.</summary>
public sealed class PipelineStage
{
    private static readonly string[] Keys =
    [
        "cmd", "wdir", "deps", "params", "vars", "frozen", "meta", "desc", "always_changed", "outs", "metrics", "plots", "matrix",
    ];

    private PipelineStage(string name, YamlMap definition) => (Name, Definition) = (name, definition);

    /// <summary>The key under <c>stages</c>.</summary>
    public string Name { get; }

    /// <summary>The whole definition; of a <c>foreach</c> group what stands under <c>do</c>.</summary>
    public YamlMap Definition { get; }

    /// <summary>The command: text or a list of texts, with templates as written.</summary>
    public YamlNode Command => Definition["cmd"]!;

    /// <summary>The folder of the stage relative to the folder of <c>dvc.yaml</c>; null for that folder.</summary>
    public string? WorkingDirectory { get; private init; }

    /// <summary>Dependencies as written.</summary>
    public IReadOnlyList<string> Dependencies { get; private init; } = [];

    /// <summary>Parameters, one entry per file in the order of their first mention.</summary>
    public IReadOnlyList<ParameterSelection> Parameters { get; private init; } = [];

    /// <summary>Outputs, metrics and plots, in this order.</summary>
    public IReadOnlyList<PipelineOutput> Outputs { get; private init; } = [];

    /// <summary>The stage is not run when its dependencies change.</summary>
    public bool Frozen { get; private init; }

    /// <summary>The stage always counts as changed.</summary>
    public bool AlwaysChanged { get; private init; }

    /// <summary>What a person wrote about it.</summary>
    public string? Description { get; private init; }

    /// <summary>What <c>foreach</c> goes over; null when the stage is no such group.</summary>
    public YamlNode? Foreach { get; private init; }

    /// <summary>The axes of a <c>matrix</c>; null when the stage is no such group.</summary>
    public YamlNode? Matrix => Definition["matrix"];

    /// <summary>The stage stands for several: <c>name@key</c>.</summary>
    public bool IsGroup => Foreach is not null || Matrix is not null;

    /// <summary>Line of the name, from 1.</summary>
    public int Line { get; private init; }

    internal static PipelineStage Parse(MetadataSchema schema, YamlScalar key, YamlNode node)
    {
        var map = schema.Map(node, $"the stage '{key}'");
        var over = map["foreach"];
        if (over is not null || map["do"] is not null)
        {
            schema.CheckKeys(map, ["foreach", "do"], "beside foreach");
            if (over is null or not (YamlSequence or YamlMap or YamlScalar { Kind: YamlScalarKind.String }))
                throw schema.Error(over ?? map, "'foreach' must be a list, a map or a template.");
            map = schema.Map(map["do"] ?? throw schema.Error(map, "'do' is missing."), "'do'");
            if (map["matrix"] is { } matrix)
                throw schema.Error(matrix, "'matrix' cannot stand under 'do'.");
        }
        schema.CheckKeys(map, Keys, "in a stage");
        // A bare true or 7 is a command too: DVC takes it as it is spelled.
        if (map["cmd"] is not (YamlScalar { Kind: not YamlScalarKind.Null } or YamlSequence))
            throw schema.Error(map["cmd"] ?? map, map["cmd"] is null ? $"'cmd' of the stage '{key}' is missing." : "'cmd' must be text or a list of texts.");
        if (map["cmd"] is YamlSequence)
            schema.Texts(map, "cmd");
        return new PipelineStage(key.SourceText, map)
        {
            WorkingDirectory = schema.Text(map, "wdir") is { } folder and not "." ? folder : null,
            Dependencies = schema.Texts(map, "deps"),
            Parameters = ParameterSelection.Read(schema, map),
            Outputs = ReadOutputs(schema, map),
            Frozen = schema.Flag(map, "frozen"),
            AlwaysChanged = schema.Flag(map, "always_changed"),
            Description = schema.Text(map, "desc"),
            Foreach = over,
            Line = key.Line,
        };
    }

    private static List<PipelineOutput> ReadOutputs(MetadataSchema schema, YamlMap stage)
    {
        var outputs = new List<PipelineOutput>();
        foreach (var (list, kind) in new[] { ("outs", OutputKind.Output), ("metrics", OutputKind.Metric), ("plots", OutputKind.Plot) })
        {
            var first = outputs.Count;
            foreach (var node in schema.List(stage, list))
                foreach (var (path, flags) in OutputsOf(schema, node, list))
                    Add(outputs, first, path.SourceText, flags, kind, path.Line);
        }
        return outputs;

        // The same path twice in one list is one output with the flags of both.
        void Add(List<PipelineOutput> target, int first, string path, YamlMap? flags, OutputKind kind, int line)
        {
            var index = target.FindIndex(first, output => output.Path == path);
            if (index < 0)
            {
                target.Add(new PipelineOutput(path, OutputFlags.Parse(schema, flags, kind, line)));
                return;
            }
            var merged = new YamlMap();
            foreach (var source in new[] { target[index].Flags.Raw, flags })
                foreach (var (key, value) in source?.Entries ?? [])
                    merged.Set(key, value);
            target[index] = new PipelineOutput(path, OutputFlags.Parse(schema, merged, kind, line));
        }
    }

    private static IEnumerable<(YamlScalar Path, YamlMap? Flags)> OutputsOf(MetadataSchema schema, YamlNode node, string list)
    {
        switch (node)
        {
            case YamlScalar { Kind: YamlScalarKind.String } text:
                yield return (text, null);
                break;
            case YamlMap map:
                foreach (var (key, value) in map.Entries)
                    yield return (key, value switch
                    {
                        YamlScalar { Kind: YamlScalarKind.Null } => null,
                        // Several plots of one file: the flags of the output come from the first.
                        YamlSequence { Items: [YamlMap first, ..] } when list == "plots" => first,
                        _ => schema.Map(value, $"'{key}'"),
                    });
                break;
            default:
                throw schema.Error(node, $"an element of '{list}' must be a path or a map of one path.");
        }
    }
}
