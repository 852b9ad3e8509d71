using System.Buffers;
using DataVersion.Engine.Files;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Linking;

/// <summary>Making one new name of a kind, on whatever system this is. The destination must not exist.</summary>
internal static class LinkCalls
{
    /// <summary>
    /// Reflink, hard link or symbolic link. 0, or an error number of the operating system; then nothing is left. A
    /// reflink has the mode of a private file, the others are or show the object.
    /// </summary>
    /// <exception cref="IOException">Source or destination cannot be opened at all.</exception>
    public static int Make(LinkKind kind, string source, string destination, int mode)
    {
        switch (kind)
        {
            case LinkKind.Reflink when OperatingSystem.IsLinux():
                return LinuxLinks.Clone(source, destination, mode);
            case LinkKind.Reflink when OperatingSystem.IsWindows():
                return WindowsLinks.Clone(source, destination);
            case LinkKind.Reflink:
                return OperatingSystem.IsMacOS() ? MacLinks.Clone(source, destination, mode) : 95;
            case LinkKind.Hardlink:
                return OperatingSystem.IsWindows() ? WindowsLinks.Hard(source, destination) : UnixLinks.Hard(source, destination);
            case LinkKind.Symlink when OperatingSystem.IsWindows():
                try
                {
                    File.CreateSymbolicLink(destination, source);
                    return 0;
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    return error.HResult & 0xFFFF;
                }
            case LinkKind.Symlink:
                return UnixLinks.Symbolic(source, destination);
            default:
                Copy(source, destination, mode);
                return 0;
        }
    }

    /// <summary>A full copy with a time of its own, made inside the kernel where there is a way. On an error nothing is left.</summary>
    /// <exception cref="IOException">Reading or writing failed, or the destination exists.</exception>
    public static void Copy(string source, string destination, int mode)
    {
        if (!OperatingSystem.IsLinux())
        {
            try
            {
                File.Copy(source, destination, overwrite: false);
                FileModes.Set(destination, mode);
                FileTimes.Settle(destination);
            }
            catch
            {
                FileRemoval.Try(destination);
                throw;
            }
            return;
        }
        using var from = LinuxDescriptors.OpenRead(source);
        using var to = LinuxDescriptors.CreateNew(destination, mode);
        try
        {
            const long chunk = 1 << 30;
            long offset = 0, copied;
            while ((copied = LinuxDescriptors.Copy(from, to, offset, chunk, destination)) > 0)
                offset += copied;
            if (copied < 0)
                CopyByHand(from, to, offset, source, destination);
            FileTimes.Settle(to, destination);
        }
        catch
        {
            FileRemoval.Try(destination);
            throw;
        }
    }

    /// <summary>True when an error means that this kind is not possible here and the next one may be tried (as DVC does).</summary>
    public static bool MeansUnsupported(int error) =>
        OperatingSystem.IsWindows()
            // invalid function, access denied, other device, not supported, invalid parameter, too many block references,
            // too many links, privilege not held
            ? error is 1 or 5 or 17 or 50 or 87 or 347 or 1142 or 1314
        : OperatingSystem.IsMacOS()
            // EPERM, EXDEV, EINVAL, ENOTTY, EMLINK, EAGAIN, ENOTSUP, ENOSYS, EOPNOTSUPP
            ? error is 1 or 18 or 22 or 25 or 31 or 35 or 45 or 78 or 102
            // EPERM, EAGAIN, EXDEV, EINVAL, ENOTTY, EMLINK, ENOSYS, EOPNOTSUPP
            : error is 1 or 11 or 18 or 22 or 25 or 31 or 38 or 95;

    private static void CopyByHand(SafeFileHandle from, SafeFileHandle to, long offset, string source, string destination)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            while (true)
            {
                var read = LinuxDescriptors.Read(from, buffer, offset, source);
                if (read == 0)
                    return;
                LinuxDescriptors.Write(to, buffer.AsSpan(0, read), offset, destination);
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
