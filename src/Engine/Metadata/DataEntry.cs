namespace DataVersion.Engine.Metadata;

/// <summary>What a dependency and an output of a metadata file have in common: a path, its content, its size.</summary>
public abstract class DataEntry
{
    internal static readonly string[] CommonKeys =
    [
        "md5", "etag", "checksum", "size", "nfiles", "isexec", "version_id", "path", "persist", "cloud", "hash", "files", "fs_config",
    ];

    private string? hashText;
    private string? hashName = "md5";

    /// <summary>The path as it is written: relative to the working directory of the stage, absolute, or a URL.</summary>
    public required string Path { get; set; }

    /// <summary>The value under <c>md5</c> as it is written; null when nothing is recorded.</summary>
    public string? HashText
    {
        get => hashText;
        set => hashText = value;
    }

    /// <summary>
    /// The name under <c>hash</c>: <c>md5</c>; null in an entry of DVC 2 and older, whose hashes read CRLF as LF.
    /// </summary>
    public string? HashName
    {
        get => hashName;
        set => hashName = value;
    }

    /// <summary>True for an entry of DVC 2 and older.</summary>
    public bool IsLegacy => HashName != "md5";

    /// <summary>
    /// The recorded content; null when nothing is recorded. An entry that lists <see cref="Files"/> has the hash of the
    /// manifest they make. Setting a hash sets the hash name that belongs to its algorithm and drops the list of files.
    /// </summary>
    public ContentHash? Hash
    {
        get
        {
            if (HashText is null)
                return Files is null ? null : TrackedFileEntry.ManifestHash(Files);
            var algorithm = IsLegacy ? ContentHashAlgorithm.Md5Dos2Unix : ContentHashAlgorithm.Md5;
            return ContentHash.TryParse(HashText, algorithm, out var hash) ? hash : null;
        }
        set
        {
            HashText = value?.ToString();
            Files = null;
            if (value is { } hash)
                HashName = hash.Algorithm == ContentHashAlgorithm.Md5 ? "md5" : null;
        }
    }

    /// <summary>
    /// Records content. What remotes that keep versions have of it stays as long as it is the same content: of a folder that
    /// lists its files, file by file. As with DVC, nothing at all changes while it does.
    /// </summary>
    /// <param name="hash">The content.</param>
    /// <param name="size">Bytes; null when not known.</param>
    /// <param name="fileCount">Number of files of a folder.</param>
    /// <param name="isExecutable">Of a file.</param>
    /// <param name="list">Lists the files of a folder; asked only when the entry listed them before. Null: it will not any more.</param>
    internal void Record(ContentHash hash, long? size, int? fileCount, bool isExecutable, Func<IEnumerable<TrackedFileEntry>>? list = null)
    {
        if (Hash == hash && (Files is { Count: > 0 } || RecordedVersion.Of(Cloud, VersionId, null) is not null))
            return;
        var before = Files;
        (Hash, Size, FileCount, IsExecutable) = (hash, size, fileCount, isExecutable);
        (Cloud, VersionId, ETag, Checksum) = (null, null, null, null);
        if (before is null || list is null || !hash.IsDirectory)
            return;
        var known = before.ToDictionary(file => file.RelativePath, StringComparer.Ordinal);
        List<TrackedFileEntry> files = [.. list().Select(file => known.TryGetValue(file.RelativePath, out var same) && same.Hash == file.Hash ? same : file)];
        if (files.Count > 0)
            SetFiles(files);
    }

    /// <summary>Lists the files of a folder in the place of its hash, which follows from them.</summary>
    internal void SetFiles(List<TrackedFileEntry> files)
    {
        (HashText, Size, FileCount, IsExecutable) = (null, null, null, false);
        (Cloud, VersionId, ETag, Checksum) = (null, null, null, null);
        Files = files;
    }

    /// <summary>Bytes, for a directory the sum of its files; null when not recorded.</summary>
    public long? Size { get; set; }

    /// <summary>Number of files of a directory; null for a file or when not recorded.</summary>
    public int? FileCount { get; set; }

    /// <summary>The file is executable.</summary>
    public bool IsExecutable { get; set; }

    /// <summary>The version on a remote that keeps versions.</summary>
    public string? VersionId { get; set; }

