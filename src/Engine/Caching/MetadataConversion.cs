using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Pipelines.Templating;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Caching;

/// <summary>
/// Records plain MD5 hashes where the workspace's metadata has hashes of DVC 2 (DVC: <c>cache migrate --dvc-files</c>).
/// Where the workspace holds the recorded data, it tells the new hash; else the cache does. Unlike DVC, data that was changed
/// is not recorded by the way: its entry goes on naming the content that it named.
/// </summary>
public sealed class MetadataConversion
{
    private readonly Repository repository;
    private readonly IReadOnlyDictionary<ContentHash, ContentHash> names;
    private readonly OperationContext context;
    private readonly MetadataUpdate metadata;
    private readonly List<PathFailure> failures = [];

    private MetadataConversion(Repository repository, IReadOnlyDictionary<ContentHash, ContentHash> names, OperationContext context)
    {
        (this.repository, this.names, this.context) = (repository, names, context);
        metadata = new MetadataUpdate(repository);
    }

    /// <summary>The <c>.dvc</c> and <c>dvc.lock</c> files with old hashes, relative to the root.</summary>
    /// <exception cref="MetadataFormatException">A metadata file cannot be read.</exception>
    public static IReadOnlyList<string> Plan(Repository repository) => [.. repository.Index.MetadataPaths.Where(path =>
        EntriesOf(path, File.ReadAllText(repository.Layout.ToAbsolute(path))).Any(IsOld))];

    /// <summary>Carries it out. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="paths">The confirmed part of the plan.</param>
    /// <param name="names">New names of old objects, as the conversion of the cache gave them.</param>
    /// <param name="context">Cancellation, progress, warnings.</param>
    /// <returns>Entries that keep their old hash because their content is nowhere.</returns>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<string> paths,
        IReadOnlyDictionary<ContentHash, ContentHash> names, OperationContext context)
    {
        var conversion = new MetadataConversion(repository, names, context);
        try
        {
            conversion.FromWorkspace(paths.ToHashSet(StringComparer.Ordinal));
            foreach (var path in paths)
                conversion.Rewrite(path);
            conversion.metadata.Stage();
        }
        finally
        {
            repository.Reload();
        }
        return conversion.failures;
    }

    private static IEnumerable<DataEntry> EntriesOf(string path, string text)
    {
        if (MetadataPath.NameOf(path) == LockFile.FileName)
            return LockFile.Parse(text, path).Stages.SelectMany(s => s.Dependencies.Concat(s.Outputs));
        return MetadataPath.IsDataFile(path) && MetadataPath.NameOf(path) != PipelineFile.FileName ? DataFileDocument.Parse(text, path).Outputs : [];
    }

    private static bool IsOld(DataEntry entry) => entry is { IsLegacy: true, Hash: not null };

    /// <summary>Outputs whose recorded content is in the workspace are recorded, stored and linked anew.</summary>
    private void FromWorkspace(HashSet<string> paths)
    {
        var outputs = repository.Index.Outputs.Where(o => o is { IsExternal: false, Hash.Algorithm: ContentHashAlgorithm.Md5Dos2Unix }
            && paths.Contains(o.StageName is null ? o.MetadataPath : MetadataPath.Join(MetadataPath.FolderOf(o.MetadataPath), LockFile.FileName))).ToList();
        var states = WorkspaceReader.Read(repository,
            [.. outputs.Select(o => new ReadRequest(repository.Layout.ToAbsolute(o.Path), ContentHashAlgorithm.Md5Dos2Unix))], context);
        foreach (var cached in (bool[])[true, false])
        {
            var items = outputs.Where((o, i) => o.UseCache == cached && states[i].Hash == o.Hash).Select(o =>
                new AddItem(AddAction.Update, repository.Layout.ToAbsolute(o.Path), o.Path, "", o.MetadataPath, o)).ToList();
            if (items.Count > 0)
                failures.AddRange(AddRunner.Run(repository, items, new AddOptions { UpgradeLegacy = true, NoCommit = !cached }, static _ => { }, context));
        }
    }

    private void Rewrite(string path)
    {
        try
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var text = File.ReadAllText(repository.Layout.ToAbsolute(path));
            if (!EntriesOf(path, text).Any(IsOld))
                return;
            if (MetadataPath.NameOf(path) == LockFile.FileName)
                metadata.Write(path, RewriteLock(path, text));
            else
                metadata.WriteDataFile(path, document =>
                {
                    foreach (var entry in document.Outputs.Where(IsOld))
                        Set(entry, NameInCache(entry.Hash!.Value, keep: entry.UseCache), path);
                });
            FaultPoint.Reach("migrate.metadata");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DataVersionException)
        {
            failures.Add(new PathFailure(path, FileErrors.Describe(error, path, "convert")));
        }
    }

    private string RewriteLock(string path, string text)
    {
        var folder = MetadataPath.FolderOf(path);
        var pipelinePath = MetadataPath.Join(folder, PipelineFile.FileName);
        var tree = repository.WorkingTree();
        var pipeline = tree.Exists(pipelinePath) ? new PipelineResolver(tree).Read(pipelinePath) : null;
        foreach (var stage in LockFile.Parse(text, path).Stages)
        {
            var before = stage.Dependencies.Concat(stage.Outputs).Count(IsOld);
            foreach (var entry in stage.Outputs.Where(IsOld))
                Set(entry, NameInCache(entry.Hash!.Value, keep: true), path);
            foreach (var entry in stage.Dependencies.Where(IsOld))
            {
                var (resolved, isExternal) = MetadataPath.Resolve(folder, pipeline?.FindStage(stage.Name)?.Definition.WorkingDirectory, entry.Path, repository.Layout.Root);
                Set(entry, (isExternal ? null : NameInWorkspace(resolved, entry.Hash!.Value)) ?? NameInCache(entry.Hash!.Value, keep: false), path);
            }
            if (stage.Dependencies.Concat(stage.Outputs).Count(IsOld) != before)
                text = LockFile.WithStage(text, stage, path);
        }
        return text;
    }

    private void Set(DataEntry entry, ContentHash? hash, string path)
    {
        if (hash is { } found)
            entry.Hash = found;
        else
            failures.Add(new PathFailure(path, new DataVersionException(DataErrorKind.ObjectMissing,
                $"'{entry.Path}' in '{path}' keeps its old hash {entry.Hash}: its content is neither in the workspace nor in the cache.", path,
                "Fetch it with Sync-DataRemote -Direction Fetch and run the command again.")));
    }

    // What the workspace holds tells, when it is what was recorded.
    private ContentHash? NameInWorkspace(string path, ContentHash old)
    {
        var absolute = repository.Layout.ToAbsolute(path);
        return WorkspaceReader.Read(repository, [new ReadRequest(absolute, old.Algorithm)], context)[0].Hash == old
            ? WorkspaceReader.Read(repository, [new ReadRequest(absolute, ContentHashAlgorithm.Md5)], context)[0].Hash : null;
    }

    private ContentHash? NameInCache(ContentHash old, bool keep)
    {
        if (!old.IsDirectory)
            return names.TryGetValue(old, out var name) ? name : null;
        if (repository.TryLoadManifest(old, out var manifest) is not null)
            return null;
        var entries = new List<ManifestEntry>(manifest!.Count);
        foreach (var entry in manifest.List)
            if (names.TryGetValue(entry.Hash, out var member))
                entries.Add(entry with { Hash = member });
            else
                return null;
        var converted = Manifest.Create(entries);
        return keep ? repository.Stores.Current.Add(converted) : converted.Hash;
    }
}
