using System.Runtime.InteropServices;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Linking;

/// <summary>
/// Clones on macOS (man 2 clonefile, sys/clonefile.h): the destination must not exist, both must be on one APFS volume, and
/// mode, times and attributes are those of the source, so both are set afterwards.
/// </summary>
internal static partial class MacLinks
{
    /// <summary>Makes a new file that shares all blocks of the source. 0, or the error number; then nothing is left.</summary>
    public static int Clone(string source, string destination, int mode)
    {
        if (clonefile(source, destination, 0) != 0)
            return Marshal.GetLastPInvokeError();
        FileModes.Set(destination, mode);
        FileTimes.Settle(destination);
        return 0;
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int clonefile(string source, string destination, uint flags);
}
