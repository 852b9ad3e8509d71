using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>
/// Renaming over and deleting read-only files on Windows 10 1809 and later without clearing their read-only attribute,
/// which all hard links of a file share (learn.microsoft.com: FILE_RENAME_INFO, FILE_DISPOSITION_INFO_EX).
/// File systems that do not know these flags get the attribute cleared first.
/// </summary>
internal static unsafe partial class WindowsRename
{
    private const uint DeleteAccess = 0x00010000, ShareAll = 7, OpenExisting = 3;
    private const uint BackupSemantics = 0x02000000, OpenReparsePoint = 0x00200000;
    private const int RenameInfoEx = 22, DispositionInfoEx = 21;
    private const uint RenameReplace = 0x1, RenamePosix = 0x2, RenameIgnoreReadOnly = 0x40;
    private const uint DispositionDelete = 0x1, DispositionPosix = 0x2, DispositionIgnoreReadOnly = 0x10;

    public static void Replace(string source, string destination)
    {
        using (var handle = Open(source))
        {
            // FILE_RENAME_INFO: flags, root folder (none), length of the name in bytes, the name, which must be a full path.
            var name = Path.GetFullPath(destination);
            var size = (2 * sizeof(nint)) + 4 + (name.Length * 2) + 2;
            var buffer = (byte*)NativeMemory.AllocZeroed((nuint)size);
            try
            {
                *(uint*)buffer = RenameReplace | RenamePosix | RenameIgnoreReadOnly;
                *(uint*)(buffer + (2 * sizeof(nint))) = (uint)(name.Length * 2);
                name.AsSpan().CopyTo(new Span<char>(buffer + (2 * sizeof(nint)) + 4, name.Length));
                if (SetFileInformationByHandle(handle, RenameInfoEx, buffer, (uint)size))
                    return;
            }
            finally
            {
                NativeMemory.Free(buffer);
            }
        }
        ClearReadOnly(destination);
        File.Move(source, destination, overwrite: true);
    }

    public static void Delete(string path)
    {
        using (var handle = Open(path))
        {
            var flags = DispositionDelete | DispositionPosix | DispositionIgnoreReadOnly;
            if (SetFileInformationByHandle(handle, DispositionInfoEx, (byte*)&flags, sizeof(uint)))
                return;
        }
        ClearReadOnly(path);
        File.Delete(path);
    }

    private static void ClearReadOnly(string path)
    {
        if (File.Exists(path) && File.GetAttributes(path) is var attributes && attributes.HasFlag(FileAttributes.ReadOnly))
            File.SetAttributes(path, attributes & ~FileAttributes.ReadOnly);
    }

    private static SafeFileHandle Open(string path)
    {
        var handle = CreateFileW(path, DeleteAccess, ShareAll, 0, OpenExisting, BackupSemantics | OpenReparsePoint, 0);
        if (!handle.IsInvalid)
            return handle;
        var error = Marshal.GetLastPInvokeError();
        handle.Dispose();
        throw NativeError.ToException(error, path);
    }

    [LibraryImport("kernel32", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    private static partial SafeFileHandle CreateFileW(
        string name, uint access, uint share, nint security, uint disposition, uint flags, nint template);

    [LibraryImport("kernel32", SetLastError = true)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetFileInformationByHandle(SafeFileHandle file, int kind, byte* information, uint size);
}
