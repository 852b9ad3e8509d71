using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// The stages that a user means (DVC spec 7.3): <c>name</c>, <c>group</c> and <c>name@key</c> of the <c>dvc.yaml</c> in the
/// current folder, <c>path/dvc.yaml:name</c>, <c>path/dvc.yaml</c>, <c>x.dvc</c>, an output, with recursion a folder.
/// </summary>
/// <param name="set">All stages.</param>
/// <param name="folder">The current folder relative to the root; empty for the root.</param>
public sealed class StageSelection(StageSet set, string folder = "")
{
    private ILookup<string, StageDefinition>? byOutput;

    /// <summary>What is meant when nothing is named: the stages of the <c>dvc.yaml</c> in the current folder; with recursion everything in the folder and below it.</summary>
    public IReadOnlyList<StageDefinition> Default(bool recurse) => recurse ? Inside(folder) : set.OfFile(MetadataPath.Join(folder, PipelineFile.FileName));

    /// <summary>The stages of a name.</summary>
    /// <param name="name">What the user typed.</param>
    /// <param name="recurse">A folder means all stages in it and below it.</param>
    /// <exception cref="DataVersionException">StageNotFound.</exception>
    public IReadOnlyList<StageDefinition> Find(string name, bool recurse = false)
    {
        var typed = OperatingSystem.IsWindows() ? name.Replace('\\', '/') : name;
        var path = MetadataPath.Resolve(folder, null, typed, null).Path;
        IReadOnlyList<StageDefinition> found = [];
        if (IsMetadata(path))
            found = set.OfFile(path);
        if (found.Count == 0 && recurse)
            found = Inside(path);
        if (found.Count == 0)
            found = Named(typed);
        if (found.Count == 0)
            found = Making(path);
        return found.Count > 0 ? found : throw NotFound(name, path);
    }

    /// <summary>
    /// The stages that a pattern matches; empty when there are none. Without <c>/</c> and <c>:</c> it is matched with the
    /// names of the <c>dvc.yaml</c> and the <c>.dvc</c> files in the current folder, with recursion also below it; else
    /// with addresses relative to the current folder.
    /// </summary>
    /// <param name="pattern">The pattern as it was typed.</param>
    /// <param name="isMatch">The pattern, as the shell of the user understands it.</param>
    /// <param name="recurse">Look below the current folder too.</param>
    public IReadOnlyList<StageDefinition> Match(string pattern, Func<string, bool> isMatch, bool recurse = false) =>
        pattern.AsSpan().IndexOfAny('/', ':') >= 0 ? [.. set.Stages.Where(stage => isMatch(stage.AddressFrom(folder)))]
        : [.. (recurse ? Inside(folder) : set.Stages.Where(stage => MetadataPath.FolderOf(stage.MetadataPath) == folder))
            .Where(stage => isMatch(stage.Kind == StageKind.Pipeline ? stage.Name : MetadataPath.NameOf(stage.MetadataPath)))];

    /// <summary>The stage or the group of an address from the root.</summary>
    /// <exception cref="DataVersionException">StageNotFound.</exception>
    public IReadOnlyList<StageDefinition> OfAddress(string address) =>
        set.Find(address) is { } stage ? [stage] : set.OfGroup(address) is { Count: > 0 } group ? group : throw NotFound(address, address);

    /// <summary>All stages of a folder and of those below it.</summary>
    public IReadOnlyList<StageDefinition> Inside(string path) => path.Length == 0 ? set.Stages
        : [.. set.Stages.Where(stage => stage.MetadataPath.StartsWith(path + "/", StringComparison.Ordinal))];

    private static bool IsMetadata(string path) => MetadataPath.NameOf(path) == PipelineFile.FileName || MetadataPath.IsDataFile(path);

    private IReadOnlyList<StageDefinition> Named(string typed)
    {
        // The name may hold a colon itself: the file ends at its own name.
        var colon = typed.IndexOf(PipelineFile.FileName + ":", StringComparison.Ordinal) is >= 0 and var at ? at + PipelineFile.FileName.Length : -1;
        var file = colon < 0 ? MetadataPath.Join(folder, PipelineFile.FileName) : MetadataPath.Resolve(folder, null, typed[..colon], null).Path;
        var address = StageSet.AddressOf(file, typed[(colon + 1)..]);
        return set.Find(address) is { } stage ? [stage] : set.OfGroup(address);
    }

    // Those of an output, of the output that contains the path, or of a part of it.
    private IReadOnlyList<StageDefinition> Making(string path)
    {
        byOutput ??= set.Stages.SelectMany(stage => stage.Outputs, static (stage, output) => (stage, output)).ToLookup(pair => pair.output.Path, pair => pair.stage, StringComparer.Ordinal);
        for (var end = path.Length; end > 0; end = path.LastIndexOf('/', end - 1))
            if (byOutput[path[..end]] is var found && found.Any())
                return [.. found.Distinct()];
        return [];
    }

    private DataVersionException NotFound(string name, string path)
    {
        if (MetadataPath.NameOf(path) == LockFile.FileName)
            return new DataVersionException(DataErrorKind.StageNotFound, $"'{name}' records stages, it does not define them. Did you mean '{name[..^LockFile.FileName.Length]}{PipelineFile.FileName}'?", name);
        if (path.Length == 0 || Inside(path).Count > 0)
            return new DataVersionException(DataErrorKind.StageNotFound, $"'{name}' is a folder with stages, not a stage.", name,
                $"-Recurse means the stages in a folder and below it; '{(path.Length == 0 ? "" : path + "/")}{PipelineFile.FileName}' means those of that file.");
        var hint = NearestName.Hint(name, set.Stages.SelectMany(stage => stage.Group is { } group ? [stage.AddressFrom(folder), group] : new[] { stage.AddressFrom(folder) })
            .Concat(set.Stages.SelectMany(stage => stage.Outputs).Select(output => output.Path)).Distinct(StringComparer.Ordinal));
        return new DataVersionException(DataErrorKind.StageNotFound, $"There is no stage and no output '{name}'{(folder.Length == 0 ? "" : $" seen from '{folder}'")}.{hint}", name,
            "See Get-Stage -Recurse for what there is; a stage of another folder is named with its file: folder/dvc.yaml:name.");
    }
}
