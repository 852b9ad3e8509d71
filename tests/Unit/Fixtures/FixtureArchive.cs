using System.Formats.Tar;
using System.IO.Compression;

namespace DataVersion.Tests.Fixtures;

/// <summary>Unpacks <c>after.tar.gz</c>: modes, symbolic and hard links are kept, links into the recorded root are moved along.</summary>
internal static class FixtureArchive
{
    /// <summary>Unpacks everything, or what <paramref name="wanted"/> accepts, into a folder that stands for the root.</summary>
    public static void Unpack(FixtureCase fixture, string root, Func<string, bool>? wanted = null)
    {
        using var tar = new TarReader(new GZipStream(File.OpenRead(fixture.Archive), CompressionMode.Decompress));
        var folders = new List<(string Path, UnixFileMode Mode)>();
        while (tar.GetNextEntry() is { } entry)
        {
            var name = Relative(entry.Name);
            if (name.Length == 0 || wanted?.Invoke(name) == false)
                continue;
            var path = Path.Combine(root, name);
            if (entry.EntryType == TarEntryType.Directory)
            {
                Directory.CreateDirectory(path);
                folders.Add((path, entry.Mode));
                continue;
            }
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            StepActions.Remove(path);
            if (entry.EntryType == TarEntryType.SymbolicLink)
                File.CreateSymbolicLink(path, Moved(entry.LinkName, fixture.RecordedRoot, root));
            else if (entry.EntryType == TarEntryType.HardLink)
                PosixCalls.HardLink(Path.Combine(root, Relative(entry.LinkName)), path);
            else
                WriteFile(path, entry);
        }
        foreach (var (path, mode) in folders)
            PosixCalls.SetMode(path, mode);
    }

    private static void WriteFile(string path, TarEntry entry)
    {
        using (var stream = File.Create(path))
            entry.DataStream?.CopyTo(stream);
        File.SetLastWriteTimeUtc(path, entry.ModificationTime.UtcDateTime);
        PosixCalls.SetMode(path, entry.Mode);
    }

    private static string Moved(string target, string from, string to) =>
        target == from || target.StartsWith(from + "/", StringComparison.Ordinal) ? to + target[from.Length..] : target;

    // The archive's names begin with the name of the root or with ".".
    private static string Relative(string name) => name.StartsWith("./", StringComparison.Ordinal) ? name[2..].TrimEnd('/') : name is "." ? "" : name.TrimEnd('/');
}
