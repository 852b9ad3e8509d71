namespace DataVersion.Benchmarks.Workflows;

/// <summary>A data set: so many files of such a size in so many folders.</summary>
/// <param name="Name">As typed.</param>
/// <param name="Files">Number of files.</param>
/// <param name="FileSize">Bytes of each.</param>
/// <param name="Folders">Folders that the files are spread over; one is the tracked folder itself.</param>
/// <param name="Tracked">What is added.</param>
internal sealed record Dataset(string Name, int Files, long FileSize, int Folders = 1, TrackedAs Tracked = TrackedAs.Folder)
{
    private const long LargeFile = 1 << 20;

    /// <summary>All data sets of the benchmark, of the sizes that it is meant for.</summary>
    public static IReadOnlyList<Dataset> All { get; } =
    [
        new("small", 10, 1_000),
        new("many-10k", 20_000, 10_000),
        new("many-100k", 20_000, 100_000),
        new("tiny", 70_000, 275, Folders: 10),
        new("single", 2_105, 10_000, Tracked: TrackedAs.Files),
        new("large", 4, 1L << 30),
        new("huge", 1, 8L << 30, Tracked: TrackedAs.Files),
        new("million", 1_000_000, 100, Folders: 100),
    ];

    /// <summary>Bytes of all files.</summary>
    public long Bytes => Files * FileSize;

    /// <summary>Few large files, whose bytes cost more than their number.</summary>
    public bool IsLarge => FileSize >= LargeFile;

    /// <summary>Files of a version that differ from the one before: one per cent, at least one.</summary>
    public int Changed => Math.Max(1, Files / 100);

    /// <summary>The data set of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Dataset Named(string name) => All.FirstOrDefault(d => d.Name == name)
        ?? throw new ArgumentException($"'{name}' is not a data set; there are {string.Join(", ", All.Select(d => d.Name))}.");

    /// <summary>Fewer files; of a large one smaller files. The small one stays as it is.</summary>
    public Dataset Scaled(double factor) => Name == "small" ? this
        : IsLarge ? this with { FileSize = Math.Max(LargeFile, (long)(FileSize * factor)) }
        : this with { Files = Math.Max(Folders, (int)(Files * factor)) };

    /// <summary>Path of a file inside the tracked folder.</summary>
    public string PathOf(int index) => Folders == 1 ? $"{index:D7}.bin" : $"{index % Folders:D3}/{index:D7}.bin";

    /// <summary>Indexes of the files that a version changes; those of the versions before and after are others.</summary>
    public IEnumerable<int> ChangedBy(int version) =>
        Enumerable.Range(0, Changed).Select(i => (int)((i * (long)Files / Changed + version) % Files));

    /// <summary>For reports.</summary>
    public override string ToString() => $"{Files:N0} x {Quantity.Size(FileSize)}"
        + (Tracked == TrackedAs.Files ? ", each with a .dvc" : Folders > 1 ? $" in {Folders} folders" : "");
}

/// <summary>What of a data set is added.</summary>
internal enum TrackedAs
{
    /// <summary>The folder as a whole.</summary>
    Folder,

    /// <summary>Each file on its own.</summary>
    Files,
}
