using System.Diagnostics;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// The lock that every command holds which reads or writes a whole repository; DVC and this module honour each other's.
/// Other threads of this process are kept out as well. Not re-entrant.
/// </summary>
public sealed class RepositoryLock : IDisposable
{
    /// <summary>How long DVC waits: three seconds.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    private IDisposable? held;

    private RepositoryLock(IDisposable held) => this.held = held;

    /// <summary>Waits for the lock and takes it.</summary>
    /// <param name="layout">The repository.</param>
    /// <param name="settings">Says which kind of lock is used.</param>
    /// <param name="command">What wants it, for the error: the name of the cmdlet.</param>
    /// <param name="patience">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever, zero for one attempt.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="RepositoryBusyException">Someone else holds it and patience is over; names the holder if it is known.</exception>
    /// <exception cref="DataVersionException">The lock file cannot be made.</exception>
    public static RepositoryLock Acquire(
        RepositoryLayout layout, RepositorySettings settings, string command, TimeSpan patience, CancellationToken cancellation = default) =>
        new(Wait(layout, layout.LockFile, settings.HardlinkLock, command, patience, cancellation));

    /// <summary>Lets go; more than once does no harm.</summary>
    public void Dispose() => Interlocked.Exchange(ref held, null)?.Dispose();

    /// <summary>Who holds the repository now, as far as can be found out; empty when nobody does. Looks at the usual kind of lock only.</summary>
    public static IReadOnlyList<string> Holders(RepositoryLayout layout)
    {
        if (!File.Exists(layout.LockFile))
            return [];
        try
        {
            using var free = FileLock.TryTake(layout.LockFile, sign: false);
            return free is not null ? [] : [LockHolder.Describe(layout.LockFile) ?? "another process"];
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            return [];
        }
    }

    /// <summary>Waits for a lock file of either kind.</summary>
    internal static IDisposable Wait(
        RepositoryLayout layout, string path, bool hardlink, string command, TimeSpan patience, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        for (var pause = TimeSpan.FromMilliseconds(10); ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryTake(layout, path, hardlink) is { } taken)
                return taken;
            var left = patience == Timeout.InfiniteTimeSpan ? pause : patience - clock.Elapsed;
            if (left <= TimeSpan.Zero)
                throw Busy(layout, path, hardlink, command);
            cancellation.WaitHandle.WaitOne(left < pause ? left : pause);
        }
    }

    private static IDisposable? TryTake(RepositoryLayout layout, string path, bool hardlink)
    {
        try
        {
            Directory.CreateDirectory(layout.TmpFolder);
            return hardlink ? HardlinkLock.TryTake(path) : FileLock.TryTake(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, path, "lock");
        }
    }

    private static RepositoryBusyException Busy(RepositoryLayout layout, string path, bool hardlink, string command)
    {
        var holder = hardlink ? null : LockHolder.Describe(path);
        var who = holder is null
            ? hardlink ? $"another process; if none is running, delete '{path}'" : "another process"
            : holder;
        return new RepositoryBusyException($"{command} cannot start in '{layout.Root}': the repository is held by {who}.", path, holder is null ? [] : [holder]);
    }
}
