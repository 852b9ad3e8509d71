using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Metadata;

/// <summary>One file of a folder on a remote that keeps versions (the <c>files</c> list of an entry; DVC spec 2.3).</summary>
public sealed class TrackedFileEntry
{
    /// <summary>The path inside the folder, with <c>/</c>.</summary>
    public required string RelativePath { get; set; }

    /// <summary>The content, when the entry names an MD5.</summary>
    public ContentHash? Hash { get; set; }

    /// <summary>Bytes.</summary>
    public long? Size { get; set; }

    /// <summary>The file is executable.</summary>
    public bool IsExecutable { get; set; }

    /// <summary>The version on the remote.</summary>
    public string? VersionId { get; set; }

    /// <summary>The entity tag on the remote.</summary>
    public string? ETag { get; set; }

    /// <summary>Another checksum the storage gave.</summary>
    public string? Checksum { get; set; }

    /// <summary>Version and tag by remote name.</summary>
    public YamlMap? Cloud { get; set; }

    internal static TrackedFileEntry Parse(MetadataSchema schema, YamlNode node)
    {
        var map = schema.Map(node, "an element of 'files'");
        schema.CheckKeys(map, ["relpath", "md5", "size", "nfiles", "isexec", "version_id", "etag", "checksum", "cloud"], "for a file");
        var path = schema.Text(map, "relpath") ?? throw schema.Error(map, "'relpath' is missing.");
        if (path.Split('/').Any(part => part is "" or "." or "..") || path.Contains('\\') && OperatingSystem.IsWindows())
            throw schema.Error(map["relpath"]!, $"'{path}' is not a path inside the folder.");
        var md5 = schema.Md5(map);
        return new TrackedFileEntry
        {
            RelativePath = path,
            Hash = md5 is null ? null : ContentHash.Parse(md5),
            Size = schema.Count(map, "size"),
            IsExecutable = schema.Flag(map, "isexec"),
            VersionId = schema.Text(map, "version_id"),
            ETag = schema.Text(map, "etag"),
            Checksum = schema.Text(map, "checksum"),
            Cloud = schema.MapOrNull(map, "cloud"),
        };
    }

    internal YamlMap ToNode()
    {
        var map = new YamlMap();
        map.Add("relpath", RelativePath);
        if (Hash is { } hash)
            map.Add("md5", hash.ToString());
        else
            // The one that identifies the content takes the place of the hash.
            DataEntry.AddIfSet(map, "etag", Cloud is null ? ETag : null);
        DataEntry.AddIfSet(map, "size", Size);
        if (IsExecutable)
            map.Add("isexec", true);
        if (Cloud is not null)
        {
            map.Add("cloud", Cloud);
            return map;
        }
        DataEntry.AddIfSet(map, "version_id", VersionId);
        DataEntry.AddIfSet(map, "etag", ETag);
        DataEntry.AddIfSet(map, "checksum", Checksum);
        return map;
    }

    /// <summary>The hash of the folder these files make: that of its manifest. Null when a file has no hash.</summary>
    internal static ContentHash? ManifestHash(IEnumerable<TrackedFileEntry> files)
    {
        var entries = new List<ManifestEntry>();
        foreach (var file in files)
        {
            if (file.Hash is not { } hash)
                return null;
            entries.Add(new ManifestEntry(file.RelativePath, hash));
        }
        return Manifest.Create(entries).Hash;
    }
}
