using System.Runtime.InteropServices;

namespace DataVersion.Engine.Files;

/// <summary>File information on macOS through <c>lstat</c>/<c>stat</c> with 64-bit inodes (man 2 stat, sys/stat.h).</summary>
internal static unsafe partial class MacFiles
{
    private const int NoEntry = 2;
    private const int NotADirectory = 20;

    public static FileStat Stat(string path, bool followLinks)
    {
        Buffer64 buffer;
        // On arm64 only the 64-bit inode variant exists and has the plain name; on x64 it has a suffix.
        var result = RuntimeInformation.ProcessArchitecture == Architecture.Arm64
            ? followLinks ? stat(path, &buffer) : lstat(path, &buffer)
            : followLinks ? stat64(path, &buffer) : lstat64(path, &buffer);
        if (result != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is NoEntry or NotADirectory)
                return default;
            throw NativeError.ToException(error, path);
        }
        var kind = (buffer.Mode & 0xF000) switch
        {
            0x8000 => FileKind.File,
            0x4000 => FileKind.Directory,
            0xA000 => FileKind.Symlink,
            _ => FileKind.Other,
        };
        return new FileStat(kind, (uint)buffer.Device, buffer.Inode, buffer.Size,
            (buffer.ModifiedSeconds * 1_000_000_000) + buffer.ModifiedNanoseconds, buffer.Mode & 0xFFF, buffer.LinkCount);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int stat(string path, Buffer64* buffer);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lstat(string path, Buffer64* buffer);

    [LibraryImport("libc", EntryPoint = "stat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int stat64(string path, Buffer64* buffer);

    [LibraryImport("libc", EntryPoint = "lstat$INODE64", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int lstat64(string path, Buffer64* buffer);

    [StructLayout(LayoutKind.Sequential, Size = 144)]
    private struct Buffer64
    {
        public int Device;
        public ushort Mode;
        public ushort LinkCount;
        public ulong Inode;
        public uint UserId;
        public uint GroupId;
        public int SpecialDevice;
        private readonly int padding;
        public long AccessedSeconds;
        public long AccessedNanoseconds;
        public long ModifiedSeconds;
        public long ModifiedNanoseconds;
        public long ChangedSeconds;
        public long ChangedNanoseconds;
        public long BornSeconds;
        public long BornNanoseconds;
        public long Size;
    }
}
