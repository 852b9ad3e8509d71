using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Imports;

/// <summary>Tracked data whose remote is a worktree, so that what somebody changed there can be taken over.</summary>
/// <param name="Output">The output.</param>
/// <param name="Remote">The remote.</param>
public sealed record WorktreeItem(TrackedOutput Output, RemoteConfiguration Remote);

/// <summary>
/// Takes over what somebody changed at a worktree remote (DVC spec 10.6): files that have another tag there than is recorded, new
/// ones, and those that are gone. Content, then metadata, then the workspace; killed between, the same command does the rest.
/// </summary>
public sealed class WorktreeUpdate
{
    private readonly Repository repository;
    private readonly Func<RemoteConfiguration, IRemoteStorage> open;
    private readonly bool force;
    private readonly OperationContext context;
    private readonly List<PathFailure> failures = [];

    private WorktreeUpdate(Repository repository, Func<RemoteConfiguration, IRemoteStorage> open, bool force, OperationContext context) =>
        (this.repository, this.open, this.force, this.context) = (repository, open, force, context);

    private sealed record Arrival(WorktreeItem Item, ContentHash Hash, IReadOnlyList<FoundVersion> Files);

    /// <summary>The data among these paths whose remote is a worktree.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="paths">Relative to the root; null for all. Paths that are not tracked are somebody else's to report.</param>
    public static IReadOnlyList<WorktreeItem> Plan(Repository repository, IReadOnlyList<string>? paths) =>
        [.. OutputScope.Of(repository.Index, paths, []).Select(scope => scope.Output).Where(output => RemoteOf(repository, output) is not null)
            .Select(output => new WorktreeItem(output, RemoteOf(repository, output)!))];

    /// <summary>The worktree remote of an output; null when it has none.</summary>
    internal static RemoteConfiguration? RemoteOf(Repository repository, TrackedOutput output)
    {
        if (output is not { Kind: OutputSource.DataFile, UseCache: true, IsExternal: false, Push: true })
            return null;
        var versions = output.Files.Select(file => file.Version).Append(output.Version).OfType<RecordedVersion>();
        var name = output.Remote ?? versions.FirstOrDefault()?.Remote;
        var known = repository.Configuration.Remotes;
        return known.FirstOrDefault(remote => name is null ? remote.IsDefault : string.Equals(remote.Name, name.Trim(), StringComparison.OrdinalIgnoreCase)) is { IsWorktree: true, KeepsVersions: true } found ? found : null;
    }

    /// <summary>Takes over. The caller holds the repository's lock.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="items">What: the confirmed part of a plan.</param>
    /// <param name="open">Opens a remote that keeps versions.</param>
    /// <param name="force">Overwrite workspace files whose content is in no cache.</param>
    /// <param name="done">Receives each data file that is recorded and in the workspace.</param>
    /// <param name="context">Cancellation, progress, warnings.</param>
    /// <returns>What could not be taken over; everything else was.</returns>
    /// <exception cref="RepositoryBusyException">Another process uses one of the paths.</exception>
    public static async Task<IReadOnlyList<PathFailure>> RunAsync(Repository repository, IReadOnlyList<WorktreeItem> items, Func<RemoteConfiguration, IRemoteStorage> open, bool force,
        Action<DataFile> done, OperationContext context)
    {
        using var marks = repository.LockPaths([], items.Select(item => item.Output.Path), context);
        var update = new WorktreeUpdate(repository, open, force, context);
        await update.RunAsync(items, done).ConfigureAwait(false);
        return update.failures;
    }

    private async Task RunAsync(IReadOnlyList<WorktreeItem> items, Action<DataFile> done)
    {
        try
        {
            var arrivals = new List<Arrival>();
            foreach (var item in items)
                if (await TryReceiveAsync(item).ConfigureAwait(false) is { } arrival)
                    arrivals.Add(arrival);
            var plan = CheckoutOf(arrivals);
            var planned = arrivals.Count;
            foreach (var group in arrivals.GroupBy(arrival => arrival.Item.Remote.Name).ToList())
                new VersionRecorder(repository, group.First().Item.Remote).Replace([.. group.Select(arrival => (arrival.Item.Output, arrival.Hash, arrival.Files))], (path, error) =>
                {
                    failures.Add(new PathFailure(path, error));
                    arrivals.RemoveAll(arrival => arrival.Item.Output.MetadataPath == path);
                });
            // What could not be recorded does not come into the workspace either.
            if (arrivals.Count < planned)
                plan = CheckoutOf(arrivals);
            failures.AddRange(CheckoutRunner.Run(repository, plan, Options, static _ => { }, context));
            FaultPoint.Reach("import.placed");
            if (arrivals.Count > 0)
                foreach (var file in DataFileList.List(repository, null, [.. arrivals.Select(arrival => arrival.Item.Output.Path)], recurse: false, context))
                    done(file);
        }
        finally
        {
            repository.Reload();
            repository.Placed.Save();
            repository.Stats.Save();
        }
    }

