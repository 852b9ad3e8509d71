using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;

namespace DataVersion.Engine.Workspaces;

/// <summary>Tells how workspace files are connected to the cache.</summary>
public sealed class WorkspaceLinkKinds(Repository repository)
{
    // A clone is told from a copy by opening both files; for a folder a sample is enough, as they are placed alike.
    private const int BlocksLookedAt = 8;

    /// <summary>The kind of one file; null when it is not there or linked to something else.</summary>
    public LinkKind? Of(string path, ContentHash hash, bool lookAtBlocks = true)
    {
        try
        {
            return Linker.KindOf(path, FileStat.Read(path), repository.Stores.PathOf(hash), repository.Stores.For(hash.Algorithm).Stat(hash), lookAtBlocks);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The kind that all files have; null when they differ or there is none.</summary>
    public LinkKind? OfAll(IEnumerable<(string Path, ContentHash Hash)> files)
    {
        LinkKind? common = null;
        var looked = 0;
        foreach (var (path, hash) in files)
        {
            var kind = Of(path, hash, looked++ < BlocksLookedAt);
            if (kind == LinkKind.Copy && common == LinkKind.Reflink && looked > BlocksLookedAt)
                continue;
            if (kind is null || (common is not null && kind != common))
                return null;
            common = kind;
        }
        return common;
    }
}
