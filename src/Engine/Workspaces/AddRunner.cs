using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// Carries out an add: all files of all items are stored in one batch, then each item gets its manifest, its metadata, and
/// last its workspace files are linked. Killed at any moment, the workspace still holds the data, and adding again goes on.
/// </summary>
public sealed class AddRunner
{
    private readonly Repository repository;
    private readonly AddOptions options;
    private readonly OperationContext context;
    private readonly MetadataUpdate metadata;
    private readonly List<PathFailure> failures = [];

    private AddRunner(Repository repository, AddOptions options, OperationContext context)
    {
        (this.repository, this.options, this.context) = (repository, options, context);
        metadata = new MetadataUpdate(repository);
    }

    /// <summary>Adds what was planned. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="items">What to add: the confirmed part of a plan.</param>
    /// <param name="options">The options the plan was made with.</param>
    /// <param name="done">Receives each data file when it is recorded and linked.</param>
    /// <param name="context">Cancellation, progress, warnings.</param>
    /// <returns>What could not be added; everything else was.</returns>
    /// <exception cref="RepositoryBusyException">Another process, a stage of DVC for example, uses one of the paths.</exception>
    public static IReadOnlyList<PathFailure> Run(Repository repository, IReadOnlyList<AddItem> items, AddOptions options,
        Action<DataFile> done, OperationContext context)
    {
        using var marks = repository.LockPaths([], items.Select(i => i.Path), context);
        var runner = new AddRunner(repository, options, context);
        runner.Run(items, done);
        return runner.failures;
    }

    private void Run(IReadOnlyList<AddItem> items, Action<DataFile> done)
    {
        try
        {
            List<AddedContent> added = [.. items.Select(Scan).OfType<AddedContent>()];
            FaultPoint.Reach("add.scanned");
            new ContentIntake(repository, options, context).TakeIn(added);
            DropFailed(added);
            FaultPoint.Reach("add.stored");
            MakeManifests(added);
            options.Upload?.Send(added, context);
            DropFailed(added);
            // Parts of one folder share its manifest and its record.
            List<AddedContent> records = [.. added.DistinctBy(c => c.Item.Path)];
            foreach (var content in records)
                StoreManifest(content);
            FaultPoint.Reach("add.manifests");
            try
            {
                foreach (var content in records.Where(c => c.Item.Output?.StageName is null))
                    Record([content], () => RecordInDataFile(content));
                foreach (var stages in records.Where(c => c.Item.Output?.StageName is not null).GroupBy(c => c.Item.MetadataPath))
                    Record([.. stages], () => RecordInLock(stages.Key, stages));
                var failed = records.Where(c => c.Failure is not null).Select(c => c.Item.Path).ToHashSet();
                added.RemoveAll(content => failed.Contains(content.Item.Path));
                // What went to a remote need not be here; if it is, it stays as it is.
                metadata.Ignore([.. records.Where(c => c.Failure is null && IsHere(c)).Select(c => c.Item.Path)]);
            }
            catch
            {
                // Data that is recorded but not ignored would go into Git with the next "git add".
                metadata.Undo();
                throw;
            }
            metadata.Flush();
            FaultPoint.Reach("add.ignored");
            if (options.Upload is null)
                new WorkspaceRelinker(repository, context).Relink(added, options);
            foreach (var content in added)
            {
                if (IsHere(content))
                    repository.Placed.Set(content.Item.Path, content.Hash);
                var file = content.ToDataFile(repository);
                file = file with
                {
                    Description = options.Description ?? file.Description, Type = options.Type ?? file.Type, Labels = options.Labels ?? file.Labels,
                };
                done(IsHere(content) ? file : file with { State = DataFileState.Missing });
            }
            if (options.Autostage)
                metadata.Stage();
            FaultPoint.Reach("add.done");
        }
        finally
        {
            repository.Reload();
            repository.Placed.Save();
            repository.Stats.Save();
        }
    }

    private bool IsHere(AddedContent content) =>
        options.Upload is null || content.Item.Source == repository.Layout.ToAbsolute(content.Item.Path);

