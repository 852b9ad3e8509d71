using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>
/// Files of Linux by descriptor: one system call per step and no advisory lock, which .NET's own opening takes on each file.
/// </summary>
internal static unsafe partial class LinuxDescriptors
{
    private const int ReadOnly = 0, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, CloseOnExec = 0x80000, Nameless = 0x400000;
    private const int PathOnly = 0x200000;
    private const int NonBlocking = 0x800; // for pipes, whose opening would wait for a writer; files know no difference
    private const int Interrupted = 4;

    /// <summary>EEXIST.</summary>
    public const int Exists = 17;

    /// <summary>ENOENT.</summary>
    public const int NoEntry = 2;

    private const int AtFdCwd = -100, AtSymlinkFollow = 0x400;
    private const int WillNeed = 3;

    // O_DIRECTORY is one of the few flags that differ between processors.
    private static readonly int Folder = RuntimeInformation.ProcessArchitecture is Architecture.Arm or Architecture.Arm64 ? 0x4000 : 0x10000;
    /// <summary>Open files can get names.</summary>
    public static bool HasDescriptorLinks { get; } = Directory.Exists("/proc/self/fd");

    /// <summary>Opens for reading; links are followed. The errors are those that .NET would throw.</summary>
    public static SafeFileHandle OpenRead(string path) => Open(path, ReadOnly | NonBlocking | CloseOnExec, 0);

    /// <summary>Opens a folder to look at the names in it, not to list them.</summary>
    public static SafeFileHandle OpenFolder(string path) => Open(path, PathOnly | Folder | CloseOnExec, 0);

    /// <summary>Makes a new file for writing and reading, with this mode less the umask.</summary>
    public static SafeFileHandle CreateNew(string path, int mode) => Open(path, ReadWrite | Create | Exclusive | CloseOnExec, mode);

    /// <summary>
    /// Makes a new file without a name in a folder, with this mode less the umask (man 2 open, O_TMPFILE): it is gone when it
    /// is closed, or its process killed, unless <see cref="GiveName"/> was called. Null when this file system has no such files.
    /// </summary>
    public static SafeFileHandle? CreateNameless(string folder, int mode)
    {
        if (!HasDescriptorLinks)
            return null;
        var descriptor = open(folder, ReadWrite | Nameless | Folder | CloseOnExec, mode);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        // EINVAL, EISDIR, EOPNOTSUPP; any other error is met again by the next one who tries with a name.
        return null;
    }

    /// <summary>Gives a nameless file its name in one step; false when something of that name is there already.</summary>
    public static bool GiveName(SafeFileHandle file, string path) => TryGiveName(file, path) switch
    {
        0 => true,
        Exists => false,
        var error => throw NativeError.ToException(error, path),
    };

    /// <summary>Gives an open file a name, whatever names it has. 0 or the error number.</summary>
    public static int TryGiveName(SafeFileHandle file, string path) =>
        linkat(AtFdCwd, $"/proc/self/fd/{file.DangerousGetHandle()}", AtFdCwd, path, AtSymlinkFollow) == 0 ? 0 : Marshal.GetLastPInvokeError();

    /// <summary>Sets permission bits, whatever the umask is.</summary>
    public static void SetMode(SafeFileHandle file, int mode, string path)
    {
        if (fchmod(file, (uint)mode) != 0)
            throw NativeError.ToException(Marshal.GetLastPInvokeError(), path);
    }

    /// <summary>Reads up to the buffer's length; 0 at the end.</summary>
    public static int Read(SafeFileHandle file, Span<byte> buffer, long offset, string path)
    {
        fixed (byte* start = buffer)
        {
            while (true)
            {
                var read = pread(file, start, (nuint)buffer.Length, offset);
                if (read >= 0)
                    return (int)read;
                if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                    throw NativeError.ToException(error, path);
            }
        }
    }

    /// <summary>Writes all bytes.</summary>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset, string path)
    {
        while (!bytes.IsEmpty)
        {
            nint written;
            fixed (byte* start = bytes)
                written = pwrite(file, start, (nuint)bytes.Length, offset);
            if (written < 0)
            {
                if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                    throw NativeError.ToException(error, path);
                continue;
            }
            bytes = bytes[(int)written..];
            offset += written;
        }
    }

    /// <summary>
    /// Copies up to this many bytes inside the kernel, from an offset to the same offset (man 2 copy_file_range). Gives
    /// their number, 0 at the end of the source, -1 when this pair of file systems cannot.
    /// </summary>
    public static long Copy(SafeFileHandle from, SafeFileHandle to, long offset, long count, string path)
    {
        while (true)
        {
            var (source, target) = (offset, offset);
            var copied = copy_file_range(from, &source, to, &target, (nuint)count, 0);
            if (copied >= 0)
                return copied;
            // EPERM, EXDEV, EINVAL, ENOSYS, EOPNOTSUPP
            var error = Marshal.GetLastPInvokeError();
            if (error is 1 or 18 or 22 or 38 or 95)
                return -1;
            if (error != Interrupted)
                throw NativeError.ToException(error, path);
        }
    }

    /// <summary>Has the disk read bytes from the start while we do something else (man 2 posix_fadvise). Only a hint.</summary>
    public static void ReadAhead(SafeFileHandle file, long length) => _ = posix_fadvise(file, 0, length, WillNeed);

    private static SafeFileHandle Open(string path, int flags, int mode)
    {
        while (true)
        {
            var descriptor = open(path, flags, mode);
            if (descriptor >= 0)
                return new SafeFileHandle(descriptor, ownsHandle: true);
            if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                throw NativeError.ToException(error, path);
        }
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags, int mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int linkat(int sourceFolder, string source, int destinationFolder, string destination, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fchmod(SafeFileHandle file, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint copy_file_range(SafeFileHandle from, long* fromOffset, SafeFileHandle to, long* toOffset, nuint count, uint flags);

    [LibraryImport("libc")]
    private static partial int posix_fadvise(SafeFileHandle file, long offset, long length, int advice);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(SafeFileHandle file, byte* buffer, nuint count, long offset);
}
