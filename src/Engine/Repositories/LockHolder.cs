using System.Diagnostics;
using System.Globalization;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>Finds out which process holds a lock file, to tell the user.</summary>
internal static class LockHolder
{
    /// <summary>"PID 12 (dvc repro)" for a lock file that someone holds; null when nobody can be named.</summary>
    public static string? Describe(string lockFile)
    {
        try
        {
            var pid = OperatingSystem.IsLinux() ? KernelsWord(lockFile) ?? WrittenPid(lockFile) : WrittenPid(lockFile);
            return pid is null ? null : CommandLine(pid.Value) is { } command ? $"PID {pid} ({command})" : $"PID {pid}";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>True when a process of this number lives.</summary>
    public static bool IsAlive(int pid)
    {
        if (OperatingSystem.IsLinux())
            return Directory.Exists(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}"));
        try
        {
            using var process = Process.GetProcessById(pid);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // On Linux the command with its arguments, elsewhere the program's name.
    private static string? CommandLine(int pid)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/cmdline")).TrimEnd('\0').Replace('\0', ' ') is { Length: > 0 } line
                    ? line.Length > 200 ? line[..200] + "..." : line
                    : null;
            using var process = Process.GetProcessById(pid);
            return process.ProcessName;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    // Lines like "1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF": process, device and inode (man 5 proc_locks). On some
    // file systems (btrfs, overlay) the device has another number there than in stat; then the inode must do.
    private static int? KernelsWord(string lockFile)
    {
        var stat = FileStat.Read(lockFile, followLinks: true);
        if (!stat.Exists || !File.Exists("/proc/locks"))
            return null;
        var inode = string.Create(CultureInfo.InvariantCulture, $":{stat.Inode}");
        var place = string.Create(CultureInfo.InvariantCulture, $"{stat.Device >> 32:x2}:{stat.Device & 0xffffffff:x2}{inode}");
        int? sameInode = null;
        foreach (var line in File.ReadLines("/proc/locks"))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length < 6 || words[1] != "FLOCK" || !words[5].EndsWith(inode, StringComparison.Ordinal)
                || !int.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || pid <= 0)
                continue;
            if (words[5] == place)
                return pid;
            sameInode ??= pid;
        }
        return sameInode;
    }

    private static int? WrittenPid(string lockFile)
    {
        using var file = OperatingSystem.IsWindows()
            ? File.OpenHandle(lockFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
            : UnixLock.OpenRead(lockFile);
        if (file is null)
            return null;
        Span<byte> text = stackalloc byte[32];
        var length = RandomAccess.Read(file, text, 1); // the first byte is the locked one
        return int.TryParse(Encoding.ASCII.GetString(text[..length]).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && IsAlive(pid) ? pid : null;
    }
}
