namespace DataVersion.Engine.Files;

/// <summary>Turns what the operating system or .NET threw into an error that names file, reason and next step.</summary>
public static class FileErrors
{
    private const int NoSpaceUnix = 28, ReadOnlyFileSystem = 30, QuotaLinux = 122, QuotaMac = 69;
    private const int DiskFullWindows = unchecked((int)0x80070070), HandleDiskFullWindows = unchecked((int)0x80070027);

    /// <summary>
    /// The same error as a <see cref="DataVersionException"/> (one that is one already comes back as it is). Kinds:
    /// <see cref="DataErrorKind.DiskFull"/>, <see cref="DataErrorKind.AccessDenied"/> (a read-only file system too),
    /// <see cref="DataErrorKind.PathNotFound"/>, else <see cref="DataErrorKind.InputOutput"/>.
    /// </summary>
    /// <param name="error">What was thrown; not a cancellation.</param>
    /// <param name="path">The file it happened to.</param>
    /// <param name="doing">What was attempted, to follow "Cannot": "read", "store", "link".</param>
    /// <param name="where">Follows the file in the message, for example " in the cache '...'".</param>
    public static DataVersionException Describe(Exception error, string path, string doing, string where = "")
    {
        if (error is DataVersionException known)
            return known;
        var (kind, reason, action) = error switch
        {
            IOException e when IsDiskFull(e) => (DataErrorKind.DiskFull, "the disk is full.",
                "Free some space (Clear-DataCache removes objects that nothing uses) and run the command again."),
            UnauthorizedAccessException => (DataErrorKind.AccessDenied, "access is denied.",
                "Check the owner and the permissions of the file and its folder."),
            IOException { HResult: ReadOnlyFileSystem } => (DataErrorKind.AccessDenied, "the file system is read-only.",
                "Mount it writable, or set cache.dir to a folder that can be written."),
            FileNotFoundException or DirectoryNotFoundException => (DataErrorKind.PathNotFound, "it does not exist.",
                "Check the path; if another program removed the file meanwhile, run the command again."),
            PathTooLongException => (DataErrorKind.PathUnsupported, "the path is too long for the operating system.",
                "Shorten the path."),
            _ => (DataErrorKind.InputOutput, error.Message, "Check the disk and the file system, then run the command again."),
        };
        return new DataVersionException(kind, $"Cannot {doing} '{path}'{where}: {reason}", path, action, error);
    }

    /// <summary>True when the disk or the user's quota is full.</summary>
    public static bool IsDiskFull(IOException error) => OperatingSystem.IsWindows()
        ? error.HResult is DiskFullWindows or HandleDiskFullWindows
        : error.HResult == NoSpaceUnix || error.HResult == (OperatingSystem.IsMacOS() ? QuotaMac : QuotaLinux);
}