    private CheckoutOptions Options => new() { Force = force, Paths = [] };

    private async Task<Arrival?> TryReceiveAsync(WorktreeItem item)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        try
        {
            return await ReceiveAsync(item).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
        {
            failures.Add(new PathFailure(item.Output.Path, FileErrors.Describe(error, item.Output.Path, "update")));
            return null;
        }
    }

    private async Task<Arrival?> ReceiveAsync(WorktreeItem item)
    {
        var output = item.Output;
        if (output.Version is null && output.Files.All(file => file.Version is null))
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{output.Path}' was never pushed to '{item.Remote.Name}', so it is not known what has changed there.", output.Path, "Push it first.");
        var origin = new StorageOrigin(open(item.Remote), output.Path, item.Remote, keepsVersions: true);
        await using (origin.ConfigureAwait(false))
        {
            OriginTree tree;
            try
            {
                tree = await origin.ReadAsync(context).ConfigureAwait(false);
            }
            catch (DataVersionException error) when (error.Kind == DataErrorKind.PathNotFound)
            {
                context.Warn($"'{output.Path}' is not on the remote '{item.Remote.Name}' any more, so it stays as it is.");
                return null;
            }
            if (tree.IsFolder != output.IsDirectory)
                throw new DataVersionException(DataErrorKind.PathUnsupported, $"'{output.Path}' is a {(tree.IsFolder ? "folder" : "file")} on the remote '{item.Remote.Name}' and no {(tree.IsFolder ? "file" : "folder")} any more.",
                    output.Path, "Remove it with Remove-DataFile, and import it anew.");
            return await ReceiveAsync(item, origin, tree).ConfigureAwait(false);
        }
    }

    private async Task<Arrival> ReceiveAsync(WorktreeItem item, StorageOrigin origin, OriginTree tree)
    {
        var output = item.Output;
        var recorded = output.IsDirectory ? output.Files.ToDictionary(file => file.Path, StringComparer.Ordinal)
            : new Dictionary<string, TrackedFile>(StringComparer.Ordinal) { [""] = new TrackedFile("", output.Hash, output.Size, output.Version) };
        // The same content keeps the version that is recorded.
        var known = tree.Files.Select(file => recorded.TryGetValue(file.Path, out var old) && old is { Hash: not null, Version.ETag: { } tag } && tag == file.Tag ? old : (TrackedFile?)null).ToList();
        int[] lacking = [.. Enumerable.Range(0, known.Count).Where(i => known[i] is not { Hash: { } hash } || !repository.IsPresent(hash))];
        var (hashes, sizes) = await new OriginIntake(repository, origin, context).TakeInFilesAsync(new OriginTree(tree.IsFolder, [.. lacking.Select(i => tree.Files[i])])).ConfigureAwait(false);
        var came = lacking.Select((file, place) => (file, place)).ToDictionary(pair => pair.file, pair => pair.place);
        var files = new List<FoundVersion>(known.Count);
        for (var i = 0; i < known.Count; i++)
        {
            var hash = came.TryGetValue(i, out var place) ? hashes[place] : known[i]!.Value.Hash!.Value;
            var size = came.ContainsKey(i) ? sizes[place] : known[i]!.Value.Size ?? -1;
            files.Add(new FoundVersion(new VersionedFile(new TransferItem(hash, output.Path, size), VersionKeys.Of(output, tree.Files[i].Path), output, tree.Files[i].Path),
                known[i]?.Version ?? new RecordedVersion(item.Remote.Name, tree.Files[i].Version!, tree.Files[i].Tag)));
        }
        if (!tree.IsFolder)
            return new Arrival(item, files[0].File.Item.Hash, files);
        var manifest = Manifest.Create(files.Select(file => new ManifestEntry(file.File.Inner, file.File.Item.Hash)));
        repository.Know(manifest);
        repository.Stores.Current.Add(manifest);
        FaultPoint.Reach("import.received");
        return new Arrival(item, manifest.Hash, files);
    }

    // The workspace is looked at before anything is recorded: what it alone holds must not be lost.
    private CheckoutPlan CheckoutOf(List<Arrival> arrivals)
    {
        while (true)
        {
            var wanted = new DataIndex([.. arrivals.Select(arrival => arrival.Item.Output with { Hash = arrival.Hash, Files = [], ListsFiles = false })], [], []);
            var plan = CheckoutPlanner.Plan(repository, wanted, Options with { Paths = [.. wanted.Outputs.Select(output => output.Path)] }, context);
            if (plan.Unsaved.Count == 0)
                return plan;
            foreach (var arrival in arrivals.ToList())
                if (plan.Unsaved.Where(path => path == arrival.Item.Output.Path || path.StartsWith(arrival.Item.Output.Path + "/", StringComparison.Ordinal)).ToList() is { Count: > 0 } unsaved)
                {
                    failures.Add(new PathFailure(arrival.Item.Output.Path, new UnsavedDataException(unsaved)));
                    arrivals.Remove(arrival);
                }
        }
    }
}
