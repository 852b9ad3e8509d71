using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>What is known of one item while it is added: its files, their hashes, at last its manifest.</summary>
/// <param name="item">The item.</param>
/// <param name="scan">What was found.</param>
/// <param name="old">For a part: the manifest recorded for the whole folder.</param>
internal sealed class AddedContent(AddItem item, ScanResult scan, Manifest? old)
{
    private readonly ContentHash[] hashes = new ContentHash[scan.Files.Count];
    private readonly FileStat[] objects = new FileStat[scan.Files.Count];
    private readonly LinkKind?[] kinds = new LinkKind?[scan.Files.Count];
    private readonly FileStat[] stats = [.. scan.Files.Select(f => f.Stat)];

    public AddItem Item => item;

    public ScanResult Scan => scan;

    /// <summary>For a part: the manifest recorded for the whole folder.</summary>
    public Manifest? Old => old;

    public Manifest? Manifest { get; private set; }

    public ContentHash Hash { get; private set; }

    /// <summary>Bytes of the whole; null where DVC does not know them either (a part was replaced).</summary>
    public long? Size { get; private set; }

    public bool IsExecutable => scan.Kind == FileKind.File && item.Inner.Length == 0 && stats[0].IsExecutable;

    public DataVersionException? Failure { get; set; }

    /// <summary>The recorded content is of DVC 2 and the workspace still holds it: the entry stays as it is.</summary>
    public bool IsUnchangedLegacy { get; private set; }

    public ContentHash HashOf(int file) => hashes[file];

    /// <summary>The stat of the object of a file, when it was looked at.</summary>
    public FileStat ObjectOf(int file) => objects[file];

    public void SetObject(int file, FileStat stat) => objects[file] = stat;

    /// <summary>How a file is connected to its object, once that is known.</summary>
    public void SetKind(int file, LinkKind kind) => kinds[file] = kind;

    public FileStat StatOf(int file) => stats[file];

    public void Set(int file, ContentHash hash, FileStat stat) => (hashes[file], stats[file]) = (hash, stat);

    public void KeepLegacy(WorkspaceState state)
    {
        IsUnchangedLegacy = true;
        (Hash, Manifest, Size) = (state.Hash!.Value, state.Manifest, item.Output!.Size);
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = state.Manifest is null ? Hash : state.Manifest.TryGet(scan.Files[i].Path, out var hash) ? hash : default;
    }

    /// <summary>Works out hash and size once all files are known; a part also needs the other parts of its folder.</summary>
    public void MakeManifest()
    {
        if (IsUnchangedLegacy || item.Action == AddAction.UpdatePart)
            return;
        Size = stats.Sum(s => s.Size);
        Hash = scan.Kind == FileKind.File
            ? hashes[0]
            : (Manifest = Manifest.Create(scan.Files.Select((f, i) => new ManifestEntry(f.Path, hashes[i])))).Hash;
    }

    /// <summary>Puts this part into its folder.</summary>
    public void PutInto(FolderParts parts) => parts.Replace(item.Inner,
        [.. scan.Files.Select((f, i) => new ManifestEntry(f.Path.Length == 0 ? item.Inner : item.Inner + "/" + f.Path, hashes[i]))],
        stats.Sum(s => s.Size));

    /// <summary>Takes over what the folder became.</summary>
    public void BelongTo(Manifest manifest, long? size) => (Manifest, Hash, Size) = (manifest, manifest.Hash, size);

    /// <summary>The files of the folder, as an entry lists them whose remote keeps versions.</summary>
    public IEnumerable<TrackedFileEntry> ListFiles(Repository repository)
    {
        var folder = repository.Layout.ToAbsolute(item.Path);
        foreach (var entry in Manifest!.List)
        {
            var here = FileStat.Read(WorkspaceReader.PathOf(folder, entry.Path), followLinks: true);
            var stored = repository.Stores.Current.Stat(entry.Hash);
            yield return new TrackedFileEntry
            {
                RelativePath = entry.Path, Hash = entry.Hash, IsExecutable = here is { Kind: FileKind.File, IsExecutable: true },
                Size = stored.Kind == FileKind.File ? stored.Size : here.Kind == FileKind.File ? here.Size : null,
            };
        }
    }

    public DataFile ToDataFile(Repository repository)
    {
        var absolute = repository.Layout.ToAbsolute(item.Path);
        return new DataFile
        {
            Path = item.Path, FullName = absolute, Hash = Hash, Size = Size, FileCount = Manifest?.Count,
            Kind = Hash.IsDirectory ? DataFileKind.Directory : DataFileKind.File, State = DataFileState.Unchanged,
            IsCached = repository.IsPresent(Hash), IsExecutable = IsExecutable,
            LinkKind = CommonKind(repository),
            MetadataPath = item.MetadataPath, Stage = item.MetadataPath, Description = item.Output?.Description, Type = item.Output?.Type,
            Labels = item.Output?.Labels ?? [], Remote = item.Output?.Remote,
        };
    }

    /// <summary>How all files are connected to the cache; null when they differ.</summary>
    public LinkKind? CommonKind(Repository repository)
    {
        if (Array.IndexOf(kinds, null) < 0 && kinds.Length > 0)
            return Array.TrueForAll(kinds, kind => kind == kinds[0]) ? kinds[0] : null;
        var folder = repository.Layout.ToAbsolute(item.Target);
        // What was copied here from elsewhere has another stat than its source.
        var isSource = folder == item.Source;
        return new WorkspaceLinkKinds(repository).OfAll([.. scan.Files.Select((f, i) => new LinkedFile(WorkspaceReader.PathOf(folder, f.Path), hashes[i],
            f.IsSymlink || !isSource ? default : stats[i], objects[i], kinds[i]))]);
    }
}
