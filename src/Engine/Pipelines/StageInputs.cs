using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Engine.Pipelines;

/// <summary>What a stage would run with, as the record of a run: its hash finds the run again (DVC spec 4.8, 8).</summary>
internal sealed class StageInputs(PathContents contents, ParameterFiles parameters, OperationContext context)
{
    /// <summary>Command, dependencies, parameters as they are now, and outputs by path alone: what a run is found by.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="last">What is recorded of its last run: content that did not change since DVC 2 recorded it keeps its hash.</param>
    /// <exception cref="DataVersionException">DependencyMissing: something that the stage reads does not exist.</exception>
    public LockedStage Of(StageDefinition stage, LockedStage? last)
    {
        var record = new LockedStage { Name = stage.Name, Command = stage.Command! };
        foreach (var path in stage.Dependencies)
        {
            var recorded = (DataEntry?)last?.Dependencies.Find(entry => entry.Path == path.Text) ?? stage.RecordedDependency(path.Text);
            if (contents.Of(path, StageInspector.AlgorithmOf(recorded), context) is not { } state)
            {
                record.Dependencies.Add(recorded as LockEntry ?? new LockEntry { Path = path.Text });
                continue;
            }
            if (state.Kind == FileKind.None)
                throw Missing($"'{path.Path}', which the stage '{stage.Address}' reads, does not exist.", path.Path);
            // Content that DVC 2 recorded and that has changed is recorded anew, by plain MD5.
            if (recorded is { Hash: { Algorithm: not ContentHashAlgorithm.Md5 } old } && old != state.Hash)
                state = contents.Of(path, ContentHashAlgorithm.Md5, context)!;
            record.Dependencies.Add(new LockEntry
            {
                Path = path.Text, Hash = state.Hash, Size = state.Size, FileCount = state.Manifest?.Count,
                IsExecutable = state.Kind == FileKind.File && state.Files[0].Stat.IsExecutable,
            });
        }
        record.Params = Parameters(stage);
        foreach (var output in stage.Outputs)
            record.Outputs.Add(new LockEntry { Path = output.Text });
        return record;
    }

    private static DataVersionException Missing(string message, string path) => new(DataErrorKind.DependencyMissing, message, path,
        "Make it, bring it back (data with Switch-DataVersion or Invoke-Stage -Pull, other files with Git), or correct the stage.");

    private YamlMap? Parameters(StageDefinition stage)
    {
        if (stage.Parameters.Count == 0)
            return null;
        var result = new YamlMap();
        foreach (var file in stage.Parameters.OrderBy(file => file.Text != "params.yaml").ThenBy(file => file.Text, Utf8Order.Instance))
        {
            var values = parameters.Find(file.Path) ?? throw Missing($"The parameters file '{file.Path}' of the stage '{stage.Address}' does not exist.", file.Path);
            var found = new YamlMap();
            // What an alias names stays one node, so that dvc.lock has an anchor for it, as DVC writes it.
            var copy = new YamlCopy();
            var missing = new List<string>();
            foreach (var key in (file.Keys ?? [.. (values as YamlMap)?.Entries.Select(entry => entry.Key.SourceText) ?? []]).Order(Utf8Order.Instance))
                if (file.Find(values, key) is { } value)
                    found.Set(new YamlScalar(key), copy.Of(value));
                else
                    missing.Add(key);
            if (missing.Count > 0)
                throw Missing($"Parameters {string.Join(", ", missing.Select(key => $"'{key}'"))} of the stage '{stage.Address}' are missing from '{file.Path}'.", file.Path);
            result.Add(file.Text, found);
        }
        return result;
    }
}
