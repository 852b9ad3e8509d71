using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>Calls on folders of Linux that .NET has no words for.</summary>
internal static partial class LinuxFolders
{
    private const int ReadOnlyFolderCloseOnExec = 0x80000; // O_RDONLY | O_CLOEXEC

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

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(int descriptor);
}
