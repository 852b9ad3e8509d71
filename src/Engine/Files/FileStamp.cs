namespace DataVersion.Engine.Files;

/// <summary>
/// What tells that a file is still the one that was read: its stat, links followed, and on Linux also when its inode was last
/// changed, which nobody can set back.
/// </summary>
/// <param name="Stat">The stat.</param>
/// <param name="ChangedNs">Time of the last change of the inode, nanoseconds since 1970 UTC; 0 where it is not known.</param>
internal readonly record struct FileStamp(FileStat Stat, long ChangedNs)
{
    private const long TickNs = 12_000_000;             // the kernel stamps files with its timer: 100 Hz at worst
    private const long CoarseTickNs = 2_100_000_000;    // FAT: two seconds

    /// <summary>
    /// Whether a change from now on will be seen: both times lie more than a tick of the file system's clock in the past.
    /// </summary>
    public bool IsSettled => Stat.Kind == FileKind.File && IsOlderThanATick(Stat.ModifiedNs) && IsOlderThanATick(ChangedNs);

    /// <summary>Reads the stamp; a change made while it is read is seen later.</summary>
    /// <exception cref="IOException">The operating system refuses for another reason than absence.</exception>
    public static FileStamp Read(string path)
    {
        if (!OperatingSystem.IsLinux())
            return new FileStamp(FileStat.Read(path, followLinks: true), 0);
        var stat = LinuxFiles.Stat(path, followLinks: true, out var changedNs);
        return new FileStamp(stat, changedNs);
    }

    /// <summary>A file that has this time cannot get it again by a change made now.</summary>
    /// <param name="timeNs">Nanoseconds since 1970 UTC.</param>
    public static bool IsOlderThanATick(long timeNs)
    {
        var tick = timeNs % 1_000_000_000 == 0 ? CoarseTickNs : TickNs;
        return (DateTime.UtcNow - DateTime.UnixEpoch).Ticks * 100 - timeNs > tick;
    }
}
