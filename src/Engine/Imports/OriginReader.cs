using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Imports;

/// <summary>What <c>-Source</c> and its companions name, for commands that only read.</summary>
public sealed record OriginRequest
{
    /// <summary>A URL, a Git address, or an absolute path.</summary>
    public required string Source { get; init; }

    /// <summary>The source is a repository and the data lies in it; else it is the data.</summary>
    public bool IsRepository { get; init; }

    /// <summary>Revision of a repository; null for the files that are there, of an address for the default branch.</summary>
    public string? Revision { get; init; }

    /// <summary>A configuration file, absolute; null for none.</summary>
    public string? Config { get; init; }

    /// <summary>The remote of the repository that holds the data; null for its default one.</summary>
    public string? Remote { get; init; }

    /// <summary>Options of the storage, or of the remote of the repository.</summary>
    public IReadOnlyDictionary<string, string?> Options { get; init; } = new Dictionary<string, string?>();
}

/// <summary>Opens other repositories and storage services for listing and exporting; a repository of our own is not needed.</summary>
/// <param name="request">What to open.</param>
/// <param name="open">Opens the storage of a remote.</param>
/// <param name="own">The repository around, whose remotes can be named; null for none.</param>
public sealed class OriginReader(OriginRequest request, Func<RemoteConfiguration, IRemoteStorage> open, Repository? own) : IAsyncDisposable
{
    private readonly List<IDataOrigin> opened = [];
    private SourceRepository? repository;

    /// <summary>Whether a source without further hints is a repository: a folder with <c>.git</c> or <c>.dvc</c>, or a Git address.</summary>
    public static bool LooksLikeRepository(string source)
    {
        if (Path.IsPathFullyQualified(source))
            return Path.Exists(Path.Combine(source, ".git")) || Directory.Exists(Path.Combine(source, RepositoryLayout.DvcFolderName))
                || File.Exists(Path.Combine(source, "HEAD")) && Directory.Exists(Path.Combine(source, "objects"));
        return !MetadataSchema.IsUrl(source) || source.TrimEnd('/').EndsWith(".git", StringComparison.Ordinal) || RemoteSchema.SchemeOf(source) is "http" or "https" or "git" or "file";
    }

    /// <summary>Opens a path of the source.</summary>
    /// <param name="path">In a repository from its root, with <c>/</c>; not used otherwise.</param>
    /// <param name="context">Cancellation.</param>
    public IDataOrigin Open(string path, OperationContext context)
    {
        var origin = request.IsRepository ? new RepositoryOrigin(OpenRepository(context), MetadataPath.Normalize(path), null) : OpenStorage();
        opened.Add(origin);
        return origin;
    }

    /// <summary>The name of what is opened with a path.</summary>
    public string NameOf(string path) => request.IsRepository ? MetadataPath.NameOf(MetadataPath.Normalize(path)) : ImportAddress.NameOf(request.Source);

    /// <summary>Lists what there is.</summary>
    /// <param name="path">As for <see cref="Open"/>.</param>
    /// <param name="recurse">Files inside folders too.</param>
    /// <param name="failures">Receives folders whose files cannot be listed.</param>
    /// <param name="context">Cancellation.</param>
    public async Task<IReadOnlyList<DataFile>> ListAsync(string path, bool recurse, ICollection<PathFailure> failures, OperationContext context)
    {
        var origin = Open(path, context);
        if (origin is RepositoryOrigin inRepository)
            return await inRepository.ListAsync(recurse, failures, context).ConfigureAwait(false);
        var tree = await origin.ReadAsync(context).ConfigureAwait(false);
        var list = new SortedDictionary<string, DataFile>(Utf8Order.Instance);
        foreach (var file in tree.Files)
            if (!recurse && file.Path.IndexOf('/') is > 0 and var slash)
                list.TryAdd(file.Path[..slash], new DataFile { Path = file.Path[..slash], Kind = DataFileKind.Directory });
            else
                list.TryAdd(file.Path, new DataFile
                {
                    Path = file.Path.Length == 0 ? NameOf("") : file.Path, FullName = file.LocalPath, Size = file.Size < 0 ? null : file.Size, IsExecutable = file.IsExecutable,
                });
        return [.. list.Values];
    }

    /// <summary>Closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var origin in opened)
            await origin.DisposeAsync().ConfigureAwait(false);
        if (repository is not null)
            await repository.DisposeAsync().ConfigureAwait(false);
    }

    private SourceRepository OpenRepository(OperationContext context)
    {
        if (repository is not null)
            return repository;
        var options = new YamlMap();
        foreach (var (option, value) in request.Options)
            if (value is not null)
                options.Add(option, value);
        YamlNode? config = request.Config is { } file ? new YamlScalar(file) : null, remote = request.Remote is { } name ? new YamlScalar(name) : options.Count > 0 ? options : null;
        if (request.Remote is not null && options.Count > 0)
            config = ImportPlanner.ConfigOf(request.Remote, options, request.Config);
        return repository = SourceRepository.Open(new SourceRequest(request.Source, request.Revision) { Workspace = true, Config = config, Remote = remote }, open, context);
    }

    private IDataOrigin OpenStorage()
    {
        if (!MetadataSchema.IsUrl(request.Source))
            return new LocalOrigin(request.Source, null);
        var options = request.Options.Where(option => option.Value is not null).ToDictionary(option => option.Key, option => option.Value!, StringComparer.Ordinal);
        var (remote, key, _) = ImportAddress.ToStorage(request.Source, options, own?.Configuration);
        return remote.Scheme.Length == 0 ? new LocalOrigin(Path.Combine(remote.Url, key), null) : new StorageOrigin(open(remote), key, remote, keepsVersions: false);
    }
}
