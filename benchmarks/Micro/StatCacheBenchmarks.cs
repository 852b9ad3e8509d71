using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using DataVersion.Engine.Files;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Benchmarks.Micro;

/// <summary>Which content a file had when it was last read: loading, asking for all files, saving.</summary>
/// <remarks>One operation is long enough to be an iteration: the usual search for a number of operations took too long to end.</remarks>
[MemoryDiagnoser]
[SimpleJob(RunStrategy.Monitoring, launchCount: 1, warmupCount: 3, iterationCount: 10)]
public class StatCacheBenchmarks
{
    private readonly string file = Path.Combine(Path.GetTempPath(), $"dataversion-stat-cache-{Environment.ProcessId}");
    private string[] paths = [];

    /// <summary>Files that it knows.</summary>
    [Params(20_000, 1_000_000)]
    public int Files { get; set; }

    /// <summary>Fills one.</summary>
    [GlobalSetup]
    public void Fill()
    {
        paths = [.. Enumerable.Range(0, Files).Select(i => $"/home/somebody/project/data/{i % 100:D3}/{i:D7}.bin")];
        var cache = new StatCache(file);
        for (var i = 0; i < paths.Length; i++)
            cache.Record(paths[i], StatOf(i), ManifestBenchmarks.HashOf(i));
        cache.Save();
    }

    /// <summary>Takes it away.</summary>
    [GlobalCleanup]
    public void Delete() => File.Delete(file);

    /// <summary>Loads the file and asks for one path.</summary>
    [Benchmark]
    public bool LoadAndFindOne() => new StatCache(file).TryGet(paths[0], StatOf(0), ContentHashAlgorithm.Md5, out _);

    /// <summary>Loads the file and asks for all paths.</summary>
    [Benchmark]
    public int LoadAndFindAll()
    {
        var cache = new StatCache(file);
        var found = 0;
        for (var i = 0; i < paths.Length; i++)
            found += cache.TryGet(paths[i], StatOf(i), ContentHashAlgorithm.Md5, out _) ? 1 : 0;
        return found == paths.Length ? found : throw new InvalidOperationException("Not all were found.");
    }

    /// <summary>Records one per cent anew and saves.</summary>
    [Benchmark]
    public void RecordSomeAndSave()
    {
        var cache = new StatCache(file);
        for (var i = 0; i < paths.Length; i += 100)
            cache.Record(paths[i], StatOf(i), ManifestBenchmarks.HashOf(i));
        cache.Save();
    }

    private static FileStat StatOf(int index) => new(FileKind.File, 1, (ulong)index + 10, 100, 1_700_000_000_123_456_789 + index, 0x1A4, 1);
}
