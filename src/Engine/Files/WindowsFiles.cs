using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>File information on Windows through <c>GetFileInformationByHandle</c> (learn.microsoft.com, fileapi.h).</summary>
internal static partial class WindowsFiles
{
    private const uint ReadAttributes = 0x80;
    private const uint ShareAll = 7;
    private const uint OpenExisting = 3;
    private const uint BackupSemantics = 0x02000000;
    private const uint OpenReparsePoint = 0x00200000;
    private const long EpochTicks = 116444736000000000;

    public static FileStat Stat(string path, bool followLinks)
    {
        using var handle = CreateFileW(path, ReadAttributes, ShareAll, 0, OpenExisting,
            BackupSemantics | (followLinks ? 0 : OpenReparsePoint), 0);
        if (handle.IsInvalid)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error is 2 or 3) // file or path not found
                return default;
            throw NativeError.ToException(error, path);
        }
        if (!GetFileInformationByHandle(handle, out var info))
            throw NativeError.ToException(Marshal.GetLastPInvokeError(), path);
        var attributes = (FileAttributes)info.Attributes;
        var kind = attributes.HasFlag(FileAttributes.ReparsePoint) && !followLinks && new FileInfo(path).LinkTarget is not null
            ? FileKind.Symlink
            : attributes.HasFlag(FileAttributes.Directory) ? FileKind.Directory : FileKind.File;
        return new FileStat(kind, info.VolumeSerialNumber, ((ulong)info.IndexHigh << 32) | info.IndexLow,
            ((long)info.SizeHigh << 32) | info.SizeLow,
            ((((long)info.WrittenHigh << 32) | info.WrittenLow) - EpochTicks) * 100,
            attributes.HasFlag(FileAttributes.ReadOnly) ? 0b100_100_100 : 0b110_110_110, info.LinkCount);
    }

    [LibraryImport("kernel32", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFileW(
        string name, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetFileInformationByHandle(SafeFileHandle file, out Information information);

    [StructLayout(LayoutKind.Sequential)]
    private struct Information
    {
        public uint Attributes;
        public uint CreatedLow, CreatedHigh, AccessedLow, AccessedHigh, WrittenLow, WrittenHigh;
        public uint VolumeSerialNumber;
        public uint SizeHigh, SizeLow;
        public uint LinkCount;
        public uint IndexHigh, IndexLow;
    }
}
