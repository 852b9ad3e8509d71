using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Says why a stage would run: compares what is recorded of its last run with what is there now, by content (rules: DVC spec 6.6,
/// 9.2). Files whose stat is known are not read.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="parameters">Reads parameter files.</param>
/// <param name="contents">What the workspace holds.</param>
/// <param name="allowMissing">Data that is missing in workspace or cache is no reason.</param>
internal sealed class StageInspector(Repository repository, ParameterFiles parameters, PathContents contents, bool allowMissing = false)
{
    /// <summary>All reasons, in the order command, dependencies, parameters, outputs; empty when the stage is up to date.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="record">What is recorded of its last run; null when nothing is.</param>
    /// <param name="made">
    /// Hashes of paths that stages made or recorded in this run, for data that may be missing: a missing dependency of which
    /// another content was made is not ignored.
    /// </param>
    /// <param name="context">Cancellation and progress.</param>
    /// <param name="alsoFrozen">What a frozen stage reads counts too.</param>
    public List<StageReason> Reasons(StageDefinition stage, LockedStage? record, IReadOnlyDictionary<string, ContentHash?> made, OperationContext context, bool alsoFrozen = false)
    {
        var reasons = new List<StageReason>();
        if (stage.Document is { } document)
        {
            if (stage.Kind != StageKind.Data && !(document.IsDefinitionAsRecorded() && (document.StageHash is not null || !document.IsImport)))
                reasons.Add(Reason(stage, StageReasonKind.DefinitionChanged) with { OldValue = document.StageHash, NewValue = document.ComputeStageHash() });
        }
        else if (record is null)
            return [Reason(stage, StageReasonKind.NeverRun)];
        else if (!YamlNode.SameValue(record.Command, stage.Command))
            reasons.Add(Reason(stage, StageReasonKind.CommandChanged) with { OldValue = TextOf(record.Command), NewValue = TextOf(stage.Command) });
        if (!stage.Frozen || alsoFrozen)
        {
            if (stage.AlwaysChanged || stage.IsCallback)
                reasons.Add(Reason(stage, StageReasonKind.AlwaysChanged));
            foreach (var dependency in stage.Dependencies)
                if (OfDependency(stage, dependency, RecordedDependency(stage, record, dependency), made, context) is { } reason)
                    reasons.Add(reason);
            foreach (var file in stage.Parameters)
                AddParameters(stage, file, RecordedParameters(stage, record, file), reasons);
        }
        foreach (var output in stage.Outputs)
            if (OfOutput(stage, output, RecordedOutput(stage, record, output), context) is { } reason)
                reasons.Add(reason);
        return reasons;
    }

    /// <summary>The paths that <see cref="Reasons"/> looks at, to be read in one batch beforehand.</summary>
    public static IEnumerable<(StagePath Path, ContentHashAlgorithm Algorithm)> PathsOf(StageDefinition stage, LockedStage? record, bool alsoFrozen = false)
    {
        if (!stage.Frozen || alsoFrozen)
            foreach (var dependency in stage.Dependencies)
                yield return (dependency, AlgorithmOf(RecordedDependency(stage, record, dependency)));
        foreach (var output in stage.Outputs)
            yield return (output, AlgorithmOf(RecordedOutput(stage, record, output)));
    }

    /// <summary>An entry that was recorded without any hash is of DVC 3 as soon as it gets one.</summary>
    public static ContentHashAlgorithm AlgorithmOf(DataEntry? entry) => entry?.Hash?.Algorithm ?? ContentHashAlgorithm.Md5;

    private static DataEntry? RecordedDependency(StageDefinition stage, LockedStage? record, StagePath path) =>
        stage.Document is null ? record?.Dependencies.Find(entry => entry.Path == path.Text) : stage.RecordedDependency(path.Text);

    private static DataEntry? RecordedOutput(StageDefinition stage, LockedStage? record, StagePath path) =>
        stage.Document is null ? record?.Outputs.Find(entry => entry.Path == path.Text) : stage.RecordedOutput(path.Text);

    private static YamlMap? RecordedParameters(StageDefinition stage, LockedStage? record, StageParameters file) => (stage.Document is { } document
        ? document.Dependencies.Find(entry => entry.Parameters is not null && entry.Path == file.Text)?.Parameters : record?.Params?[file.Text]) as YamlMap;

    private StageReason? OfDependency(StageDefinition stage, StagePath path, DataEntry? recorded, IReadOnlyDictionary<string, ContentHash?> made, OperationContext context)
    {
        if (contents.Of(path, AlgorithmOf(recorded), context) is not { } state)
            return recorded is null && !path.IsDataset ? Reason(stage, StageReasonKind.DependencyNew, path) : null;
        var old = recorded?.Hash;
        if (state.Kind == FileKind.None)
            return allowMissing && old is not null && (!made.TryGetValue(path.Path, out var fresh) || fresh == old) ? null
                : Reason(stage, StageReasonKind.DependencyMissing, path) with { OldValue = old };
        return old is null ? Reason(stage, StageReasonKind.DependencyNew, path) with { NewValue = state.Hash }
            : old != state.Hash ? Reason(stage, StageReasonKind.DependencyModified, path) with { OldValue = old, NewValue = state.Hash } : null;
    }

    private StageReason? OfOutput(StageDefinition stage, StageOutputPath path, DataEntry? recorded, OperationContext context)
    {
        if (contents.Of(path, AlgorithmOf(recorded), context) is not { } state)
            return null;
        if (recorded?.Hash is not { } old)
            return recorded is { ETag: not null } or { Checksum: not null } ? null
                : Reason(stage, StageReasonKind.OutputNew, path) with { NewValue = state.Hash };
        if (path.Flags.UseCache && !IsCached(old))
            return allowMissing ? null : Reason(stage, StageReasonKind.OutputNotInCache, path) with { OldValue = old, NewValue = state.Hash };
        if (state.Kind == FileKind.None)
            return allowMissing ? null : Reason(stage, StageReasonKind.OutputMissing, path) with { OldValue = old };
        return old == state.Hash ? null : Reason(stage, StageReasonKind.OutputModified, path) with { OldValue = old, NewValue = state.Hash };
    }

    /// <summary>The object is in the cache, of a folder also every file.</summary>
    public bool IsCached(ContentHash hash)
    {
        if (!repository.IsPresent(hash))
            return false;
        if (!hash.IsDirectory)
            return true;
        if (repository.TryLoadManifest(hash, out var manifest) is not null)
            return false;
        foreach (var entry in manifest!.List)
            if (!repository.IsPresent(entry.Hash))
                return false;
        return true;
    }

    private void AddParameters(StageDefinition stage, StageParameters file, YamlMap? recorded, List<StageReason> reasons)
    {
        if (parameters.Find(file.Path) is not { } values)
        {
            reasons.Add(new StageReason { Target = stage.Address, Kind = StageReasonKind.ParameterMissing, Path = file.Path });
            return;
        }
        if (recorded is null)
        {
            reasons.Add(new StageReason { Target = stage.Address, Kind = StageReasonKind.ParameterNew, Path = file.Path });
            return;
        }
        foreach (var key in KeysOf(file, values, recorded))
        {
            var now = file.Find(values, key);
            var old = recorded[key];
            if (now is not null && old is not null && YamlNode.SameValue(old, now))
                continue;
            reasons.Add(new StageReason
            {
                Target = stage.Address, Path = file.Path, Name = key, OldValue = PlainValue.Of(old), NewValue = PlainValue.Of(now),
                Kind = now is null ? StageReasonKind.ParameterMissing : old is null ? StageReasonKind.ParameterNew : StageReasonKind.ParameterModified,
            });
        }
    }

    // Of a file that is read as a whole also the keys that are gone.
    private static IEnumerable<string> KeysOf(StageParameters file, YamlNode values, YamlMap recorded) => file.Keys
        ?? (values is YamlMap map ? map.Entries.Select(entry => entry.Key.SourceText) : [])
            .Concat(recorded.Entries.Select(entry => entry.Key.SourceText)).Distinct(StringComparer.Ordinal);

    private static string TextOf(YamlNode? command) => string.Join('\n', PlainValue.Texts(command));

    private static StageReason Reason(StageDefinition stage, StageReasonKind kind, StagePath? path = null) =>
        new() { Target = stage.Address, Kind = kind, Path = path?.Path };
}