    /// <summary>The entity tag of an object on a remote.</summary>
    public string? ETag { get; set; }

    /// <summary>The checksum that a web server gave.</summary>
    public string? Checksum { get; set; }

    /// <summary>Version and tag by remote name; when set, <see cref="VersionId"/> and <see cref="ETag"/> are not written.</summary>
    public YamlMap? Cloud { get; set; }

    /// <summary>Options of the file system behind a URL.</summary>
    public YamlMap? FsConfig { get; set; }

    /// <summary>The files of a directory on a remote that keeps versions; null otherwise.</summary>
    public List<TrackedFileEntry>? Files { get; set; }

    /// <summary>What is recorded of the files of a directory that lists them; empty otherwise.</summary>
    internal IReadOnlyList<TrackedFile> TrackedFiles => Files is null ? []
        : [.. Files.Select(file => new TrackedFile(file.RelativePath, file.Hash, file.Size, RecordedVersion.Of(file.Cloud, file.VersionId, file.ETag)))];

    /// <summary>Which version a remote has of a file; null when none is recorded.</summary>
    internal RecordedVersion? Version => Files is null ? RecordedVersion.Of(Cloud, VersionId, ETag) : null;

    /// <summary>Line of the entry in its file, from 1; 0 for a new entry.</summary>
    public int Line { get; internal init; }

    /// <summary>Column of the entry in its file, from 1; 0 for a new entry.</summary>
    public int Column { get; internal init; }

    private protected void ReadCommon(MetadataSchema schema, YamlMap map)
    {
        hashName = schema.HashName(map);
        hashText = schema.Md5(map);
        Size = schema.Count(map, "size");
        FileCount = schema.FileCount(map, "nfiles");
        IsExecutable = schema.Flag(map, "isexec");
        VersionId = schema.Text(map, "version_id");
        ETag = schema.Checksum(map, "etag");
        Checksum = schema.Checksum(map, "checksum");
        Cloud = schema.MapOrNull(map, "cloud");
        FsConfig = schema.MapOrNull(map, "fs_config");
        if (map["files"] is not null and not YamlScalar { Kind: YamlScalarKind.Null })
            Files = ReadFiles(schema, map);
    }

    private static List<TrackedFileEntry> ReadFiles(MetadataSchema schema, YamlMap map)
    {
        var files = new List<TrackedFileEntry>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in schema.List(map, "files"))
        {
            var file = TrackedFileEntry.Parse(schema, node);
            if (!seen.Add(file.RelativePath))
                throw schema.Error(node, $"the file '{file.RelativePath}' is listed twice.");
            files.Add(file);
        }
        return files;
    }

    /// <summary>Hash, size, remote versions and cloud: in this order, and not at all when the files are listed.</summary>
    private protected void WriteContent(YamlMap map, bool hasFiles)
    {
        if (hasFiles)
            return;
        // An empty list says nothing that the hash would not.
        var text = HashText ?? (Files is null ? null : Hash?.ToString());
        AddIfSet(map, "md5", text);
        if (text is null)
        {
            // The one that identifies the content takes the place of the hash.
            AddIfSet(map, "etag", Cloud is null && Checksum is null ? ETag : null);
            AddIfSet(map, "checksum", Cloud is null ? Checksum : null);
        }
        AddIfSet(map, "size", Size);
        AddIfSet(map, "nfiles", FileCount);
        if (IsExecutable)
            map.Add("isexec", true);
        if (Cloud is not null)
        {
            map.Add("cloud", Cloud);
            return;
        }
        AddIfSet(map, "version_id", VersionId);
        AddIfSet(map, "etag", ETag);
        AddIfSet(map, "checksum", Checksum);
    }

    private protected void WriteFiles(YamlMap map)
    {
        if (Files is { Count: > 0 } files)
            map.Add("files", new YamlSequence(files.OrderBy(f => f.RelativePath, Engine.Files.Utf8Order.Instance).Select(f => f.ToNode())));
    }

    /// <summary>Adds a key with a value that is not null, unless the key is there.</summary>
    internal static void AddIfSet(YamlMap map, string key, object? value)
    {
        if (value is not null && map[key] is null)
            map.Add(key, value);
    }
}
