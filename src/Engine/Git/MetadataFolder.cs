namespace DataVersion.Engine.Git;

/// <summary>
/// What a tree of Git holds that matters to DVC: its metadata files, and the folders below that hold some. Equal trees
/// of different revisions are one object.
/// </summary>
/// <param name="Files">Metadata and <c>.dvcignore</c> files directly in it.</param>
/// <param name="Folders">Folders in it.</param>
/// <param name="IsRepository">It holds a folder <c>.dvc</c>: a repository of its own.</param>
internal sealed record MetadataFolder(GitTreeEntry[] Files, (string Name, MetadataFolder Folder)[] Folders, bool IsRepository)
{
    /// <summary>A folder without any.</summary>
    public static MetadataFolder Empty { get; } = new([], [], false);

    private Dictionary<string, string>? ids;

    /// <summary>The name of the content of a file directly in it; null when there is none.</summary>
    public string? IdOf(ReadOnlySpan<char> name)
    {
        if (ids is null)
        {
            var all = new Dictionary<string, string>(Files.Length, StringComparer.Ordinal);
            foreach (var file in Files)
                all.TryAdd(file.Name, file.Id);
            ids = all;
        }
        return ids.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var id) ? id : null;
    }

    /// <summary>Whether a file of this name is metadata or decides what is.</summary>
    public static bool Concerns(string name) => IsMetadata(name) || name == ".dvcignore";

    /// <summary>Whether a file of this name is metadata: <c>*.dvc</c>, <c>dvc.yaml</c>, <c>dvc.lock</c>.</summary>
    public static bool IsMetadata(string name) => name.EndsWith(".dvc", StringComparison.Ordinal) || name is "dvc.yaml" or "dvc.lock";
}

/// <summary>Reads <see cref="MetadataFolder"/>s; a tree that was seen in any revision is never read again.</summary>
internal sealed class MetadataFolderReader(GitObjectReader reader)
{
    private sealed record Listing(GitTreeEntry[] Files, GitTreeEntry[] Folders, bool IsRepository);

    private readonly Dictionary<string, MetadataFolder> known = [];
    private readonly Lock gate = new();

    /// <summary>The folder that a tree is.</summary>
    public MetadataFolder Read(string tree, CancellationToken cancellation = default)
    {
        lock (gate)
        {
            if (known.TryGetValue(tree, out var found))
                return found;
            // Level by level, so that git is asked for a whole level at once.
            var listings = new Dictionary<string, Listing>();
            var level = new List<string> { tree };
            while (level.Count > 0)
            {
                var objects = reader.Read(level, cancellation);
                var next = new HashSet<string>();
                for (var i = 0; i < level.Count; i++)
                {
                    var listing = List(level[i], objects[i]);
                    listings[level[i]] = listing;
                    foreach (var folder in listing.Folders)
                        if (!known.ContainsKey(folder.Id) && !listings.ContainsKey(folder.Id))
                            next.Add(folder.Id);
                }
                level = [.. next];
            }
            return Build(tree, listings);
        }
    }

    private static Listing List(string id, GitObject? tree)
    {
        if (tree is not { Type: GitObjectType.Tree })
            throw new DataVersionException(DataErrorKind.GitFailed, $"The Git tree {id} is missing.", null,
                "Fetch the missing history (a partial clone?) or run 'git fsck'.");
        var files = new List<GitTreeEntry>();
        var folders = new List<GitTreeEntry>();
        var isRepository = false;
        foreach (var entry in GitTreeEntry.Parse(tree))
        {
            if (entry.IsFolder && entry.Name == ".dvc")
                isRepository = true;
            else if (entry.IsFolder)
                folders.Add(entry);
            else if (entry.IsFile && MetadataFolder.Concerns(entry.Name))
                files.Add(entry);
        }
        return new Listing([.. files], [.. folders], isRepository);
    }

    private MetadataFolder Build(string id, Dictionary<string, Listing> listings)
    {
        if (known.TryGetValue(id, out var done))
            return done;
        var listing = listings[id];
        var folders = new List<(string, MetadataFolder)>();
        foreach (var entry in listing.Folders)
            if (Build(entry.Id, listings) is var folder && !ReferenceEquals(folder, MetadataFolder.Empty))
                folders.Add((entry.Name, folder));
        var built = listing.Files.Length == 0 && folders.Count == 0 && !listing.IsRepository
            ? MetadataFolder.Empty
            : new MetadataFolder(listing.Files, [.. folders], listing.IsRepository);
        known[id] = built;
        return built;
    }
}
