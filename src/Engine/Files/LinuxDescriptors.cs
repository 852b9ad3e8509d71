using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>
/// Files of Linux by descriptor: one system call per step and no advisory lock, which .NET's own opening takes on each file.
/// </summary>
internal static unsafe partial class LinuxDescriptors
{
    private const int ReadOnly = 0, ReadWrite = 2, Create = 0x40, Exclusive = 0x80, CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800; // for pipes, whose opening would wait for a writer; files know no difference
    private const int Interrupted = 4;

    /// <summary>Opens for reading; links are followed. The errors are those that .NET would throw.</summary>
    public static SafeFileHandle OpenRead(string path) => Open(path, ReadOnly | NonBlocking | CloseOnExec, 0);

    /// <summary>Makes a new file for writing and reading, with this mode less the umask.</summary>
    public static SafeFileHandle CreateNew(string path, int mode) => Open(path, ReadWrite | Create | Exclusive | CloseOnExec, mode);

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

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint copy_file_range(SafeFileHandle from, long* fromOffset, SafeFileHandle to, long* toOffset, nuint count, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pread(SafeFileHandle file, byte* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint pwrite(SafeFileHandle file, byte* buffer, nuint count, long offset);
}
