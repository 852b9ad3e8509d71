using System.Runtime.InteropServices;

namespace DataVersion.Engine.Files;

/// <summary>Permissions of files that we make: objects are read-only for all, private files follow the umask.</summary>
public static partial class FileModes
{
    /// <summary>0444: what DVC takes as the mark of a verified object.</summary>
    public const int Object = 0b100_100_100;

    private const int OwnerExecutes = 0b001_000_000;
    private static readonly Lazy<int> Umask = new(ReadUmask);

    /// <summary>0666 less the umask; 0664 in a cache that a group shares.</summary>
    public static int Private(bool sharedGroup) => sharedGroup ? 0b110_110_100 : 0b110_110_110 & ~Umask.Value;

    /// <summary>Makes a file read-only for all: 0444 exactly, on Windows the read-only attribute.</summary>
    public static void Protect(string path) => Set(path, Object);

    /// <summary>Makes a file writable for its owner again (see <see cref="Private"/>), executable for its owner when asked.</summary>
    public static void Release(string path, bool sharedGroup, bool executable = false) =>
        Set(path, Private(sharedGroup) | (executable ? OwnerExecutes : 0));

    /// <summary>Adds or takes the execute permission: <c>u+x</c>, or <c>a-x</c>. Nothing on Windows.</summary>
    public static void SetExecutable(string path, bool executable)
    {
        if (OperatingSystem.IsWindows())
            return;
        var mode = (int)File.GetUnixFileMode(path);
        var wanted = executable ? mode | OwnerExecutes : mode & ~0b001_001_001;
        if (wanted != mode)
            File.SetUnixFileMode(path, (UnixFileMode)wanted);
    }

    /// <summary>Sets permission bits; on Windows a file without write bits becomes read-only.</summary>
    public static void Set(string path, int mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, (UnixFileMode)mode);
            return;
        }
        var attributes = File.GetAttributes(path);
        var wanted = (mode & 0b010_010_010) == 0 ? attributes | FileAttributes.ReadOnly : attributes & ~FileAttributes.ReadOnly;
        if (wanted != attributes)
            File.SetAttributes(path, wanted);
    }

    // Asking with umask(2) means changing it, for all threads of a process that may not be ours alone. Linux tells it.
    private static int ReadUmask()
    {
        if (OperatingSystem.IsWindows())
            return 0;
        const int usual = 0b000_010_010;
        if (OperatingSystem.IsLinux())
        {
            try
            {
                foreach (var line in File.ReadLines("/proc/self/status"))
                    if (line.StartsWith("Umask:", StringComparison.Ordinal))
                        return Convert.ToInt32(line["Umask:".Length..].Trim(), 8);
            }
            catch (IOException)
            {
                // No /proc: fall through to the usual value.
            }
            return usual;
        }
        var mask = umask(usual);
        umask(mask);
        return mask & 0b111_111_111;
    }

    // mode_t has 16 bits on macOS.
    [LibraryImport("libc")]
    private static partial ushort umask(ushort mask);
}
