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
    private const int UnusedDaysKept = 60;
    private const int Guesses = 6;
    private const int EntriesOfBlock = 4096;

    private readonly string file;
    private readonly StatEntryTable fresh = new();
    private readonly Lock loading = new();
    private byte[]? stored;
    private byte[] storedHeader = [];

    /// <summary>A cache kept in this file; it is read when first needed.</summary>
    public StatCache(string file) => this.file = file;

    private static uint Today => (uint)(DateTime.UtcNow - DateTime.UnixEpoch).TotalDays;

    /// <inheritdoc/>
    public bool TryGet(ReadOnlySpan<char> absolutePath, in FileStat stat, ContentHashAlgorithm algorithm, out ContentHash hash)
    {
        var key = KeyOf(absolutePath, algorithm);
        if (!fresh.TryGet(key, out var entry) && !TryFindStored(key, out entry))
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
        if (stat.Kind == FileKind.File && FileStamp.IsOlderThanATick(stat.ModifiedNs))
            fresh.Set(new StatEntry(KeyOf(absolutePath, hash.Algorithm), stat, hash, Today));
    }

    /// <inheritdoc/>
    public void Forget(string absolutePath)
    {
        foreach (var algorithm in (ReadOnlySpan<ContentHashAlgorithm>)[ContentHashAlgorithm.Md5, ContentHashAlgorithm.Md5Dos2Unix])
            fresh.Set(StatEntry.Forgotten(KeyOf(absolutePath, algorithm)));
    }

    /// <summary>
    /// Writes what was learnt, merged with what another process may have written meanwhile. Never fails the caller:
    /// without a writable file the next command reads the files again.
    /// </summary>
    public void Save()
    {
        if (fresh.Count == 0)
            return;
        try
        {
            Write(OldEntries());
            fresh.Clear();
            lock (loading)
                stored = null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A cache that cannot be written is only slow.
        }
    }

    private static UInt128 KeyOf(ReadOnlySpan<char> path, ContentHashAlgorithm algorithm)
    {
        Span<byte> bytes = path.Length <= 256 ? stackalloc byte[1024] : new byte[Encoding.UTF8.GetMaxByteCount(path.Length)];
        return XxHash128.HashToUInt128(bytes[..Encoding.UTF8.GetBytes(path, bytes)], (long)algorithm);
    }

    private bool TryFindStored(UInt128 key, out StatEntry found)
    {
        var entries = MemoryMarshal.Cast<byte, StatEntry>(Stored().AsSpan());
        var wanted = (ulong)(key >> 64);
        int low = 0, high = entries.Length - 1;
        for (var guesses = Guesses; low <= high; guesses--)
        {
            var middle = low + ((high - low) >> 1);
            // Keys are spread evenly, so their size tells about where they are.
            var (first, last) = (entries[low].KeyHigh, entries[high].KeyHigh);
            if (guesses > 0 && first < wanted && wanted < last)
                middle = Math.Clamp(low + (int)((double)(wanted - first) / (last - first) * (high - low)), low, high);
            var order = entries[middle].Key.CompareTo(key);
            if (order == 0)
            {
                found = entries[middle];
                if (found.LastUsedDay != Today)
                    fresh.TryAdd(found with { LastUsedDay = Today });
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

    // Another process may have saved since it was loaded; if not, it need not be read again.
    private byte[] OldEntries()
    {
        lock (loading)
        {
            if (stored is { Length: > 0 } && ReadFile(justHeader: true).AsSpan().SequenceEqual(storedHeader))
                return stored;
            return stored = ReadFile();
        }
    }

    private byte[] ReadFile(bool justHeader = false)
    {
        try
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0);
            var header = new byte[HeaderSize];
            stream.ReadExactly(header);
            if (justHeader)
                return header;
            var fields = MemoryMarshal.Cast<byte, ulong>(header);
            var size = stream.Length - HeaderSize;
            if (fields[0] != Magic || fields[1] * StatEntry.Bytes != (ulong)size || size > Array.MaxLength)
                return [];
            var records = GC.AllocateUninitializedArray<byte>((int)size);
            stream.ReadExactly(records);
            if (XxHash3.HashToUInt64(records) != fields[2])
                return [];
            storedHeader = header;
            return records;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    // Old and new entries in one order, the new one of two, without what is forgotten or was not used for long.
    private IEnumerable<StatEntry> Merge(byte[] old)
    {
        StatEntry Old(int index) => MemoryMarshal.Read<StatEntry>(old.AsSpan(index * StatEntry.Bytes));
        var (count, next, oldest) = (old.Length / StatEntry.Bytes, 0, Today - UnusedDaysKept);
        foreach (var entry in fresh.InOrder())
        {
            for (; next < count && Old(next) is var kept && kept.CompareTo(entry) <= 0; next++)
                if (kept.Key != entry.Key && kept.LastUsedDay >= oldest)
                    yield return kept;
            if (!entry.IsForgotten)
                yield return entry;
        }
        for (; next < count; next++)
            if (Old(next) is var kept && kept.LastUsedDay >= oldest)
                yield return kept;
    }

    private void Write(byte[] old)
    {
        var folder = Path.GetDirectoryName(file)!;
        Directory.CreateDirectory(folder);
        var temporary = AtomicFile.TemporaryName(folder);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0))
            {
                stream.Position = HeaderSize;
                var block = new StatEntry[EntriesOfBlock];
                var (held, total, check) = (0, 0UL, new XxHash3());
                void Put()
                {
                    var bytes = MemoryMarshal.AsBytes(block.AsSpan(0, held));
                    check.Append(bytes);
                    stream.Write(bytes);
                    total += (ulong)held;
                    held = 0;
                }
                foreach (var entry in Merge(old))
                {
                    block[held++] = entry;
                    if (held == block.Length)
                        Put();
                }
                Put();
                ReadOnlySpan<ulong> header = [Magic, total, check.GetCurrentHashAsUInt64(), 0];
                stream.Position = 0;
                stream.Write(MemoryMarshal.AsBytes(header));
            }
            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
