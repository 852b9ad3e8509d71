using System.Buffers;
using System.Security.Cryptography;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Objects;

/// <summary>One file of a tracked directory.</summary>
/// <param name="Path">Path inside the directory, with <c>/</c>.</param>
/// <param name="Hash">The content.</param>
public readonly record struct ManifestEntry(string Path, ContentHash Hash);

/// <summary>
/// The object that lists the files of a tracked directory (format: DVC <c>.dir</c> objects, a JSON array of
/// <c>{"md5": ..., "relpath": ...}</c> sorted by code points). Immutable; empty folders, modes and sizes are not in it.
/// </summary>
public sealed partial class Manifest
{
    private readonly ManifestEntry[] entries;
    private ContentHash? hash;

    private Manifest(ManifestEntry[] sorted, ContentHashAlgorithm algorithm)
    {
        entries = sorted;
        Algorithm = algorithm;
    }

    /// <summary>The manifest of an empty directory.</summary>
    public static Manifest Empty { get; } = new([], ContentHashAlgorithm.Md5);

    /// <summary>The algorithm of the entries' hashes. The manifest's own hash is always the plain MD5 of its bytes.</summary>
    public ContentHashAlgorithm Algorithm { get; }

    /// <summary>The entries in the order of the format: by code points of the path.</summary>
    public ReadOnlySpan<ManifestEntry> Entries => entries;

    /// <summary>The entries in the same order, for code that cannot hold a span.</summary>
    public IReadOnlyList<ManifestEntry> List => entries;

    /// <summary>Number of files.</summary>
    public int Count => entries.Length;

    /// <summary>
    /// The directory hash of the bytes that <see cref="WriteTo"/> writes. A manifest that was parsed keeps its object's
    /// name elsewhere: DVC does not re-serialise what it reads, and objects of other versions may hold more keys.
    /// </summary>
    public ContentHash Hash => hash ??= ComputeHash();

    /// <summary>Makes a manifest of entries in any order.</summary>
    /// <exception cref="DataVersionException">ManifestInvalid: a path that is listed twice, is both file and folder, or
    /// climbs out; entries of another algorithm, or hashes of directories.</exception>
    public static Manifest Create(IEnumerable<ManifestEntry> entries, ContentHashAlgorithm algorithm = ContentHashAlgorithm.Md5)
    {
        var sorted = entries.ToArray();
        foreach (var entry in sorted)
            if (entry.Hash.Algorithm != algorithm || entry.Hash.IsDirectory)
                throw Invalid("a directory", $"the entry '{entry.Path}' has a hash of another kind ({entry.Hash}).");
        return FromEntries(sorted, algorithm, "a directory");
    }

    /// <summary>Writes the object's bytes: ASCII JSON, <c>", "</c> and <c>": "</c>, no newline at the end.</summary>
    public void WriteTo(IBufferWriter<byte> target)
    {
        target.Write("["u8);
        Span<byte> digits = stackalloc byte[32];
        Span<byte> bytes = stackalloc byte[16];
        for (var i = 0; i < entries.Length; i++)
        {
            target.Write(i == 0 ? "{\"md5\": \""u8 : ", {\"md5\": \""u8);
            entries[i].Hash.CopyTo(bytes);
            Convert.TryToHexStringLower(bytes, digits, out _);
            target.Write(digits);
            target.Write("\", \"relpath\": "u8);
            JsonText.AppendEscaped(target, entries[i].Path);
            target.Write("}"u8);
        }
        target.Write("]"u8);
    }

    /// <summary>The object's bytes.</summary>
    public byte[] ToBytes()
    {
        var buffer = new ArrayBufferWriter<byte>((entries.Length * 80) + 2);
        WriteTo(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Finds the content of one file.</summary>
    public bool TryGet(string path, out ContentHash content)
    {
        var index = IndexOf(path);
        content = index >= 0 ? entries[index].Hash : default;
        return index >= 0;
    }

    /// <summary>Position of a file in <see cref="Entries"/>; negative when there is none.</summary>
    public int IndexOf(ReadOnlySpan<char> path)
    {
        var at = LowerBound(path, default);
        return at < entries.Length && path.SequenceEqual(entries[at].Path) ? at : -1;
    }

    /// <summary>All entries inside a folder of the directory (without a trailing <c>/</c>); an empty name means all.</summary>
    public ReadOnlySpan<ManifestEntry> Under(string folder)
    {
        var (start, end) = RangeUnder(folder);
        return entries.AsSpan(start, end - start);
    }

    /// <summary>True when at least one entry is inside this folder.</summary>
    public bool HasFolder(string folder)
    {
        var (start, end) = RangeUnder(folder);
        return end > start;
    }

    private (int Start, int End) RangeUnder(ReadOnlySpan<char> folder) => folder.IsEmpty
        ? (0, entries.Length)
        // '0' follows '/' in every order of code points, so folder + '0' is the first text behind everything inside.
        : (LowerBound(folder, "/"), LowerBound(folder, "0"));

    // First entry that does not come before path + suffix.
    private int LowerBound(ReadOnlySpan<char> path, ReadOnlySpan<char> suffix)
    {
        var (low, high) = (0, entries.Length);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (CompareTo(entries[middle].Path, path, suffix) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    private static int CompareTo(ReadOnlySpan<char> text, ReadOnlySpan<char> path, ReadOnlySpan<char> suffix)
    {
        if (suffix.IsEmpty || !text.StartsWith(path, StringComparison.Ordinal))
            return Utf8Order.Compare(text, path);
        return Utf8Order.Compare(text[path.Length..], suffix);
    }

    private ContentHash ComputeHash()
    {
        using var writer = new HashingWriter();
        WriteTo(writer);
        return writer.Finish(Algorithm);
    }

    /// <summary>Hashes what is written in pieces, so that a manifest of a million entries needs no array of its size.</summary>
    private sealed class HashingWriter : IBufferWriter<byte>, IDisposable
    {
        private readonly IncrementalHash md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        private byte[] buffer = new byte[64 * 1024];
        private int length;

        public void Advance(int count) => length += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => Room(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => Room(sizeHint).Span;

        public ContentHash Finish(ContentHashAlgorithm algorithm)
        {
            Flush();
            Span<byte> bytes = stackalloc byte[16];
            md5.GetHashAndReset(bytes);
            return new ContentHash(bytes, algorithm, isDirectory: true);
        }

        public void Dispose() => md5.Dispose();

        private Memory<byte> Room(int size)
        {
            if (buffer.Length - length < Math.Max(size, 1))
                Flush();
            if (buffer.Length < size)
                buffer = new byte[size];
            return buffer.AsMemory(length);
        }

        private void Flush()
        {
            md5.AppendData(buffer.AsSpan(0, length));
            length = 0;
        }
    }
}
