using System.Runtime.CompilerServices;
using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Pipelines.Templating;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes.Versions;

/// <summary>
/// Records which versions a remote has (<c>cloud</c>), after the data is there: of a file beside its hash, of a folder file by
/// file in the place of its hash, as DVC writes it (spec 2.3). What nothing new is known of stays as it is.
/// </summary>
internal sealed class VersionRecorder(Repository repository, RemoteConfiguration remote)
{
    // A folder has many files, each of which is looked for.
    private static readonly ConditionalWeakTable<TrackedOutput, Dictionary<string, RecordedVersion?>> ByPath = [];

    private readonly MetadataUpdate metadata = new(repository);

    /// <summary>Records the versions of files.</summary>
    /// <param name="versions">By file.</param>
    /// <param name="failed">Receives what cannot be written, by metadata file.</param>
    public void Record(IReadOnlyCollection<FoundVersion> versions, Action<string, DataVersionException> failed)
    {
        foreach (var file in versions.GroupBy(version => version.File.Output.MetadataPath).OrderBy(group => group.Key, Utf8Order.Instance))
        {
            try
            {
                if (MetadataPath.NameOf(file.Key) == PipelineFile.FileName)
                    InLock(file.Key, [.. file]);
                else
                    // The checksum of an import's definition is not of the versions.
                    metadata.WriteDataFile(file.Key, document => InDocument(document, [.. file]), withChecksum: false);
            }
            catch (DataVersionException error)
            {
                failed(file.Key, error);
            }
            FaultPoint.Reach("push.recorded");
        }
        metadata.Flush();
        repository.Reload();
    }

    /// <summary>Records other content of <c>.dvc</c> files, with its versions.</summary>
    /// <param name="contents">Output, its new hash, and all its files.</param>
    /// <param name="failed">Receives what cannot be written, by metadata file.</param>
    public void Replace(IReadOnlyCollection<(TrackedOutput Output, ContentHash Hash, IReadOnlyList<FoundVersion> Files)> contents, Action<string, DataVersionException> failed)
    {
        foreach (var file in contents.Where(content => content.Hash != content.Output.Hash || content.Files.Any(found => found.Version != Recorded(content.Output, found.File.Inner))).GroupBy(content => content.Output.MetadataPath))
        {
            try
            {
                metadata.WriteDataFile(file.Key, document =>
                {
                    foreach (var (output, hash, files) in file)
                        if (EntryOf(document, output) is { } entry)
                        {
                            if (!hash.IsDirectory)
                                entry.Record(hash, files[0].File.Item.Size, null, entry.IsExecutable);
                            Take(entry, hash, files);
                        }
                }, withChecksum: false);
            }
            catch (DataVersionException error)
            {
                failed(file.Key, error);
            }
            FaultPoint.Reach("import.metadata");
        }
        metadata.Flush();
        repository.Reload();
    }

    /// <summary>What is recorded of a file.</summary>
    internal static RecordedVersion? Recorded(TrackedOutput output, string inner)
    {
        if (inner.Length == 0)
            return output.Version;
        var known = ByPath.GetValue(output, static folder => folder.Files.ToDictionary(file => file.Path, file => file.Version, StringComparer.Ordinal));
        return known.GetValueOrDefault(inner);
    }

    private OutputEntry? EntryOf(DataFileDocument document, TrackedOutput output) => document.Outputs.Find(entry =>
        MetadataPath.Resolve(MetadataPath.FolderOf(output.MetadataPath), document.WorkingDirectory, entry.Path, repository.Layout.Root).Path == output.Path);

    private void InDocument(DataFileDocument document, List<FoundVersion> versions)
    {
        foreach (var output in versions.GroupBy(version => version.File.Output.Path))
            if (EntryOf(document, output.First().File.Output) is { } entry)
                TakeIfSame(entry, [.. output]);
    }

    private void InLock(string pipelinePath, List<FoundVersion> versions)
    {
        var folder = MetadataPath.FolderOf(pipelinePath);
        var path = MetadataPath.Join(folder, LockFile.FileName);
        var text = Utf8Text.Read(repository.Layout.ToAbsolute(path), path, DataErrorKind.MetadataInvalid);
        var file = LockFile.Parse(text, path);
        var pipeline = new PipelineResolver(repository.WorkingTree()).Read(pipelinePath);
        var stages = new HashSet<LockedStage>();
        foreach (var output in versions.GroupBy(version => (version.File.Output.StageName, version.File.Output.Path)))
            if (file.FindStage(output.Key.StageName!) is { } stage && stage.Outputs.Find(o => MetadataPath.Resolve(folder, pipeline.FindStage(stage.Name)?.Definition.WorkingDirectory,
                o.Path, repository.Layout.Root).Path == output.Key.Path) is { } entry)
            {
                TakeIfSame(entry, [.. output]);
                stages.Add(stage);
            }
        if (stages.Count > 0)
            metadata.Write(path, LockFile.WithStages(text, stages, path));
    }

    // Somebody else's content by now? Its versions are told by its own push.
    private void TakeIfSame(DataEntry entry, List<FoundVersion> versions)
    {
        if (entry.Hash is { } hash && hash == versions[0].File.Output.Hash)
            Take(entry, hash, versions);
    }

    private void Take(DataEntry entry, ContentHash hash, IReadOnlyList<FoundVersion> versions)
    {
        if (!hash.IsDirectory)
        {
            (entry.VersionId, entry.ETag, entry.Checksum) = (null, null, null);
            entry.Cloud = versions[0].Version.ToCloud(remote.Name);
            return;
        }
        var known = (entry.Files ?? []).ToDictionary(file => file.RelativePath, StringComparer.Ordinal);
        var found = versions.ToDictionary(version => version.File.Inner, StringComparer.Ordinal);
        entry.SetFiles([.. ManifestOf(hash, entry).Select(member => found.TryGetValue(member.Path, out var version)
            ? new TrackedFileEntry
            {
                RelativePath = member.Path, Hash = member.Hash, Size = version.File.Item.Size < 0 ? null : version.File.Item.Size,
                IsExecutable = known.GetValueOrDefault(member.Path)?.IsExecutable ?? false, Cloud = version.Version.ToCloud(remote.Name),
            }
            : known.GetValueOrDefault(member.Path) ?? new TrackedFileEntry { RelativePath = member.Path, Hash = member.Hash, Size = SizeOf(member.Hash) })]);
    }

    private IEnumerable<ManifestEntry> ManifestOf(ContentHash hash, DataEntry entry) => entry.Files is { } files && entry.Hash == hash
        ? files.Select(file => new ManifestEntry(file.RelativePath, file.Hash!.Value)).OrderBy(file => file.Path, Utf8Order.Instance)
        : repository.LoadManifest(hash).List;

    private long? SizeOf(ContentHash hash) => repository.Stores.Current.Stat(hash) is { Kind: FileKind.File, Size: var size } ? size : null;
}
