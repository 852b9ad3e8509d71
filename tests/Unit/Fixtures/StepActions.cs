using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DataVersion.Tests.Fixtures;

/// <summary>The steps that are no commands: what the README of the fixtures defines, and <c>replay.py</c> executes.</summary>
internal static class StepActions
{
    private const UnixFileMode Usual = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Carries out a step that is neither a command nor a snapshot.</summary>
    public static void Execute(JsonElement step, FixtureWorld world)
    {
        var kind = step.EnumerateObject().First(item => item.Name is not ("cwd" or "date")).Name;
        var value = step.GetProperty(kind);
        switch (kind)
        {
            case "write":
                Write(world.At(Text(value, "path")), value);
                break;
            case "writeMany":
                WriteMany(world.At(Text(value, "dir")), value);
                break;
            case "delete":
                var doomed = world.At(value.GetString()!);
                if (!LinkExists(doomed))
                    throw new FileNotFoundException("A step deletes what is not there.", doomed);
                Remove(doomed);
                break;
            case "mkdir":
                Directory.CreateDirectory(world.At(value.GetString()!));
                break;
            case "symlink":
                var link = world.At(Text(value, "path"));
                Directory.CreateDirectory(Path.GetDirectoryName(link)!);
                File.CreateSymbolicLink(link, Text(value, "target").Replace("@ROOT@", world.Root));
                break;
            case "chmod":
                PosixCalls.SetMode(world.At(Text(value, "path")), Mode(Text(value, "mode")));
                break;
            case "rename":
                Rename(world.At(Text(value, "from")), world.At(Text(value, "to")));
                break;
            case "copy":
                Copy(world.At(Text(value, "from")), world.At(Text(value, "to")));
                break;
            case "touch":
                File.SetLastWriteTimeUtc(world.At(value.GetString()!), DateTime.UtcNow);
                break;
            default:
                throw new NotSupportedException($"Unknown step '{kind}'.");
        }
    }

    /// <summary>Block i is SHA-256 of the text <c>seed:SEED:i</c>; the blocks are concatenated and cut.</summary>
    public static byte[] Generate(long seed, int size)
    {
        var bytes = new byte[size];
        Span<byte> block = stackalloc byte[32];
        for (int i = 0, at = 0; at < size; i++, at += 32)
        {
            SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"seed:{seed}:{i}")), block);
            block[..Math.Min(32, size - at)].CopyTo(bytes.AsSpan(at));
        }
        return bytes;
    }

    /// <summary>Removes a file, a link or a whole folder, if it is there.</summary>
    public static void Remove(string path)
    {
        if (Directory.Exists(path) && new DirectoryInfo(path).LinkTarget is null)
            Directory.Delete(path, recursive: true);
        else if (LinkExists(path))
            File.Delete(path);
    }

    /// <summary>Writes a file; what was there is removed first, so nothing is written through a link.</summary>
    public static void Put(string path, byte[] content, UnixFileMode mode = Usual)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Remove(path);
        File.WriteAllBytes(path, content);
        PosixCalls.SetMode(path, mode);
    }

    private static bool LinkExists(string path) => Path.Exists(path) || new FileInfo(path).LinkTarget is not null;

    private static void Write(string path, JsonElement write)
    {
        var content = Content(write);
        if (Flag(write, "inPlace"))
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
            stream.SetLength(0);
            stream.Write(content);
            return;
        }
        if (Flag(write, "append"))
            content = [.. File.ReadAllBytes(path), .. content];
        Put(path, content, write.TryGetProperty("mode", out var mode) ? Mode(mode.GetString()!) : Usual);
    }

    private static byte[] Content(JsonElement write)
    {
        if (write.TryGetProperty("text", out var text))
            return Encoding.UTF8.GetBytes(text.GetString()!);
        if (write.TryGetProperty("bytesBase64", out var base64))
            return base64.GetBytesFromBase64();
        if (write.TryGetProperty("generate", out var generate))
            return Generate(generate.GetProperty("seed").GetInt64(), generate.GetProperty("size").GetInt32());
        var repeat = write.GetProperty("repeat");
        return Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Text(repeat, "text"), repeat.GetProperty("count").GetInt32())));
    }

    private static void WriteMany(string folder, JsonElement many)
    {
        var folders = many.GetProperty("folders").GetInt32();
        for (var i = 0; i < many.GetProperty("count").GetInt32(); i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture,
                $"{folder}/d{i % folders:00}/{Text(many, "prefix")}{i:00000}{Text(many, "suffix")}");
            Put(name, Generate(many.GetProperty("seed").GetInt64() + i, many.GetProperty("size").GetInt32()));
        }
    }

    private static void Rename(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (Directory.Exists(from) && new DirectoryInfo(from).LinkTarget is null)
            Directory.Move(from, to);
        else
            File.Move(from, to, overwrite: true);
    }

    private static void Copy(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            Put(to, File.ReadAllBytes(from));
            return;
        }
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
            if (entry is not DirectoryInfo { LinkTarget: not null })
                Copy(entry.FullName, Path.Combine(to, entry.Name));
    }

    private static UnixFileMode Mode(string octal) => (UnixFileMode)Convert.ToInt32(octal, 8);

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static bool Flag(JsonElement json, string name) => json.TryGetProperty(name, out var flag) && flag.GetBoolean();
}
