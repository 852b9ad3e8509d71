using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Engine.Repositories;

/// <summary>The options that the engine itself goes by, typed.</summary>
public sealed record RepositorySettings
{
    /// <summary>Absolute path of the cache: <c>cache.dir</c>, else <c>.dvc/cache</c>.</summary>
    public required string CacheFolder { get; init; }

    /// <summary><c>cache.shared = group</c>: new objects and folders of the cache can be written by the group.</summary>
    public bool CacheSharedGroup { get; init; }

    /// <summary><c>cache.type</c>: the kinds of links to try, best first; never empty.</summary>
    public IReadOnlyList<LinkKind> LinkOrder { get; init; } = [LinkKind.Reflink, LinkKind.Copy];

    /// <summary><c>core.autostage</c>: put the metadata of what is added or moved into the Git index.</summary>
    public bool AutoStage { get; init; }

    /// <summary><c>core.no_scm</c>: the repository lives without Git.</summary>
    public bool NoScm { get; init; }

    /// <summary><c>core.checksum_jobs</c>: number of hashing threads; 0, when the configuration does not say, is one for each processor.</summary>
    public int ChecksumJobs { get; init; }

    /// <summary><c>core.hardlink_lock</c>: the repository lock is a hard link.</summary>
    public bool HardlinkLock { get; init; }

    /// <summary><c>cache.verify</c>: hash objects again before they are trusted.</summary>
    public bool VerifyCache { get; init; }

    /// <summary><c>cache.slow_link_warning</c>: warn when files are copied although a faster kind of link could work.</summary>
    public bool SlowLinkWarning { get; init; } = true;

    /// <summary><c>core.remote</c>; null when not set.</summary>
    public string? DefaultRemote { get; init; }

    /// <summary><c>parsing.bool</c>, <c>parsing.list</c>: how maps in commands of stages become options.</summary>
    public ParsingOptions Parsing { get; init; } = ParsingOptions.Default;

    /// <summary>Takes the settings from the merged levels.</summary>
    /// <exception cref="DataVersionException">The configuration belongs to no repository.</exception>
    public static RepositorySettings From(Configuration configuration)
    {
        var layout = configuration.Layout ?? throw new DataVersionException(DataErrorKind.RepositoryNotFound, "There is no data repository here.");
        return new RepositorySettings
        {
            CacheFolder = configuration.Get("cache.dir") is { Length: > 0 } folder ? Path.TrimEndingDirectorySeparator(folder) : layout.DefaultCacheFolder,
            CacheSharedGroup = configuration.Get("cache.shared") == "group",
            LinkOrder = LinksOf(configuration),
            AutoStage = configuration.GetBool("core.autostage"),
            NoScm = configuration.GetBool("core.no_scm"),
            ChecksumJobs = configuration.GetInt("core.checksum_jobs") ?? 0,
            HardlinkLock = configuration.GetBool("core.hardlink_lock"),
            VerifyCache = configuration.GetBool("cache.verify"),
            SlowLinkWarning = configuration.GetBool("cache.slow_link_warning"),
            DefaultRemote = configuration.DefaultRemote,
            Parsing = ParsingOptions.From(configuration.Get("parsing.bool"), configuration.Get("parsing.list")),
        };
    }

    // Sequences of value types would be compiled anew in each session (decision 7).
    private static LinkKind[] LinksOf(Configuration configuration)
    {
        string[] names = [.. configuration.GetList("cache.type").Distinct(StringComparer.OrdinalIgnoreCase)];
        return Array.ConvertAll(names, static name => Enum.Parse<LinkKind>(name, ignoreCase: true));
    }
}
