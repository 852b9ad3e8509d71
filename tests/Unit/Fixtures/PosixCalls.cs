using System.Runtime.InteropServices;

namespace DataVersion.Tests.Fixtures;

/// <summary>What recorded roots need of the operating system beyond plain files.</summary>
internal static partial class PosixCalls
{
    /// <summary>Sets the mask for new files of this process; returns the former one (man 2 umask).</summary>
    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint SetUmask(uint mask);

    /// <summary>Gives a file a second name.</summary>
    public static void HardLink(string existing, string name)
    {
        if (Link(existing, name) != 0)
            throw new IOException($"link '{existing}' -> '{name}': {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Sets the permission bits (nothing on Windows, where the cases do not run).</summary>
    public static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, mode);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string name);
}

/// <summary>A theory about modes and links of POSIX file systems.</summary>
internal sealed class PosixTheoryAttribute : TheoryAttribute
{
    public PosixTheoryAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "The recorded cases hold modes and symbolic links of a POSIX file system.";
    }
}
