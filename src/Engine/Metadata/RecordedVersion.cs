namespace DataVersion.Engine.Metadata;

/// <summary>Which version of a file a remote has that keeps versions, as metadata records it (<c>cloud</c>; DVC spec 2.3).</summary>
/// <param name="Remote">The remote's name; null when the record names none.</param>
/// <param name="Id">The service's id of the version.</param>
/// <param name="ETag">The entity tag as DVC spells that of the service (<c>ImportTags</c>); null when there is none.</param>
public sealed record RecordedVersion(string? Remote, string Id, string? ETag)
{
    /// <summary>What an entry records; null when it names no version.</summary>
    internal static RecordedVersion? Of(YamlMap? cloud, string? versionId, string? etag)
    {
        // DVC allows for one remote.
        if (cloud is { Count: > 0 } && cloud.Entries[0] is { Value: YamlMap said } entry)
            return Text(said, "version_id") is { Length: > 0 } id ? new RecordedVersion(entry.Key.SourceText, id, Text(said, "etag")) : null;
        return versionId is { Length: > 0 } ? new RecordedVersion(null, versionId, etag) : null;
    }

    /// <summary>The value of <c>cloud</c>.</summary>
    internal YamlMap ToCloud(string remote)
    {
        var said = new YamlMap();
        DataEntry.AddIfSet(said, "etag", ETag);
        said.Add("version_id", Id);
        var cloud = new YamlMap();
        cloud.Add(remote, said);
        return cloud;
    }

    private static string? Text(YamlMap map, string key) => (map[key] as YamlScalar)?.SourceText;
}
