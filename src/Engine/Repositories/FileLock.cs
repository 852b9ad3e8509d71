using System.Globalization;
using System.Text;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// The lock that DVC takes with zc.lockfile: <c>flock</c> on Unix, byte 0 on Windows; the file stays when it is released.
/// Handles of one process exclude each other too. Source: dvc-compat §11.1.
/// </summary>
internal static class FileLock
{
    private const int LockViolation = unchecked((int)0x80070021);
    private const int SharingViolation = unchecked((int)0x80070020);

    /// <summary>Takes the lock; null when someone holds it.</summary>
    /// <param name="path">Absolute path of the lock file; made when it is missing.</param>
    /// <param name="sign">False to leave the number of the last holder in the file: when only looking.</param>
    /// <exception cref="IOException">The file cannot be opened, or its file system knows no locks.</exception>
    public static IDisposable? TryTake(string path, bool sign = true)
    {
        var stream = OperatingSystem.IsWindows() ? TryOpenWindows(path) : TryOpenUnix(path);
        if (stream is null || !sign)
            return stream;
        try
        {
            // zc.lockfile leaves the first byte blank: it is the locked one, which others cannot read on Windows.
            stream.Write(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $" {Environment.ProcessId}\n")));
            stream.SetLength(stream.Position);
            stream.Flush();
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static FileStream? TryOpenUnix(string path)
    {
        FileStream stream;
        try
        {
            // On Unix FileShare.None is flock(LOCK_EX | LOCK_NB). Any other value would take a shared lock.
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 0);
        }
        catch (IOException error) when (error.HResult == UnixLock.WouldBlock)
        {
            return null;
        }
        // .NET ignores file systems without flock, and can be told not to lock at all: ask again, on the same handle.
        var result = UnixLock.TryTake(stream.SafeFileHandle);
        if (result == 0)
            return stream;
        stream.Dispose();
        return result == UnixLock.WouldBlock ? null : throw new IOException(
            $"The file system does not support locks (error {result}). Set core.hardlink_lock to true.", result);
    }

    private static FileStream? TryOpenWindows(string path)
    {
        if (!OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException();
        FileStream? stream = null;
        try
        {
            // FileShare.None would make Python's open() fail instead of its lock.
            stream = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 0);
            stream.Lock(0, 1);
            return stream;
        }
        catch (IOException error) when (error.HResult is LockViolation or SharingViolation)
        {
            stream?.Dispose();
            return null;
        }
    }
}
