using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Imports;

/// <summary>What the text of a dependency, or of <c>-Source</c>, stands for.</summary>
internal static class ImportAddress
{
    private const string RemoteScheme = "remote";

    /// <summary>
    /// The storage that a URL names: opened at the folder above, with the options of the remote that it names, and those given.
    /// For HTTP the whole URL is the address, because what follows a <c>?</c> belongs to it.
    /// </summary>
    /// <param name="url">A URL; <c>remote://name/path</c> too.</param>
    /// <param name="options">Options (<c>fs_config</c>); null for none.</param>
    /// <param name="configuration">Where remotes are looked up; null outside of a repository.</param>
    /// <returns>How to open it, the key of what is meant, and whether versions are to be told apart by the service's ids.</returns>
    /// <exception cref="DataVersionException">RemoteNotFound; ArgumentInvalid.</exception>
    public static (RemoteConfiguration Remote, string Key, bool KeepsVersions) ToStorage(string url, IReadOnlyDictionary<string, string>? options, Configuration? configuration)
    {
        var merged = new Dictionary<string, string>(StringComparer.Ordinal);
        var name = RemoteSecrets.Hide(url);
        if (RemoteSchema.SchemeOf(url) == RemoteScheme)
        {
            var rest = url[(RemoteScheme.Length + 3)..];
            var slash = rest.IndexOf('/');
            name = slash < 0 ? rest : rest[..slash];
            var remote = (configuration ?? throw new DataVersionException(DataErrorKind.RepositoryNotFound,
                $"'{url}' names a remote, but there is no repository here that could know it.", url, "Go to the repository, or give the full address.")).GetRemote(name);
            foreach (var (option, value) in remote.Options)
                merged[option] = value;
            url = slash < 0 ? remote.Url : remote.Scheme.Length == 0 ? Path.Combine(remote.Url, rest[(slash + 1)..]) : remote.Url.TrimEnd('/') + "/" + rest[(slash + 1)..];
        }
        foreach (var (option, value) in options ?? new Dictionary<string, string>())
            merged[option] = value;
        // These say how a remote is written; a source is read.
        var keepsVersions = merged.Remove("version_aware", out var aware) && aware.Equals("true", StringComparison.OrdinalIgnoreCase);
        merged.Remove("worktree");
        var scheme = RemoteSchema.SchemeOf(url);
        var known = RemoteSchema.OptionsOf(url);
        if (merged.Keys.FirstOrDefault(option => !known.ContainsKey(option)) is { } unknown)
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"There is no option '{unknown}' for {(scheme.Length == 0 ? "a folder" : scheme + "://")}.", unknown,
                $"Options are {string.Join(", ", known.Keys.Where(option => option != "url"))}.");
        var (at, key) = scheme.Length == 0 ? (Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(url)) ?? url, Path.GetFileName(Path.TrimEndingDirectorySeparator(url)))
            : scheme is "http" or "https" ? (url, "") : Split(url);
        return (new RemoteConfiguration(name, at, merged, [ConfigScope.Repository], false), key, scheme is ("s3" or "gs" or "azure") && (keepsVersions || VersionKeys.Split(scheme, key).Id is not null));
    }

    /// <summary>The last name of the path of a URL, or of a path.</summary>
    public static string NameOf(string source)
    {
        var path = source;
        if (MetadataSchema.IsUrl(source))
        {
            var rest = source[(source.IndexOf("://", StringComparison.Ordinal) + 3)..];
            path = rest.IndexOf('/') is >= 0 and var slash ? rest[slash..] : "";
            if (path.AsSpan().IndexOfAny('?', '#') is >= 0 and var end)
                path = path[..end];
        }
        return MetadataPath.NameOf(path.Replace('\\', OperatingSystem.IsWindows() ? '/' : '\\').TrimEnd('/'));
    }

    /// <summary>True for an address that git clones: a URL, or <c>host:path</c>.</summary>
    public static bool IsGitAddress(string text) => MetadataSchema.IsUrl(text) || text.IndexOf(':') is > 1 and var colon && text.AsSpan(0, colon).IndexOfAny('/', '\\') < 0;

    /// <summary>The repository that the <c>url</c> of a dependency names: a folder counts from the root, as DVC is run there, else
    /// from the folder of the metadata file.</summary>
    public static string ToRepository(string url, string metadataPath, RepositoryLayout layout)
    {
        if (Path.IsPathFullyQualified(url))
            return Path.GetFullPath(url);
        var fromRoot = Path.GetFullPath(Path.Combine(layout.Root, url));
        if (Directory.Exists(fromRoot))
            return fromRoot;
        var fromFile = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(layout.ToAbsolute(metadataPath))!, url));
        return Directory.Exists(fromFile) ? fromFile : IsGitAddress(url) ? url : fromRoot;
    }

    private static (string Folder, string Key) Split(string url)
    {
        url = url.TrimEnd('/');
        var host = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var slash = url.LastIndexOf('/');
        return slash < host ? (url, "") : (url[..slash], url[(slash + 1)..]);
    }
}
