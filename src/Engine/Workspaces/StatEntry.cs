using System.Runtime.InteropServices;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Workspaces;

/// <summary>One record of the <see cref="StatCache"/>, in memory as on disk.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal readonly record struct StatEntry : IComparable<StatEntry>
{
    /// <summary>Length on disk.</summary>
    public const int Bytes = 72;

    private readonly ulong keyHigh, keyLow;
    private readonly ulong device, inode;
    private readonly long size, modifiedNs;
    private readonly ulong hashHigh, hashLow;
    private readonly uint state; // 1 = forgotten

    /// <summary>A file that had this content while it had this stat.</summary>
    public StatEntry(UInt128 key, in FileStat stat, ContentHash hash, uint day)
    {
        (keyHigh, keyLow) = ((ulong)(key >> 64), (ulong)key);
        (device, inode, size, modifiedNs) = (stat.Device, stat.Inode, stat.Size, stat.ModifiedNs);
        Span<byte> bytes = stackalloc byte[16];
        hash.CopyTo(bytes);
        hashHigh = MemoryMarshal.Read<ulong>(bytes);
        hashLow = MemoryMarshal.Read<ulong>(bytes[8..]);
        LastUsedDay = day;
    }

    private StatEntry(UInt128 key)
        : this(key, default, default, 0) => state = 1;

    /// <summary>Days since 1970.</summary>
    public uint LastUsedDay { get; init; }

    /// <summary>Hash of path and algorithm.</summary>
    public UInt128 Key => new(keyHigh, keyLow);

    /// <summary>The first half of the key, by which entries are spread evenly.</summary>
    public ulong KeyHigh => keyHigh;

    /// <summary>What was recorded of the path holds no more.</summary>
    public bool IsForgotten => state == 1;

    /// <summary>A path whose record is to be dropped.</summary>
    public static StatEntry Forgotten(UInt128 key) => new(key);

    /// <summary>The file is still the one that was recorded.</summary>
    public bool Matches(in FileStat stat) => stat.Kind == FileKind.File
        && stat.Device == device && stat.Inode == inode && stat.Size == size && stat.ModifiedNs == modifiedNs;

    /// <summary>The content.</summary>
    public ContentHash Hash(ContentHashAlgorithm algorithm)
    {
        Span<byte> bytes = stackalloc byte[16];
        MemoryMarshal.Write(bytes, hashHigh);
        MemoryMarshal.Write(bytes[8..], hashLow);
        return new ContentHash(bytes, algorithm);
    }

    /// <inheritdoc/>
    public int CompareTo(StatEntry other) => Key.CompareTo(other.Key);
}
