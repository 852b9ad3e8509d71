using System.Globalization;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Remotes;

/// <summary>An upload in parts that was begun.</summary>
/// <param name="Token">What the service needs to go on with it.</param>
/// <param name="PartSize">Bytes of a part.</param>
/// <param name="Parts">The mark of each part that was sent, by its number.</param>
internal sealed record UploadRecord(string Token, long PartSize, IReadOnlyDictionary<int, string> Parts);

/// <summary>
/// Uploads in parts that were begun and not completed, one small file each in <c>.dvc/tmp</c>, so that a later session goes
/// on with them. They are hints: each part's bytes are compared with what was sent, and the service is asked what it has.
/// </summary>
/// <param name="folder">Where; made when something is recorded.</param>
/// <param name="place">The remote's address, so that remotes are kept apart.</param>
internal sealed class UploadRecords(string folder, string place)
{
    private const string Header = "dataversion upload 2";

    /// <summary>What is known of an upload; null when nothing, or nothing readable, is.</summary>
    public UploadRecord? Find(string key, PartLayout layout)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(PathOf(key, layout));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        if (lines.Length < 3 || lines[0] != Header || !long.TryParse(lines[2], NumberStyles.None, CultureInfo.InvariantCulture, out var partSize) || partSize <= 0)
            return null;
        var parts = new Dictionary<int, string>();
        foreach (var line in lines.Skip(3))
            // The last line may be torn.
            if (line.Split(' ') is [var number, { Length: 32 } mark] && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var i))
                parts[i] = mark;
        return new UploadRecord(lines[1], partSize, parts);
    }

    /// <summary>Records that an upload was begun.</summary>
    public void Begin(string key, PartLayout layout, string token)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(PathOf(key, layout), string.Create(CultureInfo.InvariantCulture, $"{Header}\n{token}\n{layout.PartSize}\n= {layout.Size} {PlaceMark} {key}\n"), durable: false);
    }

    /// <summary>The uploads to this remote that were last gone on with before a time: file of the record, key, token and layout (without hash).</summary>
    /// <param name="before">The time, UTC.</param>
    public IReadOnlyList<(string File, string Key, string Token, PartLayout Layout)> Abandoned(DateTime before)
    {
        var found = new List<(string, string, string, PartLayout)>();
        if (!Directory.Exists(folder))
            return found;
        foreach (var file in Directory.EnumerateFiles(folder))
            try
            {
                if (File.GetLastWriteTimeUtc(file) >= before || File.ReadAllLines(file) is not [Header, var token, var part, var line, ..] || line.Split(' ', 4) is not ["=", var size, var mark, var key] || mark != PlaceMark)
                    continue;
                if (long.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var partSize) && partSize > 0 && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                    found.Add((file, key, token, new PartLayout(length, partSize, default)));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It is looked at the next time.
            }
        return found;
    }

    /// <summary>Records that the service has a part.</summary>
    public void Add(string key, PartLayout layout, int number, string mark)
    {
        lock (this)
            File.AppendAllText(PathOf(key, layout), string.Create(CultureInfo.InvariantCulture, $"{number} {mark}\n"));
    }

    /// <summary>Forgets an upload.</summary>
    public void Remove(string key, PartLayout layout) => FileRemoval.Try(PathOf(key, layout));

    // The address itself is nobody's business here.
    private string PlaceMark => Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(Encoding.UTF8.GetBytes(place)));

    private string PathOf(string key, PartLayout layout) => Path.Join(folder, Convert.ToHexStringLower(
        System.Security.Cryptography.MD5.HashData(Encoding.UTF8.GetBytes($"{place}\n{key}\n{layout.Size}\n{layout.Hash}"))));
}
