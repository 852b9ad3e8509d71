namespace DataVersion.Engine.Files;

/// <summary>
/// Reading of a whole small file, metadata above all: opened once and without the advisory lock that .NET takes on each file,
/// together with the stat of the very file that was read.
/// </summary>
internal static class SmallFile
{
    /// <summary>The bytes of a file; null when nothing is there.</summary>
    /// <exception cref="IOException">It cannot be read; also <see cref="UnauthorizedAccessException"/>.</exception>
    public static byte[]? TryRead(string path)
    {
        try
        {
            return Read(path, out _);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The bytes of a file.</summary>
    /// <param name="path">Absolute path; links are followed.</param>
    /// <param name="stat">What the file was before its first byte was read: believe it only if it is the same afterwards.</param>
    /// <exception cref="IOException">It cannot be read, or nothing is there; also <see cref="UnauthorizedAccessException"/>.</exception>
    public static byte[] Read(string path, out FileStat stat)
    {
        using var file = SourceFile.Open(path);
        stat = file.Stat();
        if (stat.Kind == FileKind.Directory)
            throw new UnauthorizedAccessException($"'{path}' is a folder.");
        // One byte more, so that the end is met by the first reading.
        var bytes = new byte[checked((int)stat.Size + 1)];
        for (var length = 0; ;)
        {
            var read = file.Fill(bytes.AsSpan(length), length);
            length += read;
            if (length < bytes.Length)
                return bytes[..length];
            Array.Resize(ref bytes, checked(bytes.Length * 2));
        }
    }
}
