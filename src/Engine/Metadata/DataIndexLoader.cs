using DataVersion.Engine.Files;

namespace DataVersion.Engine.Metadata;

/// <summary>Collects the outputs of all metadata files of a tree.</summary>
internal sealed class DataIndexLoader(IMetadataTree tree, IList<DataVersionException>? problems)
{
    private readonly List<TrackedOutput> outputs = [];
    private readonly List<TrackedOutput> stale = [];

    public DataIndex Load()
    {
        var paths = tree.MetadataPaths().Distinct(StringComparer.Ordinal).ToArray();
        Array.Sort(paths, Utf8Order.Instance);
        var known = paths.ToHashSet(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var folder = MetadataPath.FolderOf(path);
            switch (MetadataPath.NameOf(path))
            {
                case PipelineFile.FileName:
                    AddPipeline(path, known);
                    break;
                // Read together with its dvc.yaml; without one it still protects what it records.
                case LockFile.FileName when !known.Contains(MetadataPath.Join(folder, PipelineFile.FileName)):
                    AddStaleOf(path);
                    break;
                case LockFile.FileName:
                    break;
                default:
                    if (MetadataPath.IsDataFile(path))
                        Guard(() => AddDataFile(path));
                    break;
            }
        }
        return new DataIndex(outputs, stale, paths);
    }

    private bool Guard(Action read)
    {
        var (outputCount, staleCount) = (outputs.Count, stale.Count);
        try
        {
            read();
            return true;
        }
        catch (DataVersionException error) when (problems is not null)
        {
            problems.Add(error);
            outputs.RemoveRange(outputCount, outputs.Count - outputCount);
            stale.RemoveRange(staleCount, stale.Count - staleCount);
            return false;
        }
    }

    private void AddDataFile(string path)
    {
        var document = DataFileDocument.Parse(tree.ReadText(path), path);
        var kind = document switch
        {
            { Command: not null } => OutputSource.Pipeline,
            { IsRepositoryImport: true } => OutputSource.RepositoryImport,
            { IsImport: true } => OutputSource.UrlImport,
            _ => OutputSource.DataFile,
        };
        foreach (var entry in document.Outputs)
            outputs.Add(Content(entry, path, document.WorkingDirectory) with
            {
                Kind = kind,
                IsFrozen = document.Frozen,
                Line = entry.Line,
                UseCache = entry.UseCache,
                Persist = entry.Persist,
                Remote = entry.Remote,
                Push = entry.Push,
                Description = entry.Description,
                Type = entry.Type,
                Labels = entry.Labels,
            });
    }

    private void AddPipeline(string path, HashSet<string> known)
    {
        var lockPath = MetadataPath.Join(MetadataPath.FolderOf(path), LockFile.FileName);
        var hasLock = known.Contains(lockPath);
        PipelineFile? pipeline = null;
        if (!Guard(() => pipeline = PipelineFile.Parse(tree.ReadText(path), path)))
        {
            if (hasLock)
                AddStaleOf(lockPath);
            return;
        }
        Guard(() =>
        {
            var locked = hasLock ? LockFile.Parse(tree.ReadText(lockPath), lockPath) : null;
            foreach (var stage in pipeline!.Stages)
                AddStage(path, pipeline, stage, locked);
            foreach (var stage in locked?.Stages ?? [])
                foreach (var entry in stage.Outputs)
                    if (pipeline.FindOutput(stage.Name, entry.Path) is null || ResolveFolder(pipeline.FindStage(stage.Name)!, stage.Name) is null)
                        stale.Add(StaleOutput(entry, lockPath, stage.Name, pipeline.FindStage(stage.Name)));
        });
    }

