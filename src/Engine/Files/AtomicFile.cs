using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>Writing a file so that at any moment either the old or the new content is there, never a part.</summary>
internal static class AtomicFile
{
    /// <summary>
    /// A name next to the target that DVC takes for a temporary file: a dot, 22 URL-safe characters, <c>.tmp</c>.
    /// </summary>
    public static string TemporaryName(string folder)
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        Span<char> name = stackalloc char[24];
        Convert.TryToBase64Chars(random, name, out _);
        name.Replace('+', '-');
        name.Replace('/', '_');
        return Path.Combine(folder, string.Concat(".", name[..22], ".tmp"));
    }

    /// <summary>A temporary name that is the same each time, for a value that comes in pieces.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="identity">What makes it differ from every other value, and from the same one on its way to somebody else.</param>
    public static string TemporaryName(string folder, string identity) => Path.Combine(folder, string.Concat(".", Convert.ToHexStringLower(MD5.HashData(System.Text.Encoding.UTF8.GetBytes(identity))).AsSpan(0, 22), ".tmp"));

    /// <summary>
    /// True for a path whose name <see cref="TemporaryName(string)"/>, or DVC, may have made: what is left of a killed command. The
    /// content of such a file is a copy, whole or not, of something that is elsewhere.
    /// </summary>
    public static bool IsTemporaryName(ReadOnlySpan<char> path)
    {
        var name = path[(path.LastIndexOfAny('/', Path.DirectorySeparatorChar) + 1)..];
        if (name.Length != 27 || name[0] != '.' || !name.EndsWith(".tmp", StringComparison.Ordinal))
            return false;
        foreach (var c in name[1..23])
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                return false;
        return true;
    }

    /// <summary>Replaces the file by these bytes; the permissions of an existing file are kept.</summary>
    /// <param name="path">Absolute path; its folder must exist.</param>
    /// <param name="content">The whole new content.</param>
    /// <param name="durable">Ask the disk to keep it before the old content is given up (fsync): for metadata that is the only copy.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool durable = true)
    {
        var temporary = TemporaryName(Path.GetDirectoryName(path)!);
        try
        {
            using (var file = Create(temporary))
            {
                if (OperatingSystem.IsLinux())
                    LinuxDescriptors.Write(file, content, 0, temporary);
                else
                    RandomAccess.Write(file, content, 0);
                if (durable)
                    RandomAccess.FlushToDisk(file);
            }
            if (!OperatingSystem.IsWindows() && FileStat.Read(path, followLinks: true) is { Kind: FileKind.File } old)
                File.SetUnixFileMode(temporary, (UnixFileMode)old.Mode);
            FileRename.Replace(temporary, path);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static SafeFileHandle Create(string path) => OperatingSystem.IsLinux()
        ? LinuxDescriptors.CreateNew(path, 0b110_110_110)
        : File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None);

    /// <summary>Replaces the file by this text, UTF-8 without a mark.</summary>
    public static void Write(string path, string text, bool durable = true) =>
        Write(path, System.Text.Encoding.UTF8.GetBytes(text), durable);
}
