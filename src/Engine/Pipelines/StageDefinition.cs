using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>A path in the definition of a stage.</summary>
/// <param name="Text">As it is written: relative to the working directory, absolute, or a URL. It is the key in <c>dvc.lock</c>.</param>
/// <param name="Path">Relative to the root, or as it is when it lies outside.</param>
/// <param name="IsExternal">It lies outside the repository.</param>
public record StagePath(string Text, string Path, bool IsExternal)
{
    /// <summary>A dependency on a dataset: <c>ds://name</c>.</summary>
    public bool IsDataset => Text.StartsWith("ds://", StringComparison.Ordinal);
}

/// <summary>An output of a stage.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Path">Relative to the root, or as it is when it lies outside.</param>
/// <param name="IsExternal">It lies outside the repository.</param>
/// <param name="Flags">What else is said about it.</param>
public sealed record StageOutputPath(string Text, string Path, bool IsExternal, OutputFlags Flags) : StagePath(Text, Path, IsExternal);

/// <summary>The parameters that a stage reads from one file.</summary>
/// <param name="Text">The file as it is written, relative to the working directory.</param>
/// <param name="Path">The file relative to the root.</param>
/// <param name="Keys">The keys with dots, each once; null for the whole file.</param>
public sealed record StageParameters(string Text, string Path, IReadOnlyList<string>? Keys)
{
    /// <summary>The value of a key; null when there is none. Of a file that is read as a whole the key is a name as it is, dots included.</summary>
    internal YamlNode? Find(YamlNode values, string key)
    {
        if (Keys is not null)
            return Templating.ParameterLookup.Find(values, key, Path);
        foreach (var (name, value) in (values as YamlMap)?.Entries ?? [])
            if (name.SourceText == key)
                return value;
        return null;
    }
}

/// <summary>
/// A stage as the engine works with it: templates filled in, paths resolved, with what is recorded of its last run. Made of a
/// stage in <c>dvc.yaml</c> or of a whole <c>.dvc</c> file.
/// </summary>
public sealed class StageDefinition
{
    /// <summary>The name in its <c>dvc.yaml</c>, with <c>@key</c> for a member of a group; of a <c>.dvc</c> file its path.</summary>
    public required string Name { get; init; }

    /// <summary>The <c>foreach</c> or <c>matrix</c> that it comes from; null for a single stage.</summary>
    public string? Group { get; init; }

    /// <summary>The file that defines it, relative to the root.</summary>
    public required string MetadataPath { get; init; }

    /// <summary>Line of the definition, from 1.</summary>
    public int Line { get; init; }

    /// <summary>What it is.</summary>
    public required StageKind Kind { get; init; }

    /// <summary>The folder that paths are relative to and commands run in, relative to the root; empty for the root.</summary>
    public string Folder { get; init; } = "";

    /// <summary>The command as it is recorded: text or a list of texts; null for data.</summary>
    public YamlNode? Command { get; init; }

    /// <summary>The commands in the order they run, one text each; empty for data.</summary>
    public IReadOnlyList<string> CommandTexts => PlainValue.Texts(Command);

    /// <summary>What it reads, parameters apart, in the order of the file.</summary>
    public IReadOnlyList<StagePath> Dependencies { get; init; } = [];

    /// <summary>The parameters it reads: <c>params.yaml</c> first, then the other files in the order of the file.</summary>
    public IReadOnlyList<StageParameters> Parameters { get; init; } = [];

    /// <summary>What it makes: outputs, metrics, plots.</summary>
    public IReadOnlyList<StageOutputPath> Outputs { get; init; } = [];

    /// <summary>It is not run when its dependencies change.</summary>
    public bool Frozen { get; init; }

    /// <summary>It counts as changed at every run.</summary>
    public bool AlwaysChanged { get; init; }

    /// <summary>What a person wrote about it.</summary>
    public string? Description { get; init; }

    /// <summary>Anything a person wrote; ours is below <c>dataversion</c>.</summary>
    public YamlNode? Meta { get; init; }

    /// <summary>Its definition has templates.</summary>
    public bool IsTemplated { get; init; }

    /// <summary>What <c>dvc.lock</c> records of its last run; null when there is nothing, and for a <c>.dvc</c> file.</summary>
    public LockedStage? Locked { get; init; }

    /// <summary>The <c>.dvc</c> file; null for a stage of a <c>dvc.yaml</c>.</summary>
    public DataFileDocument? Document { get; init; }

    /// <summary>It runs a command.</summary>
    public bool HasCommand => Command is not null;

    /// <summary>It has a command, reads nothing and makes nothing: DVC runs such a stage every time.</summary>
    public bool IsCallback => HasCommand && Dependencies.Count == 0 && Parameters.Count == 0 && Outputs.Count == 0;

    /// <summary>How DVC names it from the root: <c>name</c>, <c>folder/dvc.yaml:name</c>, <c>x.dvc</c>.</summary>
    public string Address => Kind is StageKind.Pipeline && MetadataPath != PipelineFile.FileName ? MetadataPath + ":" + Name : Name;

    /// <summary>How DVC names it from a folder: relative to it.</summary>
    /// <param name="folder">Relative to the root; empty for the root.</param>
    public string AddressFrom(string folder)
    {
        var file = MetadataPath.StartsWith(folder + "/", StringComparison.Ordinal) ? MetadataPath[(folder.Length + 1)..]
            : folder.Length == 0 ? MetadataPath : System.IO.Path.GetRelativePath("/" + folder, "/" + MetadataPath).Replace('\\', '/');
        return Kind != StageKind.Pipeline ? file : file == PipelineFile.FileName ? Name : file + ":" + Name;
    }

    /// <summary>Where it is defined, for errors: <c>'train' ('dvc.yaml' line 3)</c>.</summary>
    public string Place => Kind == StageKind.Pipeline ? $"'{Address}' ('{MetadataPath}' line {Line})" : $"'{Address}'";

    /// <summary>What is recorded of a dependency, found by its text.</summary>
    public DataEntry? RecordedDependency(string text) =>
        Document is null ? Locked?.Dependencies.Find(entry => entry.Path == text) : Document.Dependencies.Find(entry => entry.Path == text);

    /// <summary>What is recorded of an output, found by its text.</summary>
    public DataEntry? RecordedOutput(string text) =>
        Document is null ? Locked?.Outputs.Find(entry => entry.Path == text) : Document.Outputs.Find(entry => entry.Path == text);

    /// <inheritdoc/>
    public override string ToString() => Address;
}
