using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>Who uses a path.</summary>
/// <param name="Pid">The number of the process.</param>
/// <param name="Command">What it runs.</param>
internal readonly record struct PathLockOwner(int Pid, string Command);

/// <summary>The content of <c>.dvc/tmp/rwlock</c>: who writes and who reads which paths (dvc-compat §11.2).</summary>
internal sealed class PathLockTable
{
    private const int OneBlock = 4096;

    /// <summary>Absolute paths with the one process that writes them.</summary>
    public Dictionary<string, PathLockOwner> Writers { get; } = new(StringComparer.Ordinal);

    /// <summary>Absolute paths with the processes that read them.</summary>
    public Dictionary<string, List<PathLockOwner>> Readers { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads the file; an empty table when there is none.</summary>
    /// <exception cref="MetadataFormatException">It is not JSON, or of another shape.</exception>
    public static PathLockTable Load(string file)
    {
        var table = new PathLockTable();
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(file);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return table;
        }
        try
        {
            using var json = JsonDocument.Parse(bytes);
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (member.Name is not ("write" or "read"))
                    throw Broken(file, $"'{member.Name}' is neither 'read' nor 'write'");
                foreach (var path in member.Value.EnumerateObject())
                    if (member.Name == "write")
                        table.Writers[path.Name] = ReadOwner(path.Value);
                    else
                        table.Readers[path.Name] = [.. path.Value.EnumerateArray().Select(ReadOwner)];
            }
        }
        catch (JsonException error)
        {
            throw Broken(file, "it is not JSON", (int)(error.LineNumber ?? 0) + 1, (int)(error.BytePositionInLine ?? 0) + 1);
        }
        catch (Exception error) when (error is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Broken(file, "it is not a table of path locks");
        }
        return table;
    }

    /// <summary>Writes the file as Python's json module does.</summary>
    /// <param name="file">The file.</param>
    /// <param name="mustNotGrow">
    /// Marks were taken back: on a full disk, where no second file can be written, the shorter text takes the place of
    /// the old one, or the file goes when there are no marks. Others would wait for as long as this process lives otherwise.
    /// </param>
    public void Save(string file, bool mustNotGrow = false)
    {
        var bytes = new ArrayBufferWriter<byte>();
        Put(bytes, "{\"read\": {");
        PutAll(bytes, Readers, owners =>
        {
            Put(bytes, "[");
            for (var i = 0; i < owners.Count; i++)
            {
                Put(bytes, i == 0 ? "" : ", ");
                PutOwner(bytes, owners[i]);
            }
            Put(bytes, "]");
        });
        Put(bytes, "}, \"write\": {");
        PutAll(bytes, Writers, owner => PutOwner(bytes, owner));
        Put(bytes, "}}");
        try
        {
            if (!mustNotGrow || !TryOverwrite(file, bytes.WrittenSpan))
                AtomicFile.Write(file, bytes.WrittenSpan, durable: false);
        }
        catch (IOException error) when (mustNotGrow && FileErrors.IsDiskFull(error))
        {
            if (Writers.Count + Readers.Count == 0)
                File.Delete(file);
            else
                File.WriteAllBytes(file, bytes.WrittenSpan);
        }
    }

    /// <summary>
    /// A rename over a file makes some file systems write to the disk at once, so a short text goes over the old one, filled up with
    /// blanks, which JSON allows, to the length of the old: one write within a block that the file has, which a kill does not tear.
    /// Whoever reads or writes the file holds the lock beside it.
    /// </summary>
    private static bool TryOverwrite(string file, ReadOnlySpan<byte> text)
    {
        if (!OperatingSystem.IsLinux() || text.Length > OneBlock || FileStat.Read(file) is not { Kind: FileKind.File, Size: > 0 and <= OneBlock } old)
            return false;
        Span<byte> filled = stackalloc byte[OneBlock];
        filled.Fill((byte)' ');
        text.CopyTo(filled);
        using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        RandomAccess.Write(handle, filled[..Math.Max(text.Length, (int)old.Size)], 0);
        RandomAccess.SetLength(handle, text.Length);
        return true;
    }

    private static PathLockOwner ReadOwner(JsonElement json) =>
        new(json.GetProperty("pid").GetInt32(), json.GetProperty("cmd").GetString() ?? throw new FormatException());

    private static void PutAll<T>(ArrayBufferWriter<byte> bytes, Dictionary<string, T> paths, Action<T> putValue)
    {
        var first = true;
        foreach (var (path, value) in paths)
        {
            Put(bytes, first ? "" : ", ");
            first = false;
            JsonText.AppendEscaped(bytes, path);
            Put(bytes, ": ");
            putValue(value);
        }
    }

    private static void PutOwner(ArrayBufferWriter<byte> bytes, PathLockOwner owner)
    {
        Put(bytes, string.Create(CultureInfo.InvariantCulture, $"{{\"pid\": {owner.Pid}, \"cmd\": "));
        JsonText.AppendEscaped(bytes, owner.Command);
        Put(bytes, "}");
    }

    private static void Put(ArrayBufferWriter<byte> bytes, string text) => bytes.Write(Encoding.ASCII.GetBytes(text));

    private static MetadataFormatException Broken(string file, string reason, int line = 0, int column = 0) =>
        new(DataErrorKind.MetadataInvalid, file, line, column, reason,
            "A program was interrupted while it wrote the file. Make sure that no dvc or data command is running here, then delete it.");
}
