using BenchmarkDotNet.Attributes;
using DataVersion.Engine.Metadata;

namespace DataVersion.Benchmarks.Micro;

/// <summary>YAML: the small file beside each tracked path, and the lock file of a large pipeline.</summary>
[MemoryDiagnoser]
public class MetadataBenchmarks
{
    private const int Stages = 200;
    private const string DataFile = """
        outs:
        - md5: 05f31ede93596324dc88b68b8fcdea16.dir
          size: 51
          nfiles: 20
          hash: md5
          path: data

        """;

    private readonly string commented = "# kept\n" + DataFile + "meta:\n  source: laboratory 3\n";
    private readonly string lockFile = "schema: '2.0'\nstages:\n" + string.Concat(Enumerable.Range(0, Stages).Select(i => $"""
          stage{i}:
            cmd: python train.py --fold {i}
            deps:
            - path: data/{i}
              hash: md5
              md5: 05f31ede93596324dc88b68b8fcdea16.dir
              size: 51
              nfiles: 20
            outs:
            - path: model/{i}.bin
              hash: md5
              md5: a9f7e97965d6cf799a529102a973b8b9
              size: 2

        """));

    /// <summary>Reads a .dvc file.</summary>
    [Benchmark]
    public DataFileDocument ParseDataFile() => DataFileDocument.Parse(DataFile, "data.dvc");

    /// <summary>Writes one that is new.</summary>
    [Benchmark]
    public string WriteDataFile() => DataFileDocument.CreateNew("data.dvc", DataFileDocument.Parse(DataFile, "data.dvc").Outputs).ToText();

    /// <summary>Reads one with comments and writes it with another description.</summary>
    [Benchmark]
    public string EditDataFile()
    {
        var document = DataFileDocument.Parse(commented, "data.dvc");
        document.Description = "new";
        return document.ToText();
    }

    /// <summary>Reads a dvc.lock of 200 stages.</summary>
    [Benchmark]
    public LockFile ParseLockFile() => LockFile.Parse(lockFile, "dvc.lock");
}