    private void Record(AddedContent[] contents, Action record)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        try
        {
            record();
        }
        catch (DataVersionException error)
        {
            foreach (var content in contents)
            {
                content.Failure = error;
                failures.Add(new PathFailure(content.Item.Path, error));
            }
        }
        FaultPoint.Reach("add.metadata");
    }

    private void DropFailed(List<AddedContent> added)
    {
        foreach (var content in added.Where(c => c.Failure is not null))
            failures.Add(new PathFailure(content.Item.Target, content.Failure!));
        added.RemoveAll(c => c.Failure is not null);
    }

    private AddedContent? Scan(AddItem item)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        try
        {
            var scan = KilledLeftovers.Drop(repository, item,
                DirectoryScanner.Scan(item.Source, repository.Layout, repository.Ignore, context.Cancellation), context);
            if (scan.Obstacles.Count > 0)
                throw scan.Obstacles[0].Problem;
            Manifest? old = null;
            if (item.Action == AddAction.UpdatePart)
                old = repository.LoadManifest(item.Output!.Hash ?? throw new DataVersionException(DataErrorKind.ObjectMissing,
                    $"'{item.Path}' has no recorded content yet, so a part of it cannot be added.", item.Path, $"Add '{item.Path}' as a whole."));
            if (scan.Kind == FileKind.None && (old is null || !(old.HasFolder(item.Inner) || old.TryGet(item.Inner, out _))))
                throw new DataVersionException(DataErrorKind.PathNotFound, $"'{item.Target}' does not exist.", item.Target, "Check the path.");
            return new AddedContent(item, scan, old);
        }
        catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
        {
            failures.Add(new PathFailure(item.Target, FileErrors.Describe(error, item.Source, "add")));
            return null;
        }
    }

    private static void MakeManifests(List<AddedContent> added)
    {
        foreach (var content in added)
            content.MakeManifest();
        foreach (var folder in added.Where(c => c.Item.Action == AddAction.UpdatePart).GroupBy(c => c.Item.Path))
        {
            var parts = new FolderParts(folder.First().Item.Output!, folder.First().Old!);
            foreach (var content in folder)
                content.PutInto(parts);
            var manifest = parts.ToManifest();
            foreach (var content in folder)
                content.BelongTo(manifest, parts.Size);
        }
    }

    private void StoreManifest(AddedContent content)
    {
        if (content.Manifest is not { } manifest)
            return;
        repository.Know(manifest);
        if (!options.NoCommit && options.Upload is null && !content.IsUnchangedLegacy)
            repository.Stores.Current.Add(manifest);
    }

    private void RecordInDataFile(AddedContent content)
    {
        if (IsRecorded(content))
            metadata.Keep(content.Item.MetadataPath);
        else
            metadata.WriteDataFile(content.Item.MetadataPath, document => Describe(document, content));
    }

    /// <summary>
    /// The <c>.dvc</c> file, read under this lock, says what it is to say, and as DVC says it: one that a person spelled is
    /// written as DVC spells it, an import for its own checksum.
    /// </summary>
    private bool IsRecorded(AddedContent content) => content.Item is { Action: not AddAction.Track, Output: { Kind: OutputSource.DataFile, IsPlain: true } output }
        && options is { Description: null, Type: null, Labels: null, Meta: null }
        && output.Hash == content.Hash && output.Size == content.Size
        && output.FileCount == content.Manifest?.Count && output.IsExecutable == content.IsExecutable;

    /// <summary>Outputs of stages are recorded in the <c>dvc.lock</c> beside their <c>dvc.yaml</c>, all of one file at once.</summary>
    private void RecordInLock(string pipelinePath, IEnumerable<AddedContent> contents)
    {
        var folder = MetadataPath.FolderOf(pipelinePath);
        var path = MetadataPath.Join(folder, LockFile.FileName);
        var text = ReadText(path);
        var file = LockFile.Parse(text, path);
        var pipeline = new PipelineResolver(repository.WorkingTree()).Read(pipelinePath);
        var stages = new HashSet<LockedStage>();
        foreach (var content in contents.Where(c => !c.IsUnchangedLegacy))
        {
            var stage = file.FindStage(content.Item.Output!.StageName!)!;
            var entry = stage.Outputs.First(e => MetadataPath.Resolve(folder, pipeline.FindStage(stage.Name)?.Definition.WorkingDirectory, e.Path,
                repository.Layout.Root).Path == content.Item.Path);
            entry.Record(content.Hash, content.Size, content.Manifest?.Count, content.IsExecutable);
            stages.Add(stage);
        }
        if (stages.Count > 0)
            metadata.Write(path, LockFile.WithStages(text, stages, path));
    }

    private string ReadText(string path) => Utf8Text.Read(repository.Layout.ToAbsolute(path), path, DataErrorKind.MetadataInvalid);

    private void Describe(DataFileDocument document, AddedContent content)
    {
        var folder = MetadataPath.FolderOf(content.Item.MetadataPath);
        var entry = document.Outputs.FirstOrDefault(o =>
            MetadataPath.Resolve(folder, document.WorkingDirectory, o.Path, repository.Layout.Root).Path == content.Item.Path);
        if (entry is null)
        {
            document.Outputs.Clear();
            document.Dependencies.Clear();
            document.Outputs.Add(entry = new OutputEntry { Path = MetadataPath.NameOf(content.Item.Path) });
        }
        if (!content.IsUnchangedLegacy)
            entry.Record(content.Hash, content.Size, content.Manifest?.Count, content.IsExecutable, () => content.ListFiles(repository));
        entry.Description = options.Description ?? entry.Description;
        entry.Type = options.Type ?? entry.Type;
        entry.Labels = options.Labels ?? entry.Labels;
        entry.Meta = options.Meta ?? entry.Meta;
    }
}
