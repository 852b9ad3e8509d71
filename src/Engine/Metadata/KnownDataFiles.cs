using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Metadata;

/// <summary>
/// What <c>.dvc</c> files say, kept for the next command of the session: thousands of them are opened and parsed once per change.
/// A file of a working tree is believed by its <see cref="FileStamp"/>, under the same rule as the stat cache: it is kept only when a
/// later change would give it another stamp. A file of a revision is known by the name that Git gives its content, which that of a
/// working tree gets too: most files are the same in two revisions. Thread-safe.
/// </summary>
internal static class KnownDataFiles
{
    // A session is not to hold on to very much.
    private const int MostFiles = 50_000;

    private static readonly ConcurrentDictionary<string, Entry> Files = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<Key, IReadOnlyList<TrackedOutput>> Contents = new();

    private sealed record Entry(string Root, FileStamp Stamp, IReadOnlyList<TrackedOutput> Outputs);

    /// <summary>What a text means depends on the folder of the repository and on the place of the file in it.</summary>
    private sealed record Key(string Root, string Path, string Content);

    /// <summary>The outputs of a file on disk as it is now.</summary>
    /// <param name="root">The folder of the repository.</param>
    /// <param name="path">Path of the file, relative to the root.</param>
    /// <param name="file">Absolute path of the file.</param>
    /// <param name="read">Reads its text.</param>
    /// <param name="parse">Understands its text; what either throws is not kept.</param>
    public static IReadOnlyList<TrackedOutput> OfFile(string root, string path, string file, Func<string, string> read,
        Func<string, string, IReadOnlyList<TrackedOutput>> parse)
    {
        if (TryStamp(file) is not { } before)
            return parse(path, read(path));
        if (Find(root, file, before) is { } known)
            return known;
        // Asked before reading: what is written from now on has another time.
        var isSettled = before.IsSettled;
        var text = read(path);
        var outputs = OfContent(root, path, BlobName(text), parse, text);
        if (isSettled && TryStamp(file) == before)
            Keep(Files, file, new Entry(root, before, outputs));
        return outputs;
    }

    /// <summary>The outputs of a file of a revision.</summary>
    /// <param name="root">As for <see cref="OfFile"/>.</param>
    /// <param name="path">As for <see cref="OfFile"/>.</param>
    /// <param name="content">The name that Git gives the content of the file.</param>
    /// <param name="read">As for <see cref="OfFile"/>.</param>
    /// <param name="parse">As for <see cref="OfFile"/>.</param>
    public static IReadOnlyList<TrackedOutput> OfRevision(string root, string path, string content, Func<string, string> read,
        Func<string, string, IReadOnlyList<TrackedOutput>> parse) => OfContent(root, path, content, parse, null, read);

    /// <summary>The outputs of a file on disk, if they are known and it has not changed.</summary>
    /// <param name="root">As for <see cref="OfFile"/>.</param>
    /// <param name="file">As for <see cref="OfFile"/>.</param>
    public static IReadOnlyList<TrackedOutput>? TryGet(string root, string file) =>
        Files.ContainsKey(file) && TryStamp(file) is { } stamp ? Find(root, file, stamp) : null;

    private static IReadOnlyList<TrackedOutput> OfContent(string root, string path, string content,
        Func<string, string, IReadOnlyList<TrackedOutput>> parse, string? text, Func<string, string>? read = null)
    {
        var key = new Key(root, path, content);
        if (Contents.TryGetValue(key, out var known))
            return known;
        var outputs = parse(path, text ?? read!(path));
        Keep(Contents, key, outputs);
        return outputs;
    }

    private static void Keep<TKey, TValue>(ConcurrentDictionary<TKey, TValue> all, TKey key, TValue value)
        where TKey : notnull
    {
        if (all.Count >= MostFiles)
            all.Clear();
        all[key] = value;
    }

    private static IReadOnlyList<TrackedOutput>? Find(string root, string file, in FileStamp stamp) =>
        Files.TryGetValue(file, out var entry) && entry.Stamp == stamp && entry.Root == root ? entry.Outputs : null;

    // Whoever reads the file tells what is wrong with it.
    private static FileStamp? TryStamp(string file)
    {
        try
        {
            return FileStamp.Read(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // In a repository with SHA-256 no content of a revision has such a name, and nothing is found.
    private static string BlobName(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var header = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"blob {bytes.Length}\0"));
        return Convert.ToHexStringLower(SHA1.HashData([.. header, .. bytes]));
    }
}
