using DataVersion.Engine.Files;
using DataVersion.Engine.Linking;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>Tells how workspace files are connected to the cache.</summary>
public sealed class WorkspaceLinkKinds(Repository repository)
{
    // A clone is told from a copy by opening both files; for a folder a sample is enough, as they are placed alike.
    private const int BlocksLookedAt = 8;

    /// <summary>The kind of one file; null when it is not there or linked to something else.</summary>
    public LinkKind? Of(string path, ContentHash hash) => Of(new LinkedFile(path, hash), repository.Stores.For(hash.Algorithm).Stat, lookAtBlocks: true);

    /// <summary>The kind that all files have; null when they differ or there is none.</summary>
    internal LinkKind? OfAll(IReadOnlyCollection<LinkedFile> files)
    {
        using var objects = new ObjectStats(repository.Stores, files.Count);
        LinkKind? common = null;
        var looked = 0;
        foreach (var file in files)
        {
            var kind = file.Kind ?? Of(file, objects.Read, looked++ < BlocksLookedAt);
            if (kind == LinkKind.Copy && common == LinkKind.Reflink && looked > BlocksLookedAt)
                continue;
            if (kind is null || (common is not null && kind != common))
                return null;
            common = kind;
        }
        return common;
    }

    private LinkKind? Of(in LinkedFile file, Func<ContentHash, FileStat> objectStat, bool lookAtBlocks)
    {
        try
        {
            return Linker.KindOf(file.Path, file.Stat.Exists ? file.Stat : FileStat.Read(file.Path), repository.Stores.PathOf(file.Hash),
                file.Object.Exists ? file.Object : objectStat(file.Hash), lookAtBlocks);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>A workspace file and its object, with what is known of both already.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Hash">Name of the object.</param>
/// <param name="Stat">Of the file itself, links not followed, if it was just looked at.</param>
/// <param name="Object">Of the object, if it was just looked at.</param>
/// <param name="Kind">How they are connected, if that is known.</param>
internal readonly record struct LinkedFile(string Path, ContentHash Hash, FileStat Stat = default, FileStat Object = default, LinkKind? Kind = null);
