using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Repositories;

/// <summary>Tells what a person wants to know about a repository and the disks it lies on.</summary>
public static class RepositoryInspection
{
    /// <summary>
    /// Reads the configuration and tries every kind of link between cache and workspace, for real. What is made for that is
    /// removed again; nothing else is changed.
    /// </summary>
    /// <exception cref="DataVersionException">The configuration is not valid.</exception>
    public static DataRepository Inspect(RepositoryLayout layout, OperationContext context)
    {
        var configuration = Configuration.Load(layout);
        foreach (var warning in configuration.Warnings)
            context.Warn(warning);
        var settings = RepositorySettings.From(configuration);
        // A cache that nothing was put into yet does not exist; its files would be where its nearest folder is.
        var cache = NearestFolder(settings.CacheFolder);
        return new DataRepository
        {
            Root = layout.Root,
            GitRoot = settings.NoScm ? null : RepositoryDiscovery.FindGitRoot(layout.Root),
            CacheFolder = settings.CacheFolder,
            DefaultRemote = settings.DefaultRemote,
            FileSystem = FileSystemOf(layout.Root),
            CacheFileSystem = FileSystemOf(cache),
            LockHolders = RepositoryLock.Holders(layout),
            LinkOrder = settings.LinkOrder,
            LinkCapabilities = Probe(cache, layout.Root, context),
        };
    }

    private static IReadOnlyList<LinkCapability> Probe(string cache, string workspace, OperationContext context)
    {
        var support = new LinkProbe().Probe(cache, workspace);
        if (support.Unknown is { } reason)
        {
            context.Warn($"The kinds of links between '{cache}' and '{workspace}' could not be tried: {reason}");
            return [];
        }
        return [.. Enum.GetValues<LinkKind>().Select(kind => new LinkCapability(kind, support.Supports(kind), support.WhyNot(kind)))];
    }

    private static string NearestFolder(string folder)
    {
        var nearest = folder;
        while (!Directory.Exists(nearest) && Path.GetDirectoryName(nearest) is { } parent)
            nearest = parent;
        return nearest;
    }

    private static string? FileSystemOf(string folder)
    {
        try
        {
            return new DriveInfo(folder).DriveFormat;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