    private void AddStage(string path, PipelineFile pipeline, PipelineStage stage, LockFile? locked)
    {
        if (!stage.IsGroup)
        {
            AddMember(stage.Name, locked?.FindStage(stage.Name));
            return;
        }
        foreach (var member in locked?.Stages ?? [])
            if (pipeline.FindStage(member.Name) == stage)
                AddMember(member.Name, member);

        void AddMember(string name, LockedStage? member)
        {
            if (ResolveFolder(stage, name) is not { } folder)
                return;
            var recorded = new HashSet<LockEntry>();
            foreach (var definition in stage.Outputs)
            {
                // An untemplated output of an ordinary stage exists also before its first run.
                if (!definition.IsTemplated && !stage.IsGroup)
                {
                    var entry = member?.Outputs.Find(entry => entry.Path == definition.Path);
                    if (entry is not null)
                        recorded.Add(entry);
                    Add(entry ?? new LockEntry { Path = definition.Path }, definition.Flags);
                    continue;
                }
                foreach (var entry in member?.Outputs ?? [])
                    if (pipeline.FindOutput(name, entry.Path) == definition && recorded.Add(entry))
                        Add(entry, definition.Flags);
            }

            void Add(LockEntry entry, OutputFlags flags) => outputs.Add(Content(entry, path, folder) with
            {
                Kind = OutputSource.Pipeline,
                StageName = name,
                IsFrozen = stage.Frozen,
                Line = flags.Line,
                UseCache = flags.UseCache,
                Persist = flags.Persist,
                Remote = flags.Remote,
                Push = flags.Push,
                Description = flags.Description,
                Type = flags.Type,
                Labels = flags.Labels,
            });
        }
    }

    // "." when there is none; null when only the template engine could tell.
    private static string? ResolveFolder(PipelineStage stage, string name)
    {
        var folder = stage.WorkingDirectory ?? ".";
        if (!folder.Contains("${", StringComparison.Ordinal))
            return folder;
        if (stage.Foreach is not null && name.IndexOf('@') is > 0 and var at)
        {
            var key = name[(at + 1)..];
            if (stage.Foreach is YamlMap)
                folder = folder.Replace("${key}", key);
            else if (stage.Foreach is YamlSequence list && list.Items.All(item => item is YamlScalar))
                folder = folder.Replace("${item}", key);
        }
        return folder.Contains("${", StringComparison.Ordinal) ? null : folder;
    }

    private void AddStaleOf(string lockPath) => Guard(() =>
    {
        foreach (var member in LockFile.Parse(tree.ReadText(lockPath), lockPath).Stages)
            foreach (var entry in member.Outputs)
                stale.Add(StaleOutput(entry, lockPath, member.Name, null));
    });

    private TrackedOutput StaleOutput(LockEntry entry, string lockPath, string stageName, PipelineStage? stage) =>
        Content(entry, lockPath, stage?.WorkingDirectory) with { Kind = OutputSource.Pipeline, StageName = stageName, Line = entry.Line };

    private TrackedOutput Content(DataEntry entry, string metadataPath, string? folder)
    {
        var (path, isExternal) = MetadataPath.Resolve(MetadataPath.FolderOf(metadataPath), folder, entry.Path, tree.RootFolder);
        if (!isExternal && MetadataPath.IsReserved(path))
            throw new MetadataFormatException(DataErrorKind.MetadataInvalid, metadataPath, entry.Line, 1,
                $"the output '{entry.Path}' is the repository itself, or lies in a folder of Git or DVC; data is never put there.",
                "Correct the path, or delete the file if you do not know where it comes from.");
        return new TrackedOutput
        {
            Path = path,
            IsExternal = isExternal,
            Hash = entry.Hash,
            ChecksumText = entry.HashText ?? entry.ETag ?? entry.Checksum ?? entry.Hash?.ToString(),
            Size = entry.Size ?? TotalSize(entry),
            FileCount = entry.FileCount ?? entry.Files?.Count,
            IsExecutable = entry.IsExecutable,
            MetadataPath = metadataPath,
            Files = entry.Files is null ? [] : [.. entry.Files.Select(file => new TrackedFile(file.RelativePath, file.Hash, file.Size))],
        };
    }

    private static long? TotalSize(DataEntry entry) =>
        entry.Files is { } files && files.All(file => file.Size is not null) ? files.Sum(file => file.Size) : null;
}
