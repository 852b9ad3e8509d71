using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>A file that is read from the start to the end, with its stat taken from the open file where there is a way.</summary>
internal readonly struct SourceFile : IDisposable
{
    private readonly SafeFileHandle handle;
    private readonly string path;

    private SourceFile(SafeFileHandle handle, string path)
    {
        this.handle = handle;
        this.path = path;
    }

    /// <summary>Opens for reading, links followed; other processes may go on writing, which is noticed by the stat.</summary>
    public static SourceFile Open(string path) => new(
        OperatingSystem.IsLinux()
            ? LinuxDescriptors.OpenRead(path)
            : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete),
        path);

    /// <summary>A file that is open already; the caller goes on owning the handle.</summary>
    public static SourceFile Of(SafeFileHandle handle, string path) => new(handle, path);

    /// <summary>The descriptor, for calls of the operating system.</summary>
    public SafeFileHandle Handle => handle;

    /// <summary>The stat now.</summary>
    public FileStat Stat() => OperatingSystem.IsLinux() ? LinuxFiles.Stat(handle, path) : FileStat.Read(path, followLinks: true);

    /// <summary>The stat now, with what nobody can set back.</summary>
    public FileStamp Stamp() => OperatingSystem.IsLinux() ? LinuxFiles.Stamp(handle, path) : new FileStamp(Stat(), 0);

    /// <summary>Reads until the buffer is full or the file ends; 0 at the end.</summary>
    public int Fill(Span<byte> buffer, long offset)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var rest = buffer[total..];
            var read = OperatingSystem.IsLinux()
                ? LinuxDescriptors.Read(handle, rest, offset + total, path)
                : RandomAccess.Read(handle, rest, offset + total);
            if (read == 0)
                break;
            total += read;
        }
        return total;
    }

    /// <summary>Asks for bytes from the start that will be read soon, where the operating system takes such hints.</summary>
    public void ReadAhead(long length)
    {
        if (OperatingSystem.IsLinux())
            LinuxDescriptors.ReadAhead(handle, length);
    }

    /// <summary>Closes the file, if it was opened.</summary>
    public void Dispose() => handle?.Dispose();
}
