using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Pipelines;

/// <summary>Stages as users see them.</summary>
public static class StageView
{
    /// <summary>The public object of a stage, with what is recorded of its last run; its state is not looked at.</summary>
    public static Stage Of(StageDefinition stage, RepositoryLayout layout) => new()
    {
        Target = stage.Address,
        Name = stage.Name,
        MetadataPath = stage.MetadataPath,
        Line = stage.Line,
        Kind = stage.Kind,
        Group = stage.Group,
        Command = PlainValue.Texts(stage.Command),
        WorkingDirectory = stage.Folder,
        Dependencies = [.. stage.Dependencies.Select(path => Dependency(stage, path))],
        Parameters = [.. stage.Parameters.SelectMany(file => Parameters(stage, file))],
        Outputs = [.. stage.Outputs.Select(path => Output(path, stage.RecordedOutput(path.Text), layout))],
        Description = stage.Description,
        IsFrozen = stage.Frozen,
        AlwaysChanged = stage.AlwaysChanged,
        IsTemplated = stage.IsTemplated,
    };

    /// <summary>The public object of an output.</summary>
    /// <param name="path">The output.</param>
    /// <param name="recorded">Its content; null when none is recorded.</param>
    /// <param name="layout">The repository.</param>
    public static StageOutput Output(StageOutputPath path, DataEntry? recorded, RepositoryLayout layout) => new()
    {
        Path = path.Path,
        FullName = path.IsExternal ? null : layout.ToAbsolute(path.Path),
        Kind = (StageOutputKind)path.Flags.Kind,
        Hash = recorded?.Hash,
        Size = recorded?.Size,
        FileCount = recorded?.FileCount ?? recorded?.Files?.Count,
        UseCache = path.Flags.UseCache,
        Persist = path.Flags.Persist,
        Remote = path.Flags.Remote,
    };

    private static StageDependency Dependency(StageDefinition stage, StagePath path)
    {
        var recorded = stage.RecordedDependency(path.Text);
        return new StageDependency { Path = path.Path, IsExternal = path.IsExternal, Hash = recorded?.Hash, Size = recorded?.Size };
    }

    private static IEnumerable<StageParameter> Parameters(StageDefinition stage, StageParameters file)
    {
        var recorded = stage.Locked?.Params?[file.Text] as YamlMap;
        return file.Keys is null
            ? [new StageParameter { Path = file.Path, Value = PlainValue.Of(recorded) }]
            : file.Keys.Select(key => new StageParameter { Path = file.Path, Name = key, Value = PlainValue.Of(recorded?[key]) });
    }
}
