using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Imports;

/// <summary>How imports are carried out.</summary>
public sealed record ImportOptions
{
    /// <summary>Record what the source is; its data is brought by a later pull or update.</summary>
    public bool NoDownload { get; init; }

    /// <summary>Write the metadata only; the source is not asked.</summary>
    public bool NoExec { get; init; }

    /// <summary>Send the data to a remote; nothing of it stays here. Null for the cache and the workspace.</summary>
    public ImportUpload? Upload { get; init; }

    /// <summary>Overwrite workspace files whose content is in no cache.</summary>
    public bool Force { get; init; }

    /// <summary>Put metadata into Git's index when <c>core.autostage</c> says so.</summary>
    public bool Autostage { get; init; } = true;
}

/// <summary>
/// Imports data and brings imports up to date: the content comes into the cache, then the metadata is written, then the
/// workspace is made to match by a checkout. Nothing has a name before it is complete and verified; killed at any moment, the
/// same command does the rest.
/// </summary>
public sealed class ImportRunner
{
    private readonly Repository repository;
    private readonly ImportOptions options;
    private readonly ImportOrigins origins;
    private readonly OperationContext context;
    private readonly MetadataUpdate metadata;
    private readonly List<PathFailure> failures = [];
    // What a service keeps in versions is had from there again.
    private readonly HashSet<string> neverPushed = new(StringComparer.Ordinal);

    private ImportRunner(Repository repository, ImportOptions options, ImportOrigins origins, OperationContext context)
    {
        (this.repository, this.options, this.origins, this.context) = (repository, options, origins, context);
        metadata = new MetadataUpdate(repository);
    }

    /// <summary>What became of one item so far.</summary>
    private sealed record Arrival(ImportItem Item, DependencyEntry Dependency)
    {
        public ContentHash? Hash { get; init; }

        public long? Size { get; init; }

        public int? FileCount { get; init; }

        // Neither source nor record changed: only the workspace may need something.
        public bool IsUnchanged { get; init; }

        public bool IsFolder => Hash is { IsDirectory: true };
    }

    /// <summary>Carries out imports. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="items">What to import: the confirmed part of a plan.</param>
    /// <param name="options">How.</param>
    /// <param name="origins">Opens the sources.</param>
    /// <param name="done">Receives each data file when it is recorded and in the workspace.</param>
    /// <param name="context">Cancellation, progress, warnings.</param>
    /// <returns>What could not be imported; everything else was.</returns>
    /// <exception cref="RepositoryBusyException">Another process uses one of the paths.</exception>
    public static async Task<IReadOnlyList<PathFailure>> RunAsync(Repository repository, IReadOnlyList<ImportItem> items, ImportOptions options,
        ImportOrigins origins, Action<DataFile> done, OperationContext context)
    {
        using var marks = repository.LockPaths([], items.Select(item => item.Path), context);
        var runner = new ImportRunner(repository, options, origins, context);
        await runner.RunAsync(items, done).ConfigureAwait(false);
        return runner.failures;
    }

    private async Task RunAsync(IReadOnlyList<ImportItem> items, Action<DataFile> done)
    {
        try
        {
            var arrivals = new List<Arrival>();
            foreach (var item in items)
                if (await TryReceiveAsync(item).ConfigureAwait(false) is { } arrival)
                    arrivals.Add(arrival);
            var plan = Plan(arrivals);
            try
            {
                foreach (var arrival in arrivals.Where(arrival => !arrival.IsUnchanged).ToList())
                    Record(arrival, arrivals);
                metadata.Ignore([.. arrivals.Select(arrival => arrival.Item.Path)]);
            }
            catch
            {
                // Data that is recorded but not ignored would go into Git with the next "git add".
                metadata.Undo();
                throw;
            }
            metadata.Flush();
            FaultPoint.Reach("import.recorded");
            repository.Reload();
            if (plan is not null)
                Check(CheckoutRunner.Run(repository, plan, CheckOut, static _ => { }, context), arrivals);
            FaultPoint.Reach("import.placed");
            if (arrivals.Count > 0)
                foreach (var file in DataFileList.List(repository, null, [.. arrivals.Select(arrival => arrival.Item.Path)], recurse: false, context))
                    done(file);
            if (options.Autostage)
                metadata.Stage();
            FaultPoint.Reach("import.done");
        }
        finally
        {
            repository.Reload();
            repository.Placed.Save();
            repository.Stats.Save();
        }
    }

