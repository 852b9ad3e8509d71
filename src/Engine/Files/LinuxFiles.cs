using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>File information on Linux through <c>statx</c>, whose structure is the same on every architecture (man 2 statx).</summary>
internal static unsafe partial class LinuxFiles
{
    private const int AtFdCwd = -100;
    private const int AtSymlinkNofollow = 0x100;
    private const int AtEmptyPath = 0x1000;
    private const uint BasicStats = 0x7ff;
    private const int NoEntry = 2;
    private const int NotADirectory = 20;

    public static FileStat Stat(string path, bool followLinks) => Stat(path, followLinks, out _);

    /// <summary>The stat, and when the inode was last changed (see <see cref="ChangedNs"/>).</summary>
    public static FileStat Stat(string path, bool followLinks, out long changedNs)
    {
        Statx buffer;
        changedNs = 0;
        if (statx(AtFdCwd, path, followLinks ? 0 : AtSymlinkNofollow, BasicStats, &buffer) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is NoEntry or NotADirectory)
                return default;
            throw NativeError.ToException(error, path);
        }
        changedNs = ToNs(buffer.Changed);
        return Convert(buffer);
    }

    /// <summary>The stat of an open file, whatever its name stands for by now.</summary>
    public static FileStat Stat(SafeFileHandle file, string path) => Stamp(file, path).Stat;

    /// <summary>The same, and when the inode was last changed.</summary>
    public static FileStamp Stamp(SafeFileHandle file, string path)
    {
        Statx buffer;
        if (statxOf(file, "", AtEmptyPath, BasicStats, &buffer) != 0)
            throw NativeError.ToException(Marshal.GetLastPInvokeError(), path);
        return new FileStamp(Convert(buffer), ToNs(buffer.Changed));
    }

    /// <summary>
    /// When the inode was last changed, nanoseconds since 1970 UTC: written, or given a name, a mode or an owner. Nobody
    /// can set it, so it also tells when a file that was linked into the cache came there. 0 when nothing is there.
    /// </summary>
    public static long ChangedNs(string path)
    {
        Statx buffer;
        return statx(AtFdCwd, path, AtSymlinkNofollow, BasicStats, &buffer) == 0
            ? ToNs(buffer.Changed) : 0;
    }

    /// <summary>The stat of a name in an open folder, which is found sooner than a whole path.</summary>
    public static FileStat Stat(SafeFileHandle folder, string name, bool followLinks, string path)
    {
        Statx buffer;
        if (statxOf(folder, name, followLinks ? 0 : AtSymlinkNofollow, BasicStats, &buffer) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is NoEntry or NotADirectory)
                return default;
            throw NativeError.ToException(error, path);
        }
        return Convert(buffer);
    }

    /// <summary>The same; nothing too where it cannot be told.</summary>
    /// <param name="folder">The open folder.</param>
    /// <param name="name">UTF-8, with a zero at its end.</param>
    /// <param name="followLinks">Of what a link points to.</param>
    public static FileStat TryStat(SafeFileHandle folder, ReadOnlySpan<byte> name, bool followLinks)
    {
        Statx buffer;
        fixed (byte* start = name)
            return statxOf(folder, start, followLinks ? 0 : AtSymlinkNofollow, BasicStats, &buffer) == 0 ? Convert(buffer) : default;
    }

    private static long ToNs(in Timestamp time) => (time.Seconds * 1_000_000_000) + time.Nanoseconds;

    private static FileStat Convert(in Statx buffer)
    {
        var kind = (buffer.Mode & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.Symlink,
            _ => FileKind.Other,
        };
        return new FileStat(kind, ((ulong)buffer.DeviceMajor << 32) | buffer.DeviceMinor, buffer.Inode, (long)buffer.Size,
            ToNs(buffer.Modified), buffer.Mode & 0xFFF, buffer.LinkCount);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statxOf(SafeFileHandle file, string path, int flags, uint mask, Statx* buffer);

    [LibraryImport("libc", EntryPoint = "statx")]
    private static partial int statxOf(SafeFileHandle file, byte* path, int flags, uint mask, Statx* buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, Statx* buffer);

    [StructLayout(LayoutKind.Sequential)]
    private struct Timestamp
    {
        public long Seconds;
        public uint Nanoseconds;
        private readonly int reserved;
    }

    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct Statx
    {
        public uint Mask;
        public uint BlockSize;
        public ulong Attributes;
        public uint LinkCount;
        public uint UserId;
        public uint GroupId;
        public ushort Mode;
        private readonly ushort padding;
        public ulong Inode;
        public ulong Size;
        public ulong Blocks;
        public ulong AttributesMask;
        public Timestamp Accessed;
        public Timestamp Born;
        public Timestamp Changed;
        public Timestamp Modified;
        public uint SpecialMajor;
        public uint SpecialMinor;
        public uint DeviceMajor;
        public uint DeviceMinor;
    }
}
