using System.Runtime.InteropServices;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>Makes the files of a data set. Equal index, version and size make equal bytes; different ones never do.</summary>
internal static class DatasetFolder
{
    private const int ChunkSize = 1 << 16;
    private const string Marker = ".complete";

    /// <summary>The folder with all files of version 0, made when it is not there yet.</summary>
    /// <param name="parent">Folder for data sets.</param>
    /// <param name="dataset">Which.</param>
    public static string Ensure(string parent, Dataset dataset)
    {
        var folder = Path.Combine(parent, $"{dataset.Name}-{dataset.Files}x{dataset.FileSize}");
        if (!File.Exists(folder + Marker))
        {
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            Write(folder, dataset, Enumerable.Range(0, dataset.Files), version: 0);
            File.WriteAllText(folder + Marker, "");
        }
        return folder;
    }

    /// <summary>Writes files of a version anew; what was there is replaced, not written through.</summary>
    public static void Write(string folder, Dataset dataset, IEnumerable<int> indexes, int version)
    {
        Directory.CreateDirectory(folder);
        for (var i = 0; dataset.Folders > 1 && i < dataset.Folders; i++)
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, dataset.PathOf(i)))!);
        var buffer = new byte[Math.Min(dataset.FileSize, ChunkSize)];
        foreach (var index in indexes)
        {
            var path = Path.Combine(folder, dataset.PathOf(index));
            File.Delete(path);
            using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
            for (var offset = 0L; offset < dataset.FileSize; offset += ChunkSize)
            {
                var chunk = buffer.AsSpan(0, (int)Math.Min(ChunkSize, dataset.FileSize - offset));
                Fill(chunk, index, version, offset);
                file.Write(chunk);
            }
        }
    }

    /// <summary>Whether a file holds that version: its size, its first and its last bytes.</summary>
    public static bool Holds(string folder, Dataset dataset, int index, int version)
    {
        var path = Path.Combine(folder, dataset.PathOf(index));
        if (!File.Exists(path))
            return false;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (file.Length != dataset.FileSize)
            return false;
        foreach (var offset in new[] { 0L, (dataset.FileSize - 1) / ChunkSize * ChunkSize })
        {
            var expected = new byte[(int)Math.Min(ChunkSize, dataset.FileSize - offset)];
            var found = new byte[expected.Length];
            Fill(expected, index, version, offset);
            file.Position = offset;
            file.ReadExactly(found);
            if (!expected.AsSpan().SequenceEqual(found))
                return false;
        }
        return true;
    }

    // SplitMix64: Random with a seed is ten times slower than the disk.
    private static void Fill(Span<byte> bytes, int index, int version, long offset)
    {
        var state = ((ulong)index << 40) ^ ((ulong)version << 24) ^ (ulong)(offset / ChunkSize) ^ 0x5DEECE66D;
        state *= 0xD1342543DE82EF95;
        ulong Next()
        {
            var z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (var i = 0; i < words.Length; i++)
            words[i] = Next();
        Span<byte> rest = stackalloc byte[sizeof(ulong)];
        MemoryMarshal.Write(rest, Next());
        rest[..(bytes.Length % sizeof(ulong))].CopyTo(bytes[(words.Length * sizeof(ulong))..]);
    }
}
