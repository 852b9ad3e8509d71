using System.Collections.Concurrent;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// Remembers which content a file had when it was last read, so that it is not read again while device, inode, size and
/// modification time stay the same. It is a cache: deleting or corrupting its file costs time, never correctness.
/// <para>
/// Racy edits: a change made within the same tick of the file system's clock as the recorded time would not be seen.
/// So a file is recorded only once its time lies a full tick in the past; files that this module placed itself carry
/// such a time from the start.
/// </para>
/// <para>
/// On disk: a header of 32 bytes and fixed-size records sorted by the 128-bit hash of the path, searched without parsing.
/// </para>
/// </summary>
public sealed class StatCache : IStatRecords
{
    private const ulong Magic = 0x3130_5441_5453_5644; // "DVSTAT01"
    private const int HeaderSize = 32;
    private const long TickNs = 12_000_000;             // the kernel stamps files with its timer: 100 Hz at worst
    private const long CoarseTickNs = 2_100_000_000;    // FAT: two seconds
    private const int UnusedDaysKept = 60;

    private readonly string file;
    private readonly ConcurrentDictionary<UInt128, Entry> fresh = new();
    private readonly Lock loading = new();
    private byte[]? stored;

    /// <summary>A cache kept in this file; it is read when first needed.</summary>
    public StatCache(string file) => this.file = file;

    private static uint Today => (uint)(DateTime.UtcNow - DateTime.UnixEpoch).TotalDays;

    /// <inheritdoc/>
    public bool TryGet(string absolutePath, in FileStat stat, ContentHashAlgorithm algorithm, out ContentHash hash)
    {
        var key = KeyOf(absolutePath, algorithm);
        if (!fresh.TryGetValue(key, out var entry) && !TryFindStored(key, out entry))
        {
            hash = default;
            return false;
        }
        hash = entry.Hash(algorithm);
        return !entry.IsForgotten && entry.Matches(stat);
    }

    /// <inheritdoc/>
    public void Record(string absolutePath, in FileStat stat, ContentHash hash)
    {
        if (stat.Kind == FileKind.File && IsOlderThanATick(stat.ModifiedNs))
            fresh[KeyOf(absolutePath, hash.Algorithm)] = new Entry(KeyOf(absolutePath, hash.Algorithm), stat, hash, Today);
    }

    /// <inheritdoc/>
    public void Forget(string absolutePath)
    {
        foreach (var algorithm in (ReadOnlySpan<ContentHashAlgorithm>)[ContentHashAlgorithm.Md5, ContentHashAlgorithm.Md5Dos2Unix])
            fresh[KeyOf(absolutePath, algorithm)] = Entry.Forgotten(KeyOf(absolutePath, algorithm));
    }

    /// <summary>
    /// Writes what was learnt, merged with what another process may have written meanwhile. Never fails the caller:
    /// without a writable file the next command reads the files again.
    /// </summary>
    public void Save()
    {
        if (fresh.IsEmpty)
            return;
        try
        {
            var news = fresh.Values.ToArray();
            Array.Sort(news);
            Write(Merge(MemoryMarshal.Cast<byte, Entry>(ReadFile().AsSpan()), news));
            fresh.Clear();
            lock (loading)
                stored = null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written is only slow.
        }
    }

