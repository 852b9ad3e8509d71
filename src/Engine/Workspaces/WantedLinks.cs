using System.Collections.Concurrent;
using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Workspaces;

/// <summary>Which link kind the user wants for workspace files, and whether a file has it already.</summary>
internal sealed class WantedLinks
{
    private static readonly HashSet<string> Told = [];

    private readonly Repository repository;
    private readonly ConcurrentDictionary<string, LinkKind> first = new(StringComparer.Ordinal);

    /// <summary>Finds out which of the wanted kinds work here; the outcome is the same for the whole command.</summary>
    public WantedLinks(Repository repository, IReadOnlyList<LinkKind> order)
    {
        this.repository = repository;
        Order = order;
    }

    /// <summary>The kinds in the order they are tried.</summary>
    public IReadOnlyList<LinkKind> Order { get; }

    /// <summary>The first kind that really works between the cache and this folder; Copy when none does.</summary>
    public LinkKind First(string workspaceFolder) => first.GetOrAdd(workspaceFolder, folder =>
        repository.Links.Probe(repository.Stores.CacheFolder, folder).Usable(Order) is [var kind, ..] ? kind : LinkKind.Copy);

    /// <summary>Tells the user, once per session and repository, that a wanted kind does not work and what is used instead.</summary>
    public void TellFallback(string workspaceFolder, OperationContext context)
    {
        var used = First(workspaceFolder);
        if (Order.Count == 0 || used == Order[0] || used == LinkKind.Copy && !repository.Settings.SlowLinkWarning)
            return;
        lock (Told)
            if (!Told.Add($"{repository.Layout.Root}\n{Order[0]}\n{used}"))
                return;
        var reason = repository.Links.Probe(repository.Stores.CacheFolder, workspaceFolder).WhyNot(Order[0]);
        context.Warn($"{Order[0]} does not work between the cache '{repository.Stores.CacheFolder}' and '{workspaceFolder}'"
            + $" ({reason}), so {used} is used instead. 'Set-DataConfig cache.type' names the kinds to try, for example hardlink, symlink.");
    }

    /// <summary>
    /// Whether an unchanged workspace file is connected to its object in the first wanted way that works. Clone and copy
    /// count as the same: both are private files.
    /// </summary>
    /// <param name="path">Absolute path in the workspace.</param>
    /// <param name="file">What is there.</param>
    /// <param name="hash">Its object.</param>
    /// <param name="objectStat">The object's stat, if it was just looked at.</param>
    public bool IsAsWanted(string path, WorkspaceFile file, ContentHash hash, FileStat objectStat = default) => First(Path.GetDirectoryName(path)!) switch
    {
        LinkKind.Hardlink => !file.IsSymlink && (file.Stat.Size == 0 || SameInode(file.Stat,
            objectStat.Exists ? objectStat : FileStat.Read(repository.Stores.PathOf(hash), followLinks: true))),
        LinkKind.Symlink => file.IsSymlink && new FileInfo(path).LinkTarget == repository.Stores.PathOf(hash),
        _ => !file.IsSymlink && file.Stat.LinkCount == 1,
    };

    /// <summary>Whether a symbolic link points to an object of this cache (which may be missing): it holds no data of its own.</summary>
    public bool PointsIntoCache(string path) =>
        new FileInfo(path).LinkTarget is { } target && target.StartsWith(repository.Stores.CacheFolder + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static bool SameInode(in FileStat stat, in FileStat other) => other.Inode == stat.Inode && other.Device == stat.Device;
}
