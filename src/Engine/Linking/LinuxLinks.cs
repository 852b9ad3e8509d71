using System.Runtime.InteropServices;
using DataVersion.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Linking;

/// <summary>Clones and shared blocks on Linux (man 2 ioctl_ficlone, fs/fiemap).</summary>
internal static unsafe partial class LinuxLinks
{
    private const nuint FiClone = 0x40049409;
    private const nuint FiExtentMap = 0xC020660B;
    private const uint ExtentUnknown = 0x2, ExtentInline = 0x200, ExtentShared = 0x2000;

    /// <summary>Makes an open, empty file share all blocks of the source. 0, or the error number.</summary>
    public static int Clone(SafeFileHandle source, SafeFileHandle target) =>
        ioctl(target, FiClone, source) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Makes a new file that shares all blocks of the source. 0, or the error number; then nothing is left.</summary>
    public static int Clone(string source, string destination, int mode)
    {
        int error;
        using var from = LinuxDescriptors.OpenRead(source);
        using (var to = LinuxDescriptors.CreateNew(destination, mode))
        {
            error = Clone(from, to);
            if (error == 0)
            {
                FileTimes.Settle(to, destination);
                return 0;
            }
        }
        FileRemoval.Try(destination);
        return error;
    }

    /// <summary>True when the first block of both files is the same block of the disk: one is a clone of the other.</summary>
    public static bool SharesBlocks(string path, string other)
    {
        try
        {
            return FirstExtent(path) is { } mine && (mine.Flags & ExtentShared) != 0
                && (mine.Flags & (ExtentUnknown | ExtentInline)) == 0
                && FirstExtent(other) is { } theirs && mine.Physical == theirs.Physical;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Extent? FirstExtent(string path)
    {
        using var file = LinuxDescriptors.OpenRead(path);
        var map = new ExtentMap { Length = ulong.MaxValue, Room = 1 };
        return ioctlMap(file, FiExtentMap, &map) == 0 && map.Found == 1 ? map.First : null;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, SafeFileHandle source);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int ioctlMap(SafeFileHandle file, nuint request, ExtentMap* map);

    [StructLayout(LayoutKind.Sequential)]
    private struct Extent
    {
        public ulong Logical, Physical, Length;
        private readonly ulong reserved1, reserved2;
        public uint Flags;
        private readonly uint reserved3, reserved4, reserved5;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct ExtentMap
    {
        public ulong Start, Length;
        public uint Flags, Found, Room, Reserved;
        public Extent First;
    }
}
