using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>Calls on folders of Linux that .NET has no words for.</summary>
internal static unsafe partial class LinuxFolders
{
    private const int ReadOnlyFolderCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC
    private const int NameOffset = 19;

    /// <summary>Writes everything of the folder's file system to the disk (man 2 syncfs) and waits for it.</summary>
    public static void Flush(string folder)
    {
        var descriptor = open(folder, ReadOnlyFolderCloseOnExec);
        if (descriptor < 0)
            throw NativeError.ToException(Marshal.GetLastPInvokeError(), folder);
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (syncfs(descriptor) != 0)
            throw NativeError.ToException(Marshal.GetLastPInvokeError(), folder);
    }

    /// <summary>
    /// Lists a folder with the numbers of the inodes (man 3 readdir), which costs no call for each name. Links count as themselves.
    /// </summary>
    /// <param name="folder">Absolute path.</param>
    /// <param name="found">Receives each name, UTF-8, and its inode.</param>
    /// <returns>False when it cannot be listed to its end.</returns>
    public static bool TryList(string folder, InodeReceiver found)
    {
        var stream = opendir(folder);
        if (stream == 0)
            return false;
        try
        {
            while (true)
            {
                Marshal.SetLastSystemError(0);
                // The same on every 64-bit processor: inode, offset, length of the record, kind, name.
                var entry = readdir(stream);
                if (entry is null)
                    return Marshal.GetLastSystemError() == 0;
                found(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + NameOffset), *(ulong*)entry);
            }
        }
        finally
        {
            _ = closedir(stream);
        }
    }

    /// <summary>Receives one name of a folder.</summary>
    public delegate void InodeReceiver(ReadOnlySpan<byte> name, ulong inode);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint opendir(string path);

    [LibraryImport("libc")]
    private static partial byte* readdir(nint stream);

    [LibraryImport("libc")]
    private static partial int closedir(nint stream);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(int descriptor);
}
