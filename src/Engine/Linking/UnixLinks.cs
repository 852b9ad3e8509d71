using System.Runtime.InteropServices;

namespace DataVersion.Engine.Linking;

/// <summary>Hard and symbolic links on Linux and macOS (man 2 linkat, symlink).</summary>
internal static partial class UnixLinks
{
    /// <summary>A second name of a file; of the target when the source is a symbolic link. 0 or the error number.</summary>
    public static int Hard(string source, string destination)
    {
        var (folder, follow) = OperatingSystem.IsMacOS() ? (-2, 0x40) : (-100, 0x400); // AT_FDCWD, AT_SYMLINK_FOLLOW
        return linkat(folder, source, folder, destination, follow) == 0 ? 0 : Marshal.GetLastPInvokeError();
    }

    /// <summary>A symbolic link with this target as it is written. 0 or the error number.</summary>
    public static int Symbolic(string target, string destination) =>
        symlink(target, destination) == 0 ? 0 : Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int linkat(int sourceFolder, string source, int destinationFolder, string destination, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int symlink(string target, string destination);
}
