using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>A tracked path to look at.</summary>
/// <param name="Path">Absolute path.</param>
/// <param name="Algorithm">How to hash what is there.</param>
public sealed record ReadRequest(string Path, ContentHashAlgorithm Algorithm);

/// <summary>A file of the workspace with its content hash.</summary>
/// <param name="Path">Path relative to the tracked path, with <c>/</c>; empty when the tracked path is the file itself.</param>
/// <param name="Stat">Of the content: links are followed.</param>
/// <param name="IsSymlink">Whether the name itself is a symbolic link.</param>
/// <param name="Hash">Name of the content; null when it could not be read.</param>
public readonly record struct WorkspaceFile(string Path, FileStat Stat, bool IsSymlink, ContentHash? Hash);

/// <summary>What the workspace holds at a tracked path.</summary>
public sealed class WorkspaceState
{
    internal WorkspaceState(ReadRequest request, ScanResult scan, WorkspaceFile[] files, IReadOnlyList<DataVersionException> failures)
    {
        (Path, Kind, IsSymlink, Obstacles) = (request.Path, scan.Kind, scan.IsSymlink, scan.Obstacles);
        Files = files;
        Failures = failures;
        if (failures.Count > 0 || (scan.Obstacles.Count > 0 && scan.Kind != FileKind.Directory))
            return;
        if (Kind == FileKind.File)
            Hash = files[0].Hash;
        else if (Kind == FileKind.Directory)
        {
            Manifest = Manifest.Create(Array.ConvertAll(files, f => new ManifestEntry(f.Path, f.Hash!.Value)), request.Algorithm);
            Hash = Manifest.Hash;
        }
    }

    /// <summary>Absolute path.</summary>
    public string Path { get; }

    /// <summary>File, folder, or nothing.</summary>
    public FileKind Kind { get; }

    /// <summary>Whether the path itself is a symbolic link.</summary>
    public bool IsSymlink { get; }

    /// <summary>The file, or all files below the folder, ordered by the UTF-8 bytes of their paths.</summary>
    public IReadOnlyList<WorkspaceFile> Files { get; }

    /// <summary>Names that cannot be tracked.</summary>
    public IReadOnlyList<ScanObstacle> Obstacles { get; }

    /// <summary>Files that could not be read.</summary>
    public IReadOnlyList<DataVersionException> Failures { get; }

    /// <summary>Content of the whole; null when nothing is there or a file could not be read.</summary>
    public ContentHash? Hash { get; }

    /// <summary>The manifest of a folder.</summary>
    public Manifest? Manifest { get; }

    /// <summary>Bytes in all.</summary>
    public long Size => Files.Sum(f => f.Stat.Size);
}

/// <summary>Reads the state of many tracked paths at once: one walk each, then one batch of hashing for what changed.</summary>
public static class WorkspaceReader
{
    /// <summary>Looks at these paths; files whose stat is known are not read.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static IReadOnlyList<WorkspaceState> Read(Repository repository, IReadOnlyList<ReadRequest> requests, OperationContext context)
    {
        var scans = new ScanResult[requests.Count];
        var files = new WorkspaceFile[requests.Count][];
        var toHash = new List<HashRequest>();
        var places = new List<(int Request, int File)>();
        for (var i = 0; i < requests.Count; i++)
        {
            scans[i] = DirectoryScanner.Scan(requests[i].Path, repository.Layout, repository.Ignore, context.Cancellation);
            files[i] = new WorkspaceFile[scans[i].Files.Count];
            for (var j = 0; j < files[i].Length; j++)
            {
                var file = scans[i].Files[j];
                var path = PathOf(requests[i].Path, file.Path);
                var known = repository.Stats.TryGet(path, file.Stat, requests[i].Algorithm, out var hash);
                files[i][j] = new WorkspaceFile(file.Path, file.Stat, file.IsSymlink, known ? hash : null);
                if (known)
                    continue;
                toHash.Add(new HashRequest(path, requests[i].Algorithm, file.Stat.Size));
                places.Add((i, j));
            }
            // Of a million files the list would be in memory twice.
            scans[i] = scans[i] with { Files = [] };
        }
        var failures = HashAll(repository, toHash, places, files, context);
        return [.. requests.Select((request, i) =>
        {
            Array.Sort(files[i], static (a, b) => Utf8Order.Compare(a.Path, b.Path));
            return new WorkspaceState(request, scans[i], files[i], failures.GetValueOrDefault(i) ?? []);
        })];
    }

    /// <summary>The absolute path of a file below a tracked path.</summary>
    internal static string PathOf(string tracked, string inner) => inner.Length == 0 ? tracked
        : System.IO.Path.Join(tracked, System.IO.Path.DirectorySeparatorChar == '/' ? inner : inner.Replace('/', System.IO.Path.DirectorySeparatorChar));

    private static Dictionary<int, List<DataVersionException>> HashAll(Repository repository, List<HashRequest> toHash,
        List<(int Request, int File)> places, WorkspaceFile[][] files, OperationContext context)
    {
        var failures = new Dictionary<int, List<DataVersionException>>();
        if (toHash.Count == 0)
            return failures;
        HashPipeline.Hash(toHash, repository.Settings.ChecksumJobs, (index, outcome) =>
        {
            var (request, file) = places[index];
            if (outcome.Status == HashStatus.Hashed)
            {
                files[request][file] = files[request][file] with { Hash = outcome.Hash, Stat = outcome.After };
                repository.Stats.Record(toHash[index].Path, outcome.After, outcome.Hash);
                return;
            }
            lock (failures)
            {
                if (!failures.TryGetValue(request, out var list))
                    failures[request] = list = [];
                list.Add(outcome.Error!);
            }
        }, context);
        return failures;
    }
}
