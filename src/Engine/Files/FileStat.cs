namespace DataVersion.Engine.Files;

/// <summary>What a name in a folder stands for.</summary>
public enum FileKind : byte
{
    /// <summary>Nothing is there.</summary>
    None,
    /// <summary>A regular file.</summary>
    File,
    /// <summary>A folder.</summary>
    Directory,
    /// <summary>A symbolic link (only when links are not followed).</summary>
    Symlink,
    /// <summary>A pipe, socket or device.</summary>
    Other,
}

/// <summary>What one system call tells of a file.</summary>
/// <param name="Kind">File, folder, link.</param>
/// <param name="Device">Number of the device.</param>
/// <param name="Inode">Number of the inode (Windows: the file id).</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="ModifiedNs">Time of the last change of content, nanoseconds since 1970 UTC.</param>
/// <param name="Mode">Permission bits (0777 and the three above); on Windows 0444 for read-only files, else 0666.</param>
/// <param name="LinkCount">Number of hard links.</param>
public readonly record struct FileStat(
    FileKind Kind, ulong Device, ulong Inode, long Size, long ModifiedNs, int Mode, uint LinkCount)
{
    /// <summary>True when something is there.</summary>
    public bool Exists => Kind != FileKind.None;

    /// <summary>True for a file that its owner, group or others may execute.</summary>
    public bool IsExecutable => (Mode & 0b001_001_001) != 0 && !OperatingSystem.IsWindows();

    /// <summary>Reads what is there; <see cref="FileKind.None"/> when nothing is.</summary>
    /// <exception cref="IOException">The operating system refuses for another reason than absence.</exception>
    public static FileStat Read(string path, bool followLinks = false) =>
        OperatingSystem.IsLinux() ? LinuxFiles.Stat(path, followLinks)
        : OperatingSystem.IsMacOS() ? MacFiles.Stat(path, followLinks)
        : WindowsFiles.Stat(path, followLinks);

    /// <summary>Same file with the same content as far as the file system can tell: device, inode, size and time.</summary>
    public bool SameContentAs(in FileStat other) =>
        Kind == other.Kind && Device == other.Device && Inode == other.Inode && Size == other.Size && ModifiedNs == other.ModifiedNs;
}