    private static bool IsOlderThanATick(long modifiedNs)
    {
        var tick = modifiedNs % 1_000_000_000 == 0 ? CoarseTickNs : TickNs;
        return (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100 - modifiedNs > tick;
    }

    private static UInt128 KeyOf(string path, ContentHashAlgorithm algorithm)
    {
        Span<byte> bytes = path.Length <= 256 ? stackalloc byte[1024] : new byte[Encoding.UTF8.GetMaxByteCount(path.Length)];
        return XxHash128.HashToUInt128(bytes[..Encoding.UTF8.GetBytes(path, bytes)], (long)algorithm);
    }

    private bool TryFindStored(UInt128 key, out Entry found)
    {
        var entries = MemoryMarshal.Cast<byte, Entry>(Stored().AsSpan());
        int low = 0, high = entries.Length - 1;
        while (low <= high)
        {
            var middle = low + ((high - low) >> 1);
            var order = entries[middle].Key.CompareTo(key);
            if (order == 0)
            {
                found = entries[middle];
                if (found.LastUsedDay != Today)
                    fresh.TryAdd(key, found with { LastUsedDay = Today });
                return true;
            }
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        found = default;
        return false;
    }

    private byte[] Stored()
    {
        lock (loading)
            return stored ??= ReadFile();
    }

    private byte[] ReadFile()
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            var header = new byte[HeaderSize];
            stream.ReadExactly(header);
            var fields = MemoryMarshal.Cast<byte, ulong>(header);
            var size = stream.Length - HeaderSize;
            if (fields[0] != Magic || fields[1] * (ulong)Entry.Bytes != (ulong)size || size > int.MaxValue)
                return [];
            var records = GC.AllocateUninitializedArray<byte>((int)size);
            stream.ReadExactly(records);
            return XxHash3.HashToUInt64(records) == fields[2] ? records : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static List<Entry> Merge(ReadOnlySpan<Entry> old, Entry[] news)
    {
        var merged = new List<Entry>(old.Length + news.Length);
        var oldest = Today - UnusedDaysKept;
        int i = 0, j = 0;
        while (i < old.Length || j < news.Length)
        {
            var order = i == old.Length ? 1 : j == news.Length ? -1 : old[i].Key.CompareTo(news[j].Key);
            if (order < 0)
            {
                if (old[i].LastUsedDay >= oldest)
                    merged.Add(old[i]);
                i++;
                continue;
            }
            if (!news[j].IsForgotten)
                merged.Add(news[j]);
            j++;
            if (order == 0)
                i++;
        }
        return merged;
    }

    private void Write(List<Entry> entries)
    {
        var records = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(entries));
        ReadOnlySpan<ulong> header = [Magic, (ulong)entries.Count, XxHash3.HashToUInt64(records), 0];
        var folder = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(folder);
        var temporary = AtomicFile.TemporaryName(folder);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0))
            {
                stream.Write(MemoryMarshal.AsBytes(header));
                stream.Write(records);
            }
            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    [StructLayout(LayoutKind.Sequential, Pack = 8)]
    private readonly record struct Entry : IComparable<Entry>
    {
        public const int Bytes = 72;

        private readonly ulong keyHigh, keyLow;
        private readonly ulong device, inode;
        private readonly long size, modifiedNs;
        private readonly ulong hashHigh, hashLow;
        private readonly uint state; // 1 = forgotten

        public Entry(UInt128 key, in FileStat stat, ContentHash hash, uint day)
        {
            (keyHigh, keyLow) = ((ulong)(key >> 64), (ulong)key);
            (device, inode, size, modifiedNs) = (stat.Device, stat.Inode, stat.Size, stat.ModifiedNs);
            Span<byte> bytes = stackalloc byte[16];
            hash.CopyTo(bytes);
            hashHigh = MemoryMarshal.Read<ulong>(bytes);
            hashLow = MemoryMarshal.Read<ulong>(bytes[8..]);
            LastUsedDay = day;
        }

        private Entry(UInt128 key)
            : this(key, default, default, 0) => state = 1;

        public uint LastUsedDay { get; init; }

        public UInt128 Key => new(keyHigh, keyLow);

        public bool IsForgotten => state == 1;

        public static Entry Forgotten(UInt128 key) => new(key);

        public bool Matches(in FileStat stat) => stat.Kind == FileKind.File
            && stat.Device == device && stat.Inode == inode && stat.Size == size && stat.ModifiedNs == modifiedNs;

        public ContentHash Hash(ContentHashAlgorithm algorithm)
        {
            Span<byte> bytes = stackalloc byte[16];
            MemoryMarshal.Write(bytes, hashHigh);
            MemoryMarshal.Write(bytes[8..], hashLow);
            return new ContentHash(bytes, algorithm);
        }

        public int CompareTo(Entry other) => Key.CompareTo(other.Key);
    }
}
