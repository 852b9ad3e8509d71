using System.Diagnostics;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// Marks paths as being read or written by a running command, so that other commands, DVC's too, keep away from them
/// while the repository lock is not held. Source: dvc-compat §11.2.
/// </summary>
public sealed class PathLocks : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly RepositoryLayout layout;
    private readonly bool hardlink;
    private readonly PathLockOwner owner;
    private readonly List<string> readPaths = [];
    private readonly List<string> writtenPaths = [];
    private readonly List<string> abandonedPaths = [];
    private bool released;

    private PathLocks(RepositoryLayout layout, bool hardlink, PathLockOwner owner) =>
        (this.layout, this.hardlink, this.owner) = (layout, hardlink, owner);

    /// <summary>Marks the paths.</summary>
    /// <param name="layout">The repository.</param>
    /// <param name="settings">Says which kind of lock guards the file.</param>
    /// <param name="read">Absolute paths, or URLs, that are read.</param>
    /// <param name="write">Absolute paths that are written.</param>
    /// <param name="command">What does it: other users are told.</param>
    /// <param name="patience">How long to wait for others to finish; DVC does not wait.</param>
    /// <param name="context">Receives a warning for each mark of a process that lives no more; ends the waiting.</param>
    /// <param name="before">Marks that are taken back in the same step; untouched when it fails.</param>
    /// <exception cref="RepositoryBusyException">Another process uses one of the paths, or a folder above or below.</exception>
    /// <exception cref="MetadataFormatException">The file of the marks is damaged.</exception>
    public static PathLocks Acquire(
        RepositoryLayout layout, RepositorySettings settings, IReadOnlyCollection<string> read, IReadOnlyCollection<string> write,
        string command, TimeSpan patience, OperationContext context, PathLocks? before = null)
    {
        var locks = new PathLocks(layout, settings.HardlinkLock, new PathLockOwner(Environment.ProcessId, command));
        var clock = Stopwatch.StartNew();
        while (true)
        {
            RepositoryBusyException? busy = null;
            locks.Edit(context.Cancellation, table =>
            {
                if (before is { released: false })
                    before.TakeBack(table);
                return (busy = locks.TryAdd(table, read, write, context.Warn)) is null;
            }, mustNotGrow: before is not null);
            if (busy is null)
            {
                if (before is not null)
                    before.released = true;
                return locks;
            }
            if (patience != Timeout.InfiniteTimeSpan && clock.Elapsed >= patience)
                throw busy;
            context.Cancellation.WaitHandle.WaitOne(Pause);
        }
    }

    /// <summary>Paths that a process was writing which runs no more: it may have left something half-done there.</summary>
    public IReadOnlyCollection<string> AbandonedPaths => abandonedPaths;

    /// <summary>Takes back exactly the marks that were made.</summary>
    public void Dispose()
    {
        if (released)
            return;
        released = true;
        Edit(CancellationToken.None, table =>
        {
            TakeBack(table);
            return true;
        }, mustNotGrow: true);
    }

    private void TakeBack(PathLockTable table)
    {
        foreach (var path in writtenPaths)
            if (table.Writers.TryGetValue(path, out var writer) && writer == owner)
                table.Writers.Remove(path);
        foreach (var path in readPaths)
            if (table.Readers.TryGetValue(path, out var readers) && readers.Remove(owner) && readers.Count == 0)
                table.Readers.Remove(path);
    }

    private void Edit(CancellationToken cancellation, Func<PathLockTable, bool> change, bool mustNotGrow = false)
    {
        using var guard = RepositoryLock.Wait(layout, layout.RwLockFile + ".lock", hardlink, owner.Command, RepositoryLock.DefaultPatience, cancellation);
        try
        {
            var table = PathLockTable.Load(layout.RwLockFile);
            if (change(table))
                table.Save(layout.RwLockFile, mustNotGrow);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, layout.RwLockFile, "use the lock file");
        }
    }

    private RepositoryBusyException? TryAdd(
        PathLockTable table, IReadOnlyCollection<string> read, IReadOnlyCollection<string> write, Action<string> warn)
    {
        var wanted = new PathOverlap(read.Concat(write));
        var written = new PathOverlap(write);
        var blocked = new List<(string Path, PathLockOwner Owner)>();
        foreach (var (path, writer) in table.Writers.Where(w => w.Value != owner && wanted.Meets(w.Key)).ToList())
            if (LockHolder.IsAlive(writer.Pid))
                blocked.Add((path, writer));
            else if (table.Writers.Remove(path))
            {
                abandonedPaths.Add(path);
                WarnOfDead(path, writer, warn);
            }
        foreach (var (path, readers) in table.Readers.Where(r => written.Meets(r.Key)).ToList())
        {
            foreach (var reader in readers.Where(r => r != owner).ToList())
                if (LockHolder.IsAlive(reader.Pid))
                    blocked.Add((path, reader));
                else if (readers.Remove(reader))
                    WarnOfDead(path, reader, warn);
            if (readers.Count == 0)
                table.Readers.Remove(path);
        }
        if (blocked.Count > 0)
            return Busy(blocked);
        foreach (var path in write)
            if (table.Writers.TryAdd(path, owner))
                writtenPaths.Add(path);
        foreach (var path in read)
        {
            if (!table.Readers.TryGetValue(path, out var readers))
                table.Readers[path] = readers = [];
            if (readers.Contains(owner))
                continue;
            readers.Add(owner);
            readPaths.Add(path);
        }
        return null;
    }

    private static void WarnOfDead(string path, PathLockOwner dead, Action<string> warn) =>
        warn($"'{path}' was marked as used by '{dead.Command}' (PID {dead.Pid}), which runs no more; the mark was removed.");

    private RepositoryBusyException Busy(List<(string Path, PathLockOwner Owner)> blocked)
    {
        var holders = blocked.Select(b => $"PID {b.Owner.Pid} ({b.Owner.Command})").Distinct().ToList();
        return new RepositoryBusyException(
            $"{owner.Command} cannot use '{blocked[0].Path}': it is in use by {string.Join(", ", holders)}.", layout.RwLockFile, holders);
    }
}
