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
    private readonly FileStat[] stats = [.. scan.Files.Select(f => f.Stat)];

    public AddItem Item => item;

    public ScanResult Scan => scan;

    public Manifest? Manifest { get; private set; }

    public ContentHash Hash { get; private set; }

    /// <summary>Bytes of the whole; null where DVC does not know them either (a part was replaced).</summary>
    public long? Size { get; private set; }

    public bool IsExecutable => scan.Kind == FileKind.File && item.Inner.Length == 0 && stats[0].IsExecutable;

    public DataVersionException? Failure { get; set; }

    /// <summary>The recorded content is of DVC 2 and the workspace still holds it: the entry stays as it is.</summary>
    public bool IsUnchangedLegacy { get; private set; }

    public ContentHash HashOf(int file) => hashes[file];

    public FileStat StatOf(int file) => stats[file];

    public void Set(int file, ContentHash hash, FileStat stat) => (hashes[file], stats[file]) = (hash, stat);

    public void KeepLegacy(WorkspaceState state)
    {
        IsUnchangedLegacy = true;
        (Hash, Manifest, Size) = (state.Hash!.Value, state.Manifest, item.Output!.Size);
        for (var i = 0; i < hashes.Length; i++)
            hashes[i] = state.Manifest is null ? Hash : state.Manifest.TryGet(scan.Files[i].Path, out var hash) ? hash : default;
    }

    /// <summary>Works out hash and size of the whole once all files are known.</summary>
    public void MakeManifest()
    {
        if (IsUnchangedLegacy)
            return;
        var total = stats.Sum(s => s.Size);
        if (item.Action != AddAction.UpdatePart)
        {
            Size = total;
            if (scan.Kind == FileKind.File)
                Hash = hashes[0];
            else
                Hash = (Manifest = Manifest.Create(scan.Files.Select((f, i) => new ManifestEntry(f.Path, hashes[i])))).Hash;
            return;
        }
        // The rule of DVC: the size stays known only when entries were added and none replaced, or when nothing changed.
        var replaced = old!.Under(item.Inner).Length > 0 || old.TryGet(item.Inner, out _);
        Manifest = Manifest.Create(old.List.Where(e => !IsInPart(e.Path)).Concat(scan.Files.Select((f, i) =>
            new ManifestEntry(f.Path.Length == 0 ? item.Inner : item.Inner + "/" + f.Path, hashes[i]))));
        Hash = Manifest.Hash;
        var known = item.Output!.Size;
        Size = !replaced && known > 0 && total > 0 ? known + total : Hash == item.Output.Hash ? known : null;
    }

    public DataFile ToDataFile(Repository repository)
    {
        var links = new WorkspaceLinkKinds(repository);
        var absolute = repository.Layout.ToAbsolute(item.Path);
        return new DataFile
        {
            Path = item.Path, FullName = absolute, Hash = Hash, Size = Size, FileCount = Manifest?.Count,
            Kind = Hash.IsDirectory ? DataFileKind.Directory : DataFileKind.File, State = DataFileState.Unchanged, IsExecutable = IsExecutable,
            LinkKind = links.OfAll(scan.Files.Select((f, i) => (WorkspaceReader.PathOf(repository.Layout.ToAbsolute(item.Target), f.Path), hashes[i]))),
            MetadataPath = item.MetadataPath, Stage = item.MetadataPath, Description = item.Output?.Description, Type = item.Output?.Type,
            Labels = item.Output?.Labels ?? [], Remote = item.Output?.Remote,
        };
    }

    private bool IsInPart(string path) => path.StartsWith(item.Inner, StringComparison.Ordinal)
        && (path.Length == item.Inner.Length || path[item.Inner.Length] == '/');
}
