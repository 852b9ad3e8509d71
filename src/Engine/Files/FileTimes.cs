using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>
/// Times of files that we wrote ourselves, under a temporary name that nobody else knows. A stat record is only believed
/// when the file was left alone for more than a tick of the file system's clock (racy edits); such a file gets a time that
/// far in the past before it takes its final name, so that it can be recorded at once: any later edit has a later time.
/// </summary>
internal static unsafe partial class FileTimes
{
    private const long SettledNs = 20_000_000; // more than a tick of the slowest kernel timer, 10 ms
    private const nint Omit = 0x3ffffffe;      // UTIME_OMIT of Linux: leave the time of access

    /// <summary>Sets the time of an open file that was just written; for a copy that is as young as the switch that made it.</summary>
    public static void Settle(SafeFileHandle file, string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddTicks(-SettledNs / 100));
            return;
        }
        var time = ((DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100) - SettledNs;
        var times = stackalloc nint[4] { 0, Omit, (nint)(time / 1_000_000_000), (nint)(time % 1_000_000_000) };
        if (futimens(file, times) != 0)
            throw NativeError.ToException(Marshal.GetLastPInvokeError(), path);
    }

    /// <inheritdoc cref="Settle(SafeFileHandle, string)"/>
    public static void Settle(string path) => File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddTicks(-SettledNs / 100));

    // Two timespec: seconds and nanoseconds, each of the size of a pointer on 64-bit Linux.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int futimens(SafeFileHandle file, nint* times);
}
