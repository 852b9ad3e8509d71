using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Imports;

/// <summary>
/// Opens what dependencies of imports name: paths, URLs, other repositories. A repository is opened once for one command and
/// version. Closing this closes all of them.
/// </summary>
/// <param name="repository">The repository that imports.</param>
/// <param name="open">Opens the storage of a remote.</param>
public sealed class ImportOrigins(Repository repository, Func<RemoteConfiguration, IRemoteStorage> open) : IAsyncDisposable
{
    private readonly Dictionary<string, SourceRepository> sources = new(StringComparer.Ordinal);
    private readonly Dictionary<(string, string?), string> newest = [];

    /// <summary>The commit that the revision of a repository import means now.</summary>
    internal string Newest(string metadataPath, DependencyEntry dependency, OperationContext context)
    {
        var request = Request(metadataPath, dependency.Repository!) with { Revision = dependency.Repository!.Revision };
        if (!newest.TryGetValue((request.Url, request.Revision), out var commit))
            newest[(request.Url, request.Revision)] = commit = SourceRepository.ResolveNewest(request, context);
        return commit;
    }

    /// <summary>Opens where a dependency is.</summary>
    /// <param name="metadataPath">The <c>.dvc</c> file that names it, relative to the root.</param>
    /// <param name="workingDirectory">Its <c>wdir</c>; null for none.</param>
    /// <param name="dependency">The dependency; of a repository at its locked commit, else at the revision it follows.</param>
    /// <param name="context">Cancellation.</param>
    /// <exception cref="DataVersionException">The source cannot be opened.</exception>
    internal IDataOrigin Open(string metadataPath, string? workingDirectory, DependencyEntry dependency, OperationContext context)
    {
        if (dependency.Database is not null)
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"'{metadataPath}' imports from a database, which only DVC itself can do.", metadataPath, "Use dvc update.");
        if (dependency.Repository is { } source)
            return new RepositoryOrigin(OpenSource(metadataPath, source, context), MetadataPath.Normalize(dependency.Path), repository);
        if (!MetadataSchema.IsUrl(dependency.Path))
            return new LocalOrigin(LocalPathOf(metadataPath, workingDirectory, dependency.Path), repository);
        var (remote, key, keepsVersions) = ImportAddress.ToStorage(dependency.Path, OptionsOf(dependency.FsConfig), repository.Configuration);
        return remote.Scheme.Length == 0 ? new LocalOrigin(Path.Combine(remote.Url, key), repository) : new StorageOrigin(open(remote), key, remote, keepsVersions);
    }

    /// <summary>The versions that a dependency recorded, on a service that keeps them; null when it recorded none.</summary>
    internal static OriginTree? RecordedVersions(IDataOrigin origin, DependencyEntry dependency) => origin is not StorageOrigin storage ? null
        : dependency.Files is { } files ? files.All(file => file.VersionId is not null) ? new OriginTree(true, [.. files.Select(storage.Recorded)]) : null
        : dependency.VersionId is { } version ? new OriginTree(false, [storage.Recorded(dependency, version)]) : null;

    /// <summary>Whether the service tells versions apart by ids of its own, which are recorded.</summary>
    internal bool KeepsVersions(DependencyEntry dependency) => MetadataSchema.IsUrl(dependency.Path)
        && ImportAddress.ToStorage(dependency.Path, OptionsOf(dependency.FsConfig), repository.Configuration).KeepsVersions;

    /// <summary>The scheme of the service that holds a dependency; empty for this machine.</summary>
    internal string SchemeOf(DependencyEntry dependency) => MetadataSchema.IsUrl(dependency.Path)
        ? ImportAddress.ToStorage(dependency.Path, OptionsOf(dependency.FsConfig), repository.Configuration).Remote.Scheme : "";

    /// <summary>The absolute path of a dependency on this machine.</summary>
    internal string LocalPathOf(string metadataPath, string? workingDirectory, string path)
    {
        var (resolved, _) = MetadataPath.Resolve(MetadataPath.FolderOf(metadataPath), workingDirectory, path, repository.Layout.Root);
        return Path.TrimEndingDirectorySeparator(Path.IsPathFullyQualified(resolved) ? Path.GetFullPath(resolved) : repository.Layout.ToAbsolute(resolved));
    }

    /// <summary>Closes what was opened.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var source in sources.Values)
            await source.DisposeAsync().ConfigureAwait(false);
        sources.Clear();
    }

    private SourceRepository OpenSource(string metadataPath, RepositorySource source, OperationContext context)
    {
        var request = Request(metadataPath, source);
        var key = string.Join('\n', request.Url, request.Revision, source.Config is null ? "" : YamlWriter.Write(source.Config), source.Remote is null ? "" : YamlWriter.Write(source.Remote));
        if (!sources.TryGetValue(key, out var opened))
            sources[key] = opened = SourceRepository.Open(request, open, context);
        return opened;
    }

    private SourceRequest Request(string metadataPath, RepositorySource source) => new(ImportAddress.ToRepository(source.Url, metadataPath, repository.Layout), source.RevisionLock ?? source.Revision)
    {
        Config = source.Config, Remote = source.Remote, BaseFolder = repository.Layout.Root,
    };

    private static Dictionary<string, string> OptionsOf(YamlMap? map) => map?.Entries.ToDictionary(entry => entry.Key.SourceText,
        entry => entry.Value is YamlScalar { Value: bool flag } ? flag ? "true" : "false" : (entry.Value as YamlScalar)?.SourceText ?? "", StringComparer.Ordinal) ?? [];
}
