using System.Runtime.InteropServices;
using DataVersion.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Linking;

/// <summary>
/// Hard links (CreateHardLink) and block clones on ReFS and Dev Drive (FSCTL_DUPLICATE_EXTENTS_TO_FILE), after their
/// contracts on learn.microsoft.com: both files on one volume; the same integrity setting; a sparse source needs a sparse
/// destination; the destination is as long as the source before; regions start and end at clusters, except at the end of
/// the file, and are smaller than 4 GiB.
/// </summary>
internal static unsafe partial class WindowsLinks
{
    private const uint DuplicateExtents = 0x98344, SetSparse = 0x900C4, GetIntegrity = 0x9027C, SetIntegrity = 0x9C280;

    /// <summary>A second name of a file on one volume. 0 or the error number.</summary>
    public static int Hard(string source, string destination) =>
        CreateHardLinkW(destination, source, 0) ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Makes a new file that shares all blocks of the source. 0, or the error number; then nothing is left.</summary>
    public static int Clone(string source, string destination)
    {
        using var from = File.OpenHandle(source, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
        // Only ReFS answers; what it says of the source is what the destination needs.
        Integrity integrity;
        if (!DeviceIoControl(from, GetIntegrity, null, 0, &integrity, (uint)sizeof(Integrity), out _, 0))
            return Marshal.GetLastPInvokeError();
        var error = 0;
        using (var to = File.OpenHandle(destination, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None))
        {
            var wanted = new IntegrityWanted { Algorithm = integrity.Algorithm, Flags = integrity.Flags };
            if (!DeviceIoControl(to, SetIntegrity, &wanted, (uint)sizeof(IntegrityWanted), null, 0, out _, 0)
                || (File.GetAttributes(from).HasFlag(FileAttributes.SparseFile)
                    && !DeviceIoControl(to, SetSparse, null, 0, null, 0, out _, 0)))
                error = Marshal.GetLastPInvokeError();
            if (error == 0)
                error = CloneContent(from, to, Math.Max(integrity.ClusterSize, 4096));
            if (error == 0)
                FileTimes.Settle(to, destination);
        }
        if (error != 0)
            File.Delete(destination);
        return error;
    }

    private static int CloneContent(SafeFileHandle from, SafeFileHandle to, uint cluster)
    {
        var length = RandomAccess.GetLength(from);
        RandomAccess.SetLength(to, length);
        const long most = 2L << 30; // a multiple of every cluster size, below 4 GiB
        for (long offset = 0; offset < length; offset += most)
        {
            var left = Math.Min(most, length - offset);
            var extents = new Extents
            {
                Source = from.DangerousGetHandle(),
                SourceOffset = offset,
                DestinationOffset = offset,
                // The last region may reach beyond the end of the file, up to the end of its cluster.
                Count = (left + cluster - 1) / cluster * cluster,
            };
            if (!DeviceIoControl(to, DuplicateExtents, &extents, (uint)sizeof(Extents), null, 0, out _, 0))
                return Marshal.GetLastPInvokeError();
        }
        return 0;
    }

    [LibraryImport("kernel32", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLinkW(string newName, string existingName, nint security);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool DeviceIoControl(
        SafeFileHandle file, uint code, void* input, uint inputSize, void* output, uint outputSize, out uint returned, nint overlapped);

    [StructLayout(LayoutKind.Sequential)]
    private struct Integrity
    {
        public ushort Algorithm, Reserved;
        public uint Flags, ChecksumChunk, ClusterSize;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct IntegrityWanted
    {
        public ushort Algorithm, Reserved;
        public uint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Extents
    {
        public nint Source;
        public long SourceOffset, DestinationOffset, Count;
    }
}
