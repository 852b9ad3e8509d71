using System.Runtime.InteropServices;

namespace DataVersion.Engine.Files;

/// <summary>Giving a finished file its final name in one step.</summary>
internal static partial class FileRename
{
    private const int NotSupportedLinux = 95, NotSupportedMac = 45, Invalid = 22, NoSystemCall = 38, Exists = 17;
    private const int AtFdCwd = -100;
    private const uint NoReplaceLinux = 1, ExclusiveMac = 4;

    /// <summary>
    /// Renames within one file system, over an existing file if there is one, read-only or not. On Unix, when
    /// both names already are the same inode, rename(2) does nothing and both stay: the caller removes the source then.
    /// </summary>
    public static void Replace(string source, string destination)
    {
        if (OperatingSystem.IsWindows())
        {
            WindowsRename.Replace(source, destination);
            return;
        }
        if (rename(source, destination) != 0)
            throw NativeError.ToException(Marshal.GetLastPInvokeError(), destination);
    }

    /// <summary>Renames only when the destination does not exist; false when something is there.</summary>
    public static bool ToNewName(string source, string destination)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(source, destination, overwrite: false);
                return true;
            }
            catch (IOException) when (FileStat.Read(destination).Exists)
            {
                return false;
            }
        }
        var result = OperatingSystem.IsMacOS()
            ? renamex_np(source, destination, ExclusiveMac)
            : renameat2(AtFdCwd, source, AtFdCwd, destination, NoReplaceLinux);
        if (result == 0)
            return true;
        var error = Marshal.GetLastPInvokeError();
        if (error == Exists)
            return false;
        if (error is not (Invalid or NoSystemCall or NotSupportedLinux or NotSupportedMac))
            throw NativeError.ToException(error, destination);
        // A file system without the exclusive rename: look, then rename.
        if (FileStat.Read(destination).Exists)
            return false;
        Replace(source, destination);
        return true;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string source, string destination);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renameat2(int sourceFolder, string source, int destinationFolder, string destination, uint flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int renamex_np(string source, string destination, uint flags);
}
