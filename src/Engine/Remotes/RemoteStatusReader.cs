using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes;

/// <summary>What the user asked of a status that looks at remotes.</summary>
public sealed record RemoteStatusOptions
{
    /// <summary>Only these paths, relative to the root; null for all.</summary>
    public IReadOnlyList<string>? Paths { get; init; }
    /// <summary>The remote; null for the one of each output.</summary>
    public string? Remote { get; init; }
    /// <summary>Compare cache and remote (DVC: <c>status -c</c>): always file by file.</summary>
    public bool Cloud { get; init; }
    /// <summary>Report what remotes lack (DVC: <c>data status --not-in-remote</c>).</summary>
    public bool NotInRemote { get; init; }
    /// <summary>For <see cref="NotInRemote"/>: file by file instead of folder by folder.</summary>
    public bool Granular { get; init; }
}

/// <summary>
/// Compares the objects that the metadata of the workspace needs with remotes. Each is asked for once; nothing is changed.
/// Files are looked at one by one, whether or not the manifest of their folder is there. A remote that keeps versions has a file when
/// it has the version that is recorded: nobody can have another one from there.
/// </summary>
public sealed class RemoteStatusReader
{
    private readonly Repository repository;
    private readonly RemoteStatusOptions options;
    private readonly OperationContext context;
    private readonly List<DataStatus> lines = [];

    private RemoteStatusReader(Repository repository, RemoteStatusOptions options, OperationContext context) =>
        (this.repository, this.options, this.context) = (repository, options, context);

    /// <summary>Reads the status.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="options">What the user asked for.</param>
    /// <param name="open">Opens the storage of a remote.</param>
    /// <param name="context">Cancellation.</param>
    /// <exception cref="DataVersionException">RemoteNotFound; RemoteFailed; PathNotTracked.</exception>
    public static async Task<IReadOnlyList<DataStatus>> ReadAsync(Repository repository, RemoteStatusOptions options,
        Func<RemoteConfiguration, IRemoteStorage> open, OperationContext context)
    {
        var reader = new RemoteStatusReader(repository, options, context);
        var selection = new SyncSelection { Paths = options.Paths, Remote = options.Remote };
        foreach (var needs in NeededObjects.Collect(repository, selection, forPush: true, context))
        {
            await using var storage = open(needs.Remote);
            await (needs.Remote.KeepsVersions ? reader.ReadAsync(needs, storage) : reader.ReadAsync(needs, new RemoteObjects(needs.Remote, storage))).ConfigureAwait(false);
        }
        return reader.lines;
    }

    private sealed record Place(TrackedOutput Output, string Path, ContentHash Hash);

    private async Task ReadAsync(RemoteNeeds needs, RemoteObjects remote)
    {
        var places = new List<Place>();
        var received = new HashSet<ContentHash>();
        foreach (var scope in needs.Outputs)
        {
            var (output, hash) = (scope.Output, scope.Output.Hash!.Value);
            places.Add(new Place(output, hash.IsDirectory ? output.Path + "/" : output.Path, hash));
            if (!hash.IsDirectory)
                continue;
            var manifest = await Load(hash, remote, received).ConfigureAwait(false);
            if (manifest is not null)
                places.AddRange(manifest.List.Where(e => scope.Includes(e.Path)).Select(e => new Place(output, output.Path + "/" + e.Path, e.Hash)));
        }
        var there = await remote.FindAsync([.. places.Select(p => p.Hash).Distinct()], context).ConfigureAwait(false);
        Report(places, place => there.ContainsKey(place.Hash), received);
    }

    private async Task ReadAsync(RemoteNeeds needs, IRemoteStorage storage)
    {
        var lookup = new VersionLookup(repository, needs.Remote, storage, context);
        var unknown = new List<Place>();
        List<WantedVersion> wanted = [.. needs.Outputs.SelectMany(scope => lookup.FilesOf(scope, (item, _) => unknown.Add(Whole(new Place(scope.Output, "", item.Hash)))))];
        var (states, _) = await lookup.FindAsync(needs.Outputs, wanted).ConfigureAwait(false);
        var places = wanted.ConvertAll(file => new Place(file.Output, file.Key, file.Hash));
        var there = places.Where((_, i) => states[i] is { } version && version == wanted[i].Version).ToHashSet();
        Report([.. places, .. unknown], there.Contains, []);
    }

    private void Report(List<Place> places, Func<Place, bool> isThere, HashSet<ContentHash> received)
    {
        if (options.Cloud)
            foreach (var place in places)
                CompareWithCache(place, isThere(place), received.Contains(place.Hash));
        if (options.NotInRemote)
        {
            var lacking = places.Where(place => !isThere(place)).ToList();
            foreach (var place in options.Granular ? lacking : lacking.DistinctBy(p => p.Output).Select(Whole))
                Add(place, DataComparison.Remote, DataChangeKind.NotInRemote);
        }
    }

    private static Place Whole(Place part) => new(part.Output, part.Output.IsDirectory ? part.Output.Path + "/" : part.Output.Path, part.Output.Hash!.Value);

    // A manifest that only the remote has comes with the first command that needs it; its files are what the user lacks.
    private async Task<Manifest?> Load(ContentHash hash, RemoteObjects remote, HashSet<ContentHash> received)
    {
        if (repository.TryLoadManifest(hash, out var manifest) is null)
            return manifest;
        try
        {
            var (read, _) = await remote.ReadManifestAsync(hash, context).ConfigureAwait(false);
            received.Add(hash);
            return read;
        }
        catch (DataVersionException error) when (error.Kind is DataErrorKind.ObjectMissing or DataErrorKind.ObjectCorrupt or DataErrorKind.ManifestInvalid)
        {
            return null;
        }
    }

    private void CompareWithCache(Place place, bool isThere, bool isReceived)
    {
        var isHere = repository.Stores.For(place.Hash.Algorithm).HasObject(place.Hash);
        if (isHere == isThere ? isHere : isReceived)
            return;
        Add(place, DataComparison.CacheAndRemote,
            isHere ? DataChangeKind.NotInRemote : isThere ? DataChangeKind.NotInCache : DataChangeKind.Missing);
    }

    private void Add(Place place, DataComparison comparison, DataChangeKind change) => lines.Add(new DataStatus
    {
        Path = place.Path, FullName = repository.Layout.ToAbsolute(place.Path.TrimEnd('/')), Comparison = comparison, Change = change,
        Hash = place.Hash, Stage = place.Output.StageAddress,
        Size = place.Hash.IsDirectory || !place.Path.EndsWith(place.Output.Path, StringComparison.Ordinal)
            ? StatusReader.SizeOf(repository, place.Hash) : place.Output.Size,
    });
}
