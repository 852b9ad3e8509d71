using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Imports;

/// <summary>One DVC repository in a source (one may lie in another): its index at the version, and where its objects are.</summary>
internal sealed class SourcePart : IAsyncDisposable
{
    private readonly Repository repository;
    private readonly SourceRepository source;
    private readonly SourceConfiguration configuration;
    private readonly Dictionary<string, RemoteObjects> opened = new(StringComparer.Ordinal);
    private readonly Dictionary<ContentHash, Manifest> manifests = [];

    private SourcePart(SourceRepository source, string folder, Repository repository)
    {
        (this.source, Folder, this.repository) = (source, folder, repository);
        configuration = new SourceConfiguration(repository.Configuration, source.Request.Config, source.Request.Remote, source.Request.BaseFolder);
        if (source.Commit is not { } commit)
            (Index, Ignore) = (repository.Index, repository.Ignore);
        else
        {
            var tree = new RevisionMetadataTree(source.Git!, commit, repository.Layout.Root);
            Ignore = new IgnoreTree(repository.Layout, tree.TryReadText);
            tree.IsIgnored = Ignore.IsIgnored;
            Index = Pipelines.DataIndexLoader.Load(tree);
        }
    }

    /// <summary>Its root in the source, with <c>/</c>; empty for the source's own root.</summary>
    public string Folder { get; }

    /// <summary>What it tracks.</summary>
    public DataIndex Index { get; }

    /// <summary>What it ignores.</summary>
    public IgnoreTree Ignore { get; }

    public static SourcePart Open(SourceRepository source, string folder)
    {
        var layout = new RepositoryLayout(Path.Combine(source.Root, folder));
        // A clone has no files; what its configuration says at the version is put where it is looked for.
        if (!source.IsLocal)
        {
            var name = source.Prefix + MetadataPath.Join(folder, ".dvc/config");
            Directory.CreateDirectory(layout.DvcFolder);
            File.WriteAllBytes(layout.ConfigFile, source.Git!.Objects.TryReadPath(source.Commit!, name)?.Bytes ?? []);
        }
        return new SourcePart(source, folder, Repository.Open(layout));
    }

    /// <summary>A path of the source as one of this part; empty for its root.</summary>
    public string InnerOf(string full) => Folder.Length == 0 ? full : full.Length <= Folder.Length ? "" : full[(Folder.Length + 1)..];

    /// <summary>
    /// Where the objects of an output may be, in the order in which they are asked: the cache of a repository on this machine,
    /// then the remote that it, or the import, names.
    /// </summary>
    public IEnumerable<RemoteObjects> PlacesOf(TrackedOutput output)
    {
        if (source.IsLocal && Directory.Exists(repository.Settings.CacheFolder))
            yield return Open("", () => new RemoteConfiguration("cache", repository.Settings.CacheFolder, new Dictionary<string, string>(), [ConfigScope.Repository], false));
        if (configuration.Find(output.Remote) is { } remote)
            yield return Open(remote.Name, () => remote);
    }

    /// <summary>The manifest of a tracked folder, from the first place that has it.</summary>
    /// <exception cref="DataVersionException">ObjectMissing, ObjectCorrupt, ManifestInvalid, RemoteFailed.</exception>
    public async Task<Manifest> LoadManifestAsync(TrackedOutput output, Repository? known, OperationContext context)
    {
        var hash = output.Hash!.Value;
        if (manifests.TryGetValue(hash, out var manifest))
            return manifest;
        if (known?.TryLoadManifest(hash, out manifest) is null && manifest is not null)
            return manifests[hash] = manifest;
        DataVersionException? problem = null;
        foreach (var place in PlacesOf(output))
            try
            {
                return manifests[hash] = (await place.ReadManifestAsync(hash, context).ConfigureAwait(false)).Manifest;
            }
            catch (DataVersionException error)
            {
                if (problem is null || error.Kind != DataErrorKind.ObjectMissing)
                    problem = error;
            }
        throw problem is { Kind: not DataErrorKind.ObjectMissing } ? problem : Missing(output, hash);
    }

    /// <summary>The error for an object that no place of the source has.</summary>
    public DataVersionException Missing(TrackedOutput output, ContentHash hash)
    {
        string[] places = [.. PlacesOf(output).Select(place => $"'{RemoteSecrets.Hide(place.Storage.Place)}'")];
        return new DataVersionException(DataErrorKind.ObjectMissing, $"The object {hash}, needed for '{output.Path}' of '{source.Place}', "
            + (places.Length == 0 ? "cannot be had: that repository has no default remote." : $"is not in {string.Join(" and ", places)}."), output.Path,
            places.Length == 0 ? "Name a remote that holds it with -Remote, or give its address with -RemoteConfig." : "Push it there from a clone that has it.");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var place in opened.Values)
            await place.Storage.DisposeAsync().ConfigureAwait(false);
        repository.Dispose();
    }

    private RemoteObjects Open(string name, Func<RemoteConfiguration> describe)
    {
        if (!opened.TryGetValue(name, out var place))
        {
            var remote = describe();
            opened[name] = place = new RemoteObjects(remote, source.OpenStorage(remote));
        }
        return place;
    }
}
