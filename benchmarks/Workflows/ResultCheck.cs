namespace DataVersion.Benchmarks.Workflows;

/// <summary>Whether a step did what it is measured for; a fast wrong result is not one.</summary>
internal static class ResultCheck
{
    private const int Samples = 200;

    /// <summary>Looks at what a timed step left.</summary>
    /// <exception cref="BenchmarkException">It is wrong.</exception>
    public static void After(Operation operation, Contender contender, Measurement measured)
    {
        var dataset = contender.Setting.Dataset;
        if (operation.Timed is Step.Checkout or Step.Switch || operation.Timed == Step.Add)
            Workspace(contender);
        if (contender is not (DataVersionContender or DvcContender))
            return;

        var manifests = dataset.Tracked == TrackedAs.Files ? 0 : 1 + (contender.Contents - dataset.Files) / dataset.Changed;
        if (operation.Timed is Step.Add or Step.Fetch)
            Expect(contender, operation, "objects in the cache", contender.Contents + manifests, Objects(Path.Combine(contender.Repository, ".dvc", "cache")));
        if (operation.Timed is Step.Push)
            Expect(contender, operation, "objects in the remote", contender.Contents + manifests, Objects(contender.Remote));

        var tracked = dataset.Tracked == TrackedAs.Files ? dataset.Files : 1;
        if (measured.Outputs >= 0)
            Expect(contender, operation, "objects given", operation switch
            {
                { Timed: Step.Add } => tracked,
                { NothingToDo: true } => 0,
                { Timed: Step.Checkout } => dataset.Files,
                { Timed: Step.Switch } => dataset.Changed,
                { Timed: Step.Push or Step.Fetch } => contender.Contents + manifests,
                _ => measured.Outputs,
            }, measured.Outputs);
    }

    /// <summary>Compares what two programs recorded of the same data.</summary>
    /// <exception cref="BenchmarkException">Their metadata is not the same, byte by byte.</exception>
    public static void SameMetadata(Contender ours, Contender theirs)
    {
        var names = MetadataFiles(ours);
        if (!names.SequenceEqual(MetadataFiles(theirs)))
            throw new BenchmarkException($"{ours.Name} and {theirs.Name} wrote different .dvc files.");
        foreach (var name in names)
            if (!File.ReadAllBytes(Path.Combine(ours.Repository, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(theirs.Repository, name))))
                throw new BenchmarkException($"{name} of {ours.Name} is not the one of {theirs.Name}:\n"
                    + File.ReadAllText(Path.Combine(ours.Repository, name)) + File.ReadAllText(Path.Combine(theirs.Repository, name)));
    }

    private static void Workspace(Contender contender)
    {
        var dataset = contender.Setting.Dataset;
        var files = new DirectoryInfo(contender.Data).EnumerateFiles("*.bin", SearchOption.AllDirectories).Count();
        if (files != dataset.Files)
            throw new BenchmarkException($"{contender.Name} left {files} of {dataset.Files} files in {contender.Data}.");
        var some = Enumerable.Range(0, Math.Min(Samples, dataset.Files)).Select(i => (int)(i * (long)dataset.Files / Math.Min(Samples, dataset.Files)));
        foreach (var index in some.Concat(contender.Versions.Keys.Take(Samples)))
            if (!DatasetFolder.Holds(contender.Data, dataset, index, contender.Versions.GetValueOrDefault(index)))
                throw new BenchmarkException($"{contender.Name} left wrong bytes in {dataset.PathOf(index)} of {contender.Data}.");
    }

    private static void Expect(Contender contender, Operation operation, string what, long expected, long found)
    {
        if (expected != found)
            throw new BenchmarkException($"{contender.Name}, {operation.Name} of {contender.Setting.Dataset.Name}: {found} {what} instead of {expected}.");
    }

    // Names in a store are two and thirty characters of a hash; a manifest has .dir behind it.
    private static long Objects(string store)
    {
        var folder = Path.Combine(store, "files", "md5");
        return Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder).Sum(d => Directory.EnumerateFiles(d).LongCount(f => Path.GetFileName(f).Split('.')[0].Length == 30)) : 0;
    }

    private static List<string> MetadataFiles(Contender contender) => [.. Directory
        .EnumerateFiles(contender.Repository, "*.dvc", contender.Setting.Dataset.Tracked == TrackedAs.Files ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly)
        .Select(f => Path.GetRelativePath(contender.Repository, f)).Order(StringComparer.Ordinal)];
}
