using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Engine.Pipelines;

/// <summary>Makes stages of the metadata of a tree: of each <c>dvc.yaml</c> with its <c>dvc.lock</c>, and of each <c>.dvc</c> file.</summary>
internal sealed class StageLoader(IMetadataTree tree, ParsingOptions parsing, IList<DataVersionException>? problems)
{
    private readonly PipelineResolver resolver = new(tree, parsing);
    private readonly List<StageDefinition> stages = [];

    public StageSet Load()
    {
        var paths = tree.MetadataPaths().Distinct(StringComparer.Ordinal).ToArray();
        Array.Sort(paths, Utf8Order.Instance);
        var known = paths.ToHashSet(StringComparer.Ordinal);
        foreach (var path in paths)
            if (MetadataPath.NameOf(path) == PipelineFile.FileName)
                Guard(() => AddPipeline(path, known));
            else if (MetadataPath.IsDataFile(path))
                Guard(() => stages.Add(OfDataFile(path)));
        return new StageSet(stages);
    }

    private void Guard(Action read)
    {
        var count = stages.Count;
        try
        {
            read();
        }
        catch (DataVersionException error) when (problems is not null)
        {
            problems.Add(error);
            stages.RemoveRange(count, stages.Count - count);
        }
    }

    private void AddPipeline(string path, HashSet<string> known)
    {
        var file = PipelineFile.Parse(tree.ReadText(path), path);
        var lockPath = MetadataPath.Join(MetadataPath.FolderOf(path), LockFile.FileName);
        var locked = known.Contains(lockPath) ? LockFile.Parse(tree.ReadText(lockPath), lockPath) : null;
        var resolved = resolver.Resolve(path, file);
        if (problems is null)
            resolved.ThrowIfFailed();
        foreach (var problem in resolved.Problems)
            problems!.Add(problem.Error);
        foreach (var stage in resolved.Stages)
            stages.Add(OfPipeline(path, stage, locked?.FindStage(stage.Name)));
    }

    private StageDefinition OfPipeline(string path, ResolvedStage resolvedStage, LockedStage? locked)
    {
        var stage = resolvedStage.Definition;
        var folder = MetadataPath.FolderOf(path);
        return new StageDefinition
        {
            Name = resolvedStage.Name, Group = resolvedStage.GroupName, MetadataPath = path, Line = stage.Line, Kind = StageKind.Pipeline,
            Folder = FolderOf(path, stage.WorkingDirectory), Command = stage.Command, Frozen = stage.Frozen, AlwaysChanged = stage.AlwaysChanged,
            Description = stage.Description, Meta = stage.Definition["meta"], IsTemplated = resolvedStage.IsParametrised || resolvedStage.GroupName is not null,
            Locked = locked,
            Dependencies = [.. stage.Dependencies.Distinct(StringComparer.Ordinal).Select(text => Resolve(text))],
            Parameters = [.. stage.Parameters.Select(selection => new StageParameters(selection.File, Resolve(selection.File).Path, selection.Keys))],
            Outputs = [.. stage.Outputs.Select(output =>
            {
                var resolved = Resolve(output.Path);
                return new StageOutputPath(output.Path, resolved.Path, resolved.IsExternal, output.Flags);
            })],
        };

        StagePath Resolve(string text)
        {
            var (resolved, isExternal) = MetadataPath.Resolve(folder, stage.WorkingDirectory, text, tree.RootFolder);
            return new StagePath(text, resolved, isExternal);
        }
    }

    private StageDefinition OfDataFile(string path)
    {
        var document = DataFileDocument.Parse(tree.ReadText(path), path);
        var folder = MetadataPath.FolderOf(path);
        return new StageDefinition
        {
            Name = path, MetadataPath = path, Line = 1, Folder = FolderOf(path, document.WorkingDirectory), Document = document,
            Kind = document switch
            {
                { Command: not null } => StageKind.SingleStage,
                { IsRepositoryImport: true } => StageKind.RepositoryImport,
                { IsImport: true } => StageKind.UrlImport,
                _ => StageKind.Data,
            },
            Command = document.Command is { } command ? new YamlScalar(command) : null,
            Frozen = document.Frozen, AlwaysChanged = document.AlwaysChanged, Description = document.Description, Meta = document.Meta,
            Dependencies = [.. document.Dependencies.Where(entry => entry.Repository is null && entry.Database is null && entry.Parameters is null).Select(entry => Resolve(entry.Path))],
            Parameters = [.. document.Dependencies.Where(entry => entry.Parameters is not null).Select(entry =>
                new StageParameters(entry.Path, Resolve(entry.Path).Path, entry.Parameters is YamlMap map
                    ? [.. map.Entries.Select(pair => pair.Key.SourceText)] : [.. ((YamlSequence)entry.Parameters!).Items.OfType<YamlScalar>().Select(key => key.SourceText)]))],
            Outputs = [.. document.Outputs.Select(entry =>
            {
                var resolved = Resolve(entry.Path);
                return new StageOutputPath(entry.Path, resolved.Path, resolved.IsExternal, new OutputFlags
                {
                    Kind = entry.Ancient.Any(item => item.Key == "metric") ? OutputKind.Metric : entry.Ancient.Any(item => item.Key == "plot") ? OutputKind.Plot : OutputKind.Output,
                    UseCache = entry.UseCache, Persist = entry.Persist, Remote = entry.Remote, Push = entry.Push, Description = entry.Description,
                    Type = entry.Type, Labels = entry.Labels, Meta = entry.Meta, Line = entry.Line,
                });
            })],
        };

        StagePath Resolve(string text)
        {
            var (resolved, isExternal) = MetadataPath.Resolve(folder, document.WorkingDirectory, text, tree.RootFolder);
            return new StagePath(text, resolved, isExternal);
        }
    }

    private string FolderOf(string metadataPath, string? workingDirectory) =>
        MetadataPath.Resolve(MetadataPath.FolderOf(metadataPath), null, workingDirectory ?? ".", tree.RootFolder).Path;
}
