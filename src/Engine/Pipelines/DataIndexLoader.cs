using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Engine.Pipelines;

/// <summary>Collects the outputs of all metadata files of a tree.</summary>
internal sealed class DataIndexLoader
{
    private readonly IMetadataTree tree;
    private readonly IList<DataVersionException>? problems;
    private readonly PipelineResolver resolver;
    private readonly List<TrackedOutput> outputs = [];
    private readonly List<TrackedOutput> stale = [];

    // Options of commands do not change paths, so the configuration is not asked.
    private DataIndexLoader(IMetadataTree tree, IList<DataVersionException>? problems) =>
        (this.tree, this.problems, resolver) = (tree, problems, new PipelineResolver(tree));

    /// <summary>Reads all metadata of a tree.</summary>
    /// <param name="tree">Where to read.</param>
    /// <param name="problems">
    /// Receives the error of each file that cannot be read, or whose templates cannot be resolved; the others are loaded. When
    /// null the first such file throws.
    /// </param>
    public static DataIndex Load(IMetadataTree tree, IList<DataVersionException>? problems = null) => new DataIndexLoader(tree, problems).Load();

    private DataIndex Load()
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
        var root = tree.RootFolder;
        outputs.AddRange(root is not null && tree.FileOf(path) is { } file ? KnownDataFiles.OfFile(root, path, file, tree.ReadText, ParseDataFile)
            : root is not null && tree.ContentId(path) is { } content ? KnownDataFiles.OfRevision(root, path, content, tree.ReadText, ParseDataFile)
            : ParseDataFile(path, tree.ReadText(path)));
    }

    private IReadOnlyList<TrackedOutput> ParseDataFile(string path, string text)
    {
        var document = DataFileDocument.Parse(text, path);
        var kind = document switch
        {
            { Command: not null } => OutputSource.Pipeline,
            { IsRepositoryImport: true } => OutputSource.RepositoryImport,
            { IsImport: true } => OutputSource.UrlImport,
            _ => OutputSource.DataFile,
        };
        return [.. document.Outputs.Select(entry => Content(entry, path, document.WorkingDirectory) with
        {
            Kind = kind,
            IsFrozen = document.Frozen,
            IsPlain = document.IsPlain,
            Line = entry.Line,
            UseCache = entry.UseCache,
            Persist = entry.Persist,
            Remote = entry.Remote,
            Push = entry.Push,
            Description = entry.Description,
            Type = entry.Type,
            Labels = entry.Labels,
        })];
    }

    private void AddPipeline(string path, HashSet<string> known)
    {
        var lockPath = MetadataPath.Join(MetadataPath.FolderOf(path), LockFile.FileName);
        var hasLock = known.Contains(lockPath);
        ResolvedPipeline? pipeline = null;
        if (!Guard(() => (pipeline = resolver.Read(path)).ThrowIfFailed()))
        {
            if (hasLock)
                AddStaleOf(lockPath);
            return;
        }
        Guard(() =>
        {
            var locked = hasLock ? LockFile.Parse(tree.ReadText(lockPath), lockPath) : null;
            foreach (var stage in pipeline!.Stages)
                AddStage(path, stage.Definition, locked?.FindStage(stage.Name));
            foreach (var member in locked?.Stages ?? [])
                AddStale(lockPath, member, pipeline.FindStage(member.Name)?.Definition, pipeline.File.FindStage(member.Name));
        });
    }

    // An output exists also before the first run of its stage.
    private void AddStage(string path, PipelineStage stage, LockedStage? locked)
    {
        var recorded = new Dictionary<string, LockEntry>(StringComparer.Ordinal);
        foreach (var entry in locked?.Outputs ?? [])
            recorded.TryAdd(entry.Path, entry);
        foreach (var (output, flags) in stage.Outputs)
            outputs.Add(Content(recorded.GetValueOrDefault(output) ?? new LockEntry { Path = output }, path, stage.WorkingDirectory) with
            {
                Kind = OutputSource.Pipeline,
                StageName = stage.Name,
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

    // Of a member that its group does not make any more the folder is known only when it is the same for all members.
    private void AddStale(string lockPath, LockedStage member, PipelineStage? stage, PipelineStage? group)
    {
        var defined = stage?.Outputs.Select(output => output.Path).ToHashSet(StringComparer.Ordinal);
        var folder = stage is not null ? stage.WorkingDirectory
            : group?.WorkingDirectory is { } written && !TemplateText.IsCandidate(written) ? written : null;
        foreach (var entry in member.Outputs)
            if (defined?.Contains(entry.Path) is not true)
                stale.Add(StaleOutput(entry, lockPath, member.Name, folder));
    }

    private void AddStaleOf(string lockPath) => Guard(() =>
    {
        foreach (var member in LockFile.Parse(tree.ReadText(lockPath), lockPath).Stages)
            foreach (var entry in member.Outputs)
                stale.Add(StaleOutput(entry, lockPath, member.Name, null));
    });

    private TrackedOutput StaleOutput(LockEntry entry, string lockPath, string stageName, string? folder) =>
        Content(entry, lockPath, folder) with { Kind = OutputSource.Pipeline, StageName = stageName, Line = entry.Line };

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
            Files = entry.TrackedFiles,
            ListsFiles = entry.Files is not null,
            Version = entry.Version,
        };
    }

    private static long? TotalSize(DataEntry entry) =>
        entry.Files is { } files && files.All(file => file.Size is not null) ? files.Sum(file => file.Size) : null;
}
