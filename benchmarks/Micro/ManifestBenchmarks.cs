using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using DataVersion.Engine.Objects;

namespace DataVersion.Benchmarks.Micro;

/// <summary>The object that lists the files of a folder: making, writing, hashing, reading and searching it.</summary>
[MemoryDiagnoser]
public class ManifestBenchmarks
{
    private ManifestEntry[] entries = [];
    private Manifest manifest = Manifest.Empty;
    private byte[] bytes = [];

    /// <summary>Files of the folder.</summary>
    [Params(20_000, 1_000_000)]
    public int Files { get; set; }

    /// <summary>Makes the list, not in order.</summary>
    [GlobalSetup]
    public void Make()
    {
        entries = [.. Enumerable.Range(0, Files).Select(i => new ManifestEntry($"{i % 100:D3}/{i:D7}.bin", HashOf(i)))];
        manifest = Manifest.Create(entries);
        bytes = manifest.ToBytes();
    }

    /// <summary>Sorts and checks.</summary>
    [Benchmark]
    public Manifest Create() => Manifest.Create(entries);

    /// <summary>Text of the object.</summary>
    [Benchmark]
    public byte[] Write() => manifest.ToBytes();

    /// <summary>Sorts, writes and hashes, without keeping the text.</summary>
    [Benchmark]
    public ContentHash CreateAndHash() => Manifest.Create(entries).Hash;

    /// <summary>Reads the text.</summary>
    [Benchmark]
    public Manifest Parse() => Manifest.Parse(bytes, ContentHashAlgorithm.Md5, "manifest");

    /// <summary>Looks for every file.</summary>
    [Benchmark]
    public int FindAll()
    {
        var found = 0;
        foreach (var entry in entries)
            found += manifest.TryGet(entry.Path, out _) ? 1 : 0;
        return found;
    }

    internal static ContentHash HashOf(int index)
    {
        Span<byte> hash = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(hash, (ulong)(index + 1) * 0x9E3779B97F4A7C15);
        BinaryPrimitives.WriteInt32BigEndian(hash[12..], index);
        return new(hash);
    }
}
