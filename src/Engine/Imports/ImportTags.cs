using System.Security.Cryptography;
using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;

namespace DataVersion.Engine.Imports;

/// <summary>
/// How DVC records what the source of an import was (format: DVC spec 2.3, 3.4): an MD5 where the bytes are read anyway (this
/// machine, SSH), else the entity tag of the service in the service's own spelling.
/// </summary>
internal static class ImportTags
{
    /// <summary>True when the source is recorded by the MD5 of its bytes.</summary>
    public static bool UsesMd5(string scheme) => scheme is "" or "ssh";

    /// <summary>The tag of a value as DVC spells it; null for services that are recorded by MD5, and where the service gives none.</summary>
    public static string? Of(string scheme, RemoteItem item) => scheme switch
    {
        "" or "ssh" => null,
        "gs" => item.ETag is { } tag ? TryHex(tag) : null,
        "azure" => Quoted(item.ETag),
        "http" or "https" => Quoted(item.ETag) ?? (item.Md5 is { } md5 ? Convert.ToBase64String(Convert.FromHexString(md5)) : null),
        "webdav" or "webdavs" => Quoted(item.ETag),
        _ => item.ETag,
    };

    /// <summary>Writes what was found into a dependency.</summary>
    /// <param name="entry">The dependency.</param>
    /// <param name="scheme">Of the source; empty for this machine.</param>
    /// <param name="tree">What was found.</param>
    /// <param name="content">Its content, for sources that are recorded by MD5.</param>
    /// <param name="keepsVersions">The service's ids of versions are recorded, too.</param>
    /// <exception cref="DataVersionException">RemoteFailed: the service does not tell versions apart.</exception>
    public static void Record(DependencyEntry entry, string scheme, OriginTree tree, ReceivedContent? content, bool keepsVersions = false)
    {
        (entry.HashText, entry.ETag, entry.Checksum, entry.VersionId, entry.Files) = (null, null, null, null, null);
        (entry.Size, entry.FileCount, entry.IsExecutable) = (null, null, false);
        if (UsesMd5(scheme))
        {
            entry.Hash = content!.Hash;
            (entry.Size, entry.FileCount) = (content.Size, content.Manifest?.Count);
            entry.IsExecutable = tree is { IsFolder: false, Files: [{ IsExecutable: true }] };
            return;
        }
        entry.HashName = "md5";
        if (keepsVersions && tree.IsFolder)
        {
            entry.Files = [.. tree.Files.Select(file => new TrackedFileEntry { RelativePath = file.Path, ETag = TagOf(file), Size = file.Size, VersionId = file.Version })];
            return;
        }
        if (keepsVersions)
            entry.VersionId = tree.Files[0].Version;
        if (tree.IsFolder)
            (entry.HashText, entry.FileCount) = (FolderTag(tree), tree.Files.Count);
        else if (scheme is "http" or "https")
            entry.Checksum = TagOf(tree.Files[0]);
        else
            entry.ETag = TagOf(tree.Files[0]);
        if (tree.Files.All(file => file.Size >= 0))
            entry.Size = tree.Files.Sum(file => file.Size);
    }

    /// <summary>Two recordings say the same of the source.</summary>
    public static bool SameContent(DependencyEntry left, DependencyEntry right) =>
        (left.HashText ?? left.Hash?.ToString(), left.ETag, left.Checksum) == (right.HashText ?? right.Hash?.ToString(), right.ETag, right.Checksum)
        && FilesOf(left).SequenceEqual(FilesOf(right));

    /// <summary>Nothing was recorded of the source.</summary>
    public static bool IsEmpty(DependencyEntry entry) => (entry.HashText ?? entry.ETag ?? entry.Checksum) is null && entry.Files is not { Count: > 0 };

    private static IEnumerable<(string, string?)> FilesOf(DependencyEntry entry) => (entry.Files ?? []).OrderBy(file => file.RelativePath, Utf8Order.Instance).Select(file => (file.RelativePath, file.ETag));

    // The .dir of tags: as a manifest, with "etag" where the MD5 would be.
    private static string FolderTag(OriginTree tree)
    {
        var rows = new YamlSequence(tree.Files.OrderBy(file => file.Path, Utf8Order.Instance).Select(file =>
        {
            var row = new YamlMap();
            row.Add("etag", TagOf(file));
            row.Add("relpath", file.Path);
            return (YamlNode)row;
        }));
        return Convert.ToHexStringLower(MD5.HashData(PythonJson.ToBytes(rows))) + ".dir";
    }

    private static string TagOf(OriginFile file) => file.Tag ?? throw new DataVersionException(DataErrorKind.RemoteFailed,
        $"The service gives no entity tag for '{file.Path}', so it could never be said whether the source has changed.", file.Path,
        "Download the data and track it with Add-DataFile instead.");

    private static string? Quoted(string? tag) => tag is null ? null : tag.StartsWith('"') || tag.StartsWith("W/", StringComparison.Ordinal) ? tag : $"\"{tag}\"";

    private static string TryHex(string tag)
    {
        var bytes = new byte[tag.Length];
        return Convert.TryFromBase64String(tag, bytes, out var count) ? Convert.ToHexStringLower(bytes.AsSpan(0, count)) : tag;
    }
}