    private CheckoutOptions CheckOut => new() { Force = options.Force, Paths = [] };

    private async Task<Arrival?> TryReceiveAsync(ImportItem item)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        try
        {
            return options.NoExec ? new Arrival(item, item.Dependency) { Hash = item.Output?.Hash, IsUnchanged = item.IsUpdate } : await ReceiveAsync(item).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
        {
            failures.Add(new PathFailure(item.Path, FileErrors.Describe(error, item.Path, "import")));
            return null;
        }
    }

    private async Task<Arrival> ReceiveAsync(ImportItem item)
    {
        var (dependency, output) = (item.Dependency, item.Output);
        string? oldLock = null;
        if (dependency.Repository is { } source)
        {
            oldLock = source.RevisionLock;
            source.RevisionLock = origins.Newest(item.MetadataPath, dependency, context);
        }
        var isSame = item.IsUpdate && dependency.Repository is { } repo && repo.RevisionLock == oldLock && IsDefinitionRecorded(item);
        if (isSame && output!.Hash is { } recorded && IsComplete(recorded) && options.Upload is null)
            return Unchanged(item, recorded);
        await using var origin = origins.Open(item.MetadataPath, item.WorkingDirectory, dependency, context);
        var tree = await origin.ReadAsync(context).ConfigureAwait(false);
        if (dependency.Repository is not null)
        {
            if (options.Upload is not null)
                throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{item.Origin}' is data of another repository, which cannot be sent to a remote of this one.", item.Path, "Leave -ToRemote out.");
            if (options.NoDownload)
                return isSame ? new Arrival(item, dependency) { Hash = output?.Hash, IsUnchanged = true } : new Arrival(item, dependency);
            return Arrived(item, dependency, await new OriginIntake(repository, origin, context).TakeInAsync(tree).ConfigureAwait(false));
        }
        var scheme = origins.SchemeOf(dependency);
        ReceivedContent? content = null;
        if (options.Upload is { } upload)
            content = await upload.SendAsync(repository, origin, tree, context).ConfigureAwait(false);
        else if (ImportTags.UsesMd5(scheme))
            content = options.NoDownload ? await OriginHash.ReadAsync(repository, origin, tree, context).ConfigureAwait(false)
                : await new OriginIntake(repository, origin, context).TakeInAsync(tree).ConfigureAwait(false);
        var now = new DependencyEntry { Path = dependency.Path, FsConfig = dependency.FsConfig };
        var keepsVersions = origins.KeepsVersions(dependency);
        ImportTags.Record(now, scheme, tree, content, keepsVersions);
        if (keepsVersions)
            neverPushed.Add(item.Path);
        var changed = !item.IsUpdate || !ImportTags.SameContent(now, dependency) || !IsDefinitionRecorded(item);
        if (!changed && output!.Hash is { } kept && options.Upload is null && (options.NoDownload || IsComplete(kept)))
            return Unchanged(item, kept);
        if (options.NoDownload)
            return changed ? new Arrival(item, now) : new Arrival(item, now) { Hash = output?.Hash, IsUnchanged = true };
        content ??= await new OriginIntake(repository, origin, context).TakeInAsync(tree).ConfigureAwait(false);
        return Arrived(item, now, content);
    }

    private Arrival Unchanged(ImportItem item, ContentHash hash)
    {
        context.Trace($"'{item.Path}' is up to date with '{item.Origin}'.");
        return new Arrival(item, item.Dependency) { Hash = hash, IsUnchanged = true };
    }

    private static Arrival Arrived(ImportItem item, DependencyEntry dependency, ReceivedContent content) =>
        new(item, dependency) { Hash = content.Hash, Size = content.Size, FileCount = content.Manifest?.Count };

