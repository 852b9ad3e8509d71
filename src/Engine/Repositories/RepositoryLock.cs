using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// The lock of a repository, <c>.dvc/tmp/lock</c>, taken the way DVC takes it: on Unix <c>flock</c>, on Windows a lock of
/// the first byte; the file then holds a blank and the holder's process id. So DVC and this module exclude each other.
/// </summary>
public static class RepositoryLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(60);

    /// <summary>Takes the lock, waiting for another holder if need be.</summary>
    /// <param name="layout">The repository.</param>
    /// <param name="settings">Says which of DVC's two protocols is used (<c>core.hardlink_lock</c>).</param>
    /// <param name="patience">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>Gives the lock back when disposed; the file stays.</returns>
    /// <exception cref="RepositoryBusyException">Another process has it.</exception>
    /// <exception cref="DataVersionException">AccessDenied: the lock file cannot be written.</exception>
    public static IDisposable Acquire(RepositoryLayout layout, RepositorySettings settings, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(layout.TmpFolder);
            return Acquire(layout.LockFile, settings.HardlinkLock, patience, cancellation);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            throw FileErrors.Describe(error, layout.LockFile, "lock");
        }
    }

    /// <summary>Takes a lock file; used for <c>rwlock.lock</c> too.</summary>
    internal static IDisposable Acquire(string file, bool byHardlink, TimeSpan patience, CancellationToken cancellation)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            IDisposable? held = byHardlink ? HardlinkLock.TryTake(file) : TryTake(file);
            if (held is not null)
                return held;
            if (patience != Timeout.InfiniteTimeSpan && waited.Elapsed >= patience)
                throw Busy(file);
            cancellation.WaitHandle.WaitOne(Pause);
        }
    }

    /// <summary>Who holds the repository now, as far as can be told; empty when nobody does.</summary>
    public static IReadOnlyList<string> Holders(RepositoryLayout layout)
    {
        if (!File.Exists(layout.LockFile))
            return [];
        try
        {
            using var probe = TryTake(layout.LockFile, write: false);
            return probe is null ? HoldersOf(layout.LockFile) : [];
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            return [];
        }
    }

    private static FileStream? TryTake(string file, bool write = true)
    {
        try
        {
            // On Unix FileShare.None is flock(LOCK_EX | LOCK_NB), the very call of DVC. On Windows it would keep Python
            // from opening the file at all, so the first byte is locked there instead.
            var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite,
                OperatingSystem.IsWindows() ? FileShare.ReadWrite | FileShare.Delete : FileShare.None, 0);
            try
            {
                if (OperatingSystem.IsWindows())
                    stream.Lock(0, 1);
                if (write)
                {
                    stream.Write(Encoding.ASCII.GetBytes($" {Environment.ProcessId}\n"));
                    stream.SetLength(stream.Position);
                }
                return stream;
            }
            catch
            {
                stream.Dispose();
                throw;
            }
        }
        catch (IOException error) when (IsHeld(error))
        {
            return null;
        }
    }

    /// <summary>Sharing or lock violation on Windows; on Unix .NET reports EWOULDBLOCK the same way.</summary>
    private static bool IsHeld(IOException error) => OperatingSystem.IsWindows()
        ? (error.HResult & 0xFFFF) is 32 or 33
        : error.GetType() == typeof(IOException) && error.HResult is 11 or 35;

    private static RepositoryBusyException Busy(string file)
    {
        var holders = HoldersOf(file);
        var who = holders.Count == 0 ? "another process" : string.Join(", ", holders);
        return new RepositoryBusyException($"The repository is busy: {who} holds '{file}'.", file, holders);
    }

    private static IReadOnlyList<string> HoldersOf(string file)
    {
        try
        {
            // Not File.ReadAllText: on Unix that takes a shared lock, which fails while the exclusive one is held.
            using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[32];
            var text = Encoding.ASCII.GetString(bytes, 0, RandomAccess.Read(handle, bytes, 0)).Trim();
            return int.TryParse(text, CultureInfo.InvariantCulture, out var id) ? [Describe(id)] : [];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return OperatingSystem.IsLinux() ? ProcessesWithOpen(file) : [];
        }
    }

    /// <summary>A process by id and, where it can be told, by its command.</summary>
    internal static string Describe(int id)
    {
        try
        {
            var commandLine = $"/proc/{id}/cmdline";
            if (OperatingSystem.IsLinux() && File.Exists(commandLine))
                return $"process {id} ({File.ReadAllText(commandLine).TrimEnd('\0').Replace('\0', ' ')})";
            using var process = Process.GetProcessById(id);
            return $"process {id} ({process.ProcessName})";
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or IOException
            or UnauthorizedAccessException or Win32Exception)
        {
            return $"process {id} (ended)";
        }
    }

    /// <summary>The lock of the kernel names its holder: /proc/locks has device and inode.</summary>
    private static IReadOnlyList<string> ProcessesWithOpen(string file)
    {
        var inode = FileStat.Read(file).Inode.ToString(CultureInfo.InvariantCulture);
        var holders = new List<string>();
        foreach (var line in File.ReadLines("/proc/locks"))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, "FLOCK", _, "WRITE", var id, var place, ..]
                && place.EndsWith(":" + inode, StringComparison.Ordinal) && int.TryParse(id, out var number) && number > 0)
                holders.Add(Describe(number));
        return holders;
    }
}
