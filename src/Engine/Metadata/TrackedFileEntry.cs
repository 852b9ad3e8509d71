using System.Buffers;
using System.Security.Cryptography;
using DataVersion.Engine.Files;

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
        schema.CheckKeys(map, ["relpath", "md5", "md5-dos2unix", "size", "nfiles", "isexec", "version_id", "etag", "checksum", "cloud"], "for a file");
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
        DataEntry.AddText(map, "size", Size);
        if (IsExecutable)
            map.Add("isexec", true);
        if (Cloud is not null)
        {
            map.Add("cloud", Cloud);
            return map;
        }
        DataEntry.AddText(map, "version_id", VersionId);
        DataEntry.AddText(map, "etag", ETag);
        DataEntry.AddText(map, "checksum", Checksum);
        return map;
    }

    /// <summary>The hash of the folder these files make: that of its manifest. Null when a file has no hash.</summary>
    internal static ContentHash? ManifestHash(IEnumerable<TrackedFileEntry> files)
    {
        var json = new ArrayBufferWriter<byte>();
        json.Write("["u8);
        var isFirst = true;
        foreach (var file in files.OrderBy(file => file.RelativePath, Utf8Order.Instance))
        {
            if (file.Hash is not { } hash)
                return null;
            json.Write(isFirst ? "{\"md5\": "u8 : ", {\"md5\": "u8);
            JsonText.AppendEscaped(json, hash.ToString());
            json.Write(", \"relpath\": "u8);
            JsonText.AppendEscaped(json, file.RelativePath);
            json.Write("}"u8);
            isFirst = false;
        }
        json.Write("]"u8);
        return new ContentHash(MD5.HashData(json.WrittenSpan), isDirectory: true);
    }
}
