using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Repositories;

/// <summary><c>flock(2)</c>, and reading a file that another process holds with it: .NET's own opening would ask for the lock.</summary>
internal static partial class UnixLock
{
    private const int ExclusiveNoWait = 2 | 4;
    private const int Interrupted = 4;
    private static readonly int CloseOnExec = OperatingSystem.IsMacOS() ? 0x1000000 : 0x80000;

    /// <summary>The error number of "another process holds it".</summary>
    public static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;

    /// <summary>Takes the lock, or takes it again on the same handle; 0, or the error number.</summary>
    public static int TryTake(SafeFileHandle file)
    {
        while (flock(file, ExclusiveNoWait) != 0)
            if (Marshal.GetLastPInvokeError() is var error and not Interrupted)
                return error;
        return 0;
    }

    /// <summary>Opens for reading without any lock; null when it cannot be.</summary>
    public static SafeFileHandle? OpenRead(string path) =>
        open(path, CloseOnExec) is var descriptor and >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);
}
