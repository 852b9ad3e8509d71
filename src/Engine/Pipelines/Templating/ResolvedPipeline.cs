using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines.Templating;

/// <summary>A stage as it is run: no templates, no group.</summary>
public sealed class ResolvedStage
{
    internal ResolvedStage(PipelineStage definition, string? groupName, bool isParametrised, IReadOnlyList<ParameterSelection> variables)
    {
        Definition = definition;
        GroupName = groupName;
        IsParametrised = isParametrised;
        Variables = variables;
    }

    /// <summary>The name, for a member of a group <c>group@key</c>.</summary>
    public string Name => Definition.Name;

    /// <summary>The name of the group that the stage belongs to; null for an ordinary stage.</summary>
    public string? GroupName { get; }

    /// <summary>The definition with values in place of templates. Lines are those of the original text.</summary>
    public PipelineStage Definition { get; }

    /// <summary>The definition is not what the file says: the stage cannot be rewritten in the file.</summary>
    public bool IsParametrised { get; }

    /// <summary>The values of parameter files (repository-relative) that its templates took, by key path.</summary>
    public IReadOnlyList<ParameterSelection> Variables { get; }
}

/// <summary>A part of a <c>dvc.yaml</c> that cannot be resolved.</summary>
/// <param name="StageName">The stage, the member <c>group@key</c>, or the group; null for what stands at the top of the file.</param>
/// <param name="Error">Why, with file and line.</param>
public sealed record PipelineProblem(string? StageName, DataVersionException Error);

/// <summary>A <c>dvc.yaml</c> with values in place of templates and members in place of groups. Immutable.</summary>
public sealed class ResolvedPipeline
{
    private readonly Dictionary<string, ResolvedStage> byName = new(StringComparer.Ordinal);
    private ILookup<string?, ResolvedStage>? byGroup;

    internal ResolvedPipeline(string metadataPath, PipelineFile file, IReadOnlyList<ResolvedStage> stages, IReadOnlyList<PipelineProblem> problems)
    {
        MetadataPath = metadataPath;
        File = file;
        Stages = stages;
        Problems = problems;
        foreach (var stage in stages)
            byName.TryAdd(stage.Name, stage);
    }

    /// <summary>The <c>dvc.yaml</c>, relative to the repository.</summary>
    public string MetadataPath { get; }

    /// <summary>The file as it is written.</summary>
    public PipelineFile File { get; }

    /// <summary>The stages that can be resolved: in the order of the file, members of a group in the order of generation.</summary>
    public IReadOnlyList<ResolvedStage> Stages { get; }

    /// <summary>What cannot be resolved. DVC refuses the whole file then; see <see cref="ThrowIfFailed"/>.</summary>
    public IReadOnlyList<PipelineProblem> Problems { get; }

    /// <summary>The top-level <c>params</c>.</summary>
    public IReadOnlyList<YamlNode> Params { get; internal init; } = [];

    /// <summary>The top-level <c>metrics</c>.</summary>
    public IReadOnlyList<YamlNode> Metrics { get; internal init; } = [];

    /// <summary>The top-level <c>plots</c>.</summary>
    public IReadOnlyList<YamlNode> Plots { get; internal init; } = [];

    /// <summary>The elements of <c>datasets</c>.</summary>
    public IReadOnlyList<YamlNode> Datasets { get; internal init; } = [];

    /// <summary>The map of <c>artifacts</c>; null when there is none.</summary>
    public YamlMap? Artifacts { get; internal init; }

    /// <summary>What works but surprises: sentences for the user.</summary>
    public IReadOnlyList<string> Warnings { get; internal init; } = [];

    /// <summary>The values of parameter files (repository-relative) that any stage took, each once.</summary>
    public IReadOnlyList<ParameterSelection> Variables =>
        [.. Stages.SelectMany(stage => stage.Variables).GroupBy(use => use.File, StringComparer.Ordinal)
            .Select(uses => new ParameterSelection(uses.Key, [.. uses.SelectMany(use => use.Keys ?? []).Distinct(StringComparer.Ordinal)]))];

    /// <summary>The stage of exactly this name (<c>group@key</c> for a member); null when there is none or it cannot be resolved.</summary>
    public ResolvedStage? FindStage(string name) => byName.GetValueOrDefault(name);

    /// <summary>The members of a group; empty when there is no such group.</summary>
    public IEnumerable<ResolvedStage> MembersOf(string group) =>
        (byGroup ??= Stages.Where(stage => stage.GroupName is not null).ToLookup(stage => stage.GroupName, StringComparer.Ordinal))[group];

    /// <summary>Why a stage, or the group it would belong to, cannot be resolved; null when that is not so.</summary>
    public DataVersionException? ProblemOf(string stageName) => Problems.FirstOrDefault(problem => problem.StageName is { } name
        && (name == stageName || stageName.Length > name.Length && stageName[name.Length] == '@' && stageName.StartsWith(name, StringComparison.Ordinal)))?.Error;

    /// <summary>Throws the first problem, if there is one.</summary>
    /// <exception cref="DataVersionException">MetadataInvalid, with file, line and key.</exception>
    public void ThrowIfFailed()
    {
        if (Problems.Count > 0)
            throw Problems[0].Error;
    }
}