    private bool IsDefinitionRecorded(ImportItem item)
    {
        var path = item.MetadataPath;
        var document = DataFileDocument.Parse(Utf8Text.Read(repository.Layout.ToAbsolute(path), path, DataErrorKind.MetadataInvalid), path);
        return document.StageHash is not null && document.IsDefinitionAsRecorded() && document.Dependencies[0].Repository?.Revision == item.Dependency.Repository?.Revision;
    }

    private bool IsComplete(ContentHash hash) => repository.IsPresent(hash) && (!hash.IsDirectory
        || repository.TryLoadManifest(hash, out var manifest) is null && manifest!.List.All(entry => repository.IsPresent(entry.Hash)));

    // The workspace is looked at before anything is recorded: what it alone holds must not be lost.
    private CheckoutPlan? Plan(List<Arrival> arrivals)
    {
        if (options.Upload is not null || options.NoDownload || options.NoExec)
            return null;
        while (true)
        {
            var wanted = new DataIndex([.. arrivals.Where(arrival => arrival.Hash is not null).Select(Wanted)], [], []);
            var plan = CheckoutPlanner.Plan(repository, wanted, CheckOut with { Paths = [.. wanted.Outputs.Select(output => output.Path)] }, context);
            if (plan.Unsaved.Count == 0)
                return plan;
            // The others go on without the paths that hold such files.
            foreach (var arrival in arrivals.ToList())
                if (plan.Unsaved.Where(path => path == arrival.Item.Path || path.StartsWith(arrival.Item.Path + "/", StringComparison.Ordinal)).ToList() is { Count: > 0 } unsaved)
                {
                    failures.Add(new PathFailure(arrival.Item.Path, new UnsavedDataException(unsaved)));
                    arrivals.Remove(arrival);
                }
        }
    }

    private static TrackedOutput Wanted(Arrival arrival) => (arrival.Item.Output ?? new TrackedOutput { Path = arrival.Item.Path, MetadataPath = arrival.Item.MetadataPath }) with
    {
        Hash = arrival.Hash, IsExecutable = false, Files = [],
    };

    private void Check(IReadOnlyList<PathFailure> problems, List<Arrival> arrivals)
    {
        failures.AddRange(problems);
        arrivals.RemoveAll(arrival => problems.Any(problem => problem.Path == arrival.Item.Path || problem.Path.StartsWith(arrival.Item.Path + "/", StringComparison.Ordinal)));
    }

    private void Record(Arrival arrival, List<Arrival> arrivals)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        try
        {
            metadata.WriteDataFile(arrival.Item.MetadataPath, document => Describe(document, arrival), withChecksum: !options.NoExec);
        }
        catch (DataVersionException error)
        {
            failures.Add(new PathFailure(arrival.Item.Path, error));
            arrivals.Remove(arrival);
        }
        FaultPoint.Reach("import.metadata");
    }

    private void Describe(DataFileDocument document, Arrival arrival)
    {
        var (item, folder) = (arrival.Item, MetadataPath.FolderOf(arrival.Item.MetadataPath));
        var entry = document.Outputs.Find(output => MetadataPath.Resolve(folder, document.WorkingDirectory, output.Path, repository.Layout.Root).Path == item.Path);
        if (entry is null || !item.IsUpdate)
        {
            // What a person wrote about data that is replaced stays.
            document.WorkingDirectory = null;
            document.Outputs.Clear();
            document.Outputs.Add(entry = new OutputEntry
            {
                Path = MetadataPath.NameOf(item.Path), Description = entry?.Description, Type = entry?.Type, Labels = entry?.Labels ?? [], Meta = entry?.Meta, Remote = entry?.Remote, Push = entry?.Push ?? true,
            });
            document.Frozen = true;
            document.StageHash = null;
        }
        document.Dependencies.Clear();
        document.Dependencies.Add(arrival.Dependency);
        if (neverPushed.Contains(item.Path))
            entry.Push = false;
        entry.HashName = "md5";
        entry.Hash = arrival.Hash;
        (entry.Size, entry.FileCount, entry.IsExecutable) = (arrival.Size, arrival.FileCount, false);
        if (arrival.Hash is null)
            (entry.ETag, entry.Checksum, entry.VersionId) = (null, null, null);
    }
}
