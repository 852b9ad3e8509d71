using System.Globalization;
using System.Text.RegularExpressions;

namespace DataVersion.Remotes.Ftp;

/// <summary>What a line of a listing describes.</summary>
/// <param name="Name">Its name in the folder; of MLST, a path.</param>
/// <param name="IsFolder">True for folders.</param>
/// <param name="Size">Bytes; -1 when the server does not tell.</param>
/// <param name="Modified">When it was changed; null when the line does not tell exactly.</param>
internal sealed record FtpEntry(string Name, bool IsFolder, long Size, DateTimeOffset? Modified);

/// <summary>Lines of listings: those of MLSD and MLST (RFC 3659 §7), and of LIST as the servers of Unix and Windows write them.</summary>
internal static partial class FtpListing
{
    /// <summary>Reads a line of MLSD; null for the folder itself and its parent, and for what is neither file nor folder.</summary>
    public static FtpEntry? ReadFacts(string line)
    {
        var space = line.IndexOf(' ');
        if (space < 0)
            return null;
        var (type, size, modified) = ("", -1L, (DateTimeOffset?)null);
        foreach (var fact in line[..space].Split(';', StringSplitOptions.RemoveEmptyEntries))
            if (fact.IndexOf('=') is > 0 and var sign)
                switch (fact[..sign].ToLowerInvariant())
                {
                    case "type":
                        type = fact[(sign + 1)..].ToLowerInvariant();
                        break;
                    case "size":
                        size = long.TryParse(fact.AsSpan(sign + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes : -1;
                        break;
                    case "modify" when fact.Length >= sign + 15:
                        modified = DateTimeOffset.TryParseExact(fact.AsSpan(sign + 1, 14), "yyyyMMddHHmmss", CultureInfo.InvariantCulture,
                            DateTimeStyles.AssumeUniversal, out var time) ? time : null;
                        break;
                }
        return type switch
        {
            "dir" => new FtpEntry(line[(space + 1)..], true, -1, modified),
            "file" => new FtpEntry(line[(space + 1)..], false, size, modified),
            // The size is that of the link, not of what it leads to.
            _ when type.StartsWith("os.unix=s", StringComparison.Ordinal) => new FtpEntry(line[(space + 1)..], false, -1, null),
            _ => null,
        };
    }

    /// <summary>Reads a line of LIST; null for what is no entry.</summary>
    public static FtpEntry? ReadLine(string line)
    {
        if (Unix().Match(line) is { Success: true } unix)
        {
            var name = unix.Groups["name"].Value;
            var isLink = line[0] == 'l';
            if (isLink && name.IndexOf(" -> ", StringComparison.Ordinal) is > 0 and var arrow)
                name = name[..arrow];
            return line[0] is not ('-' or 'd' or 'l') || name is "." or ".." ? null
                : new FtpEntry(name, line[0] == 'd', isLink || line[0] == 'd' ? -1 : long.Parse(unix.Groups["size"].Value, CultureInfo.InvariantCulture), null);
        }
        if (Windows().Match(line) is not { Success: true } windows)
            return null;
        var isFolder = windows.Groups["size"].Value == "<DIR>";
        return windows.Groups["name"].Value is "." or ".." ? null
            : new FtpEntry(windows.Groups["name"].Value, isFolder, isFolder ? -1 : long.Parse(windows.Groups["size"].Value, CultureInfo.InvariantCulture), null);
    }

    // -rw-r--r--    1 1000     1000       300000 Nov 23 19:00 a name   (some servers leave the group out, or write 2026-11-23 19:00)
    [GeneratedRegex(@"^[-dlbcps][-rwxsStT]{9}[.+@]?\s+\d+\s+\S+\s+(?:\S+\s+)?(?<size>\d+)\s+(?:\p{L}+\.?\s+\d{1,2}\.?|\d{1,2}\.?\s+\p{L}+\.?|\d{4}-\d{2}-\d{2})\s+(?:\d{1,2}:\d{2}(?::\d{2})?|\d{4}) (?<name>.+)$")]
    private static partial Regex Unix();

    // 11-23-26  07:00PM       <DIR>          a name        2026-11-23  19:00         300000 a name
    [GeneratedRegex(@"^(?:\d{2}-\d{2}-(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})\s+\d{1,2}:\d{2}(?:AM|PM)?\s+(?<size><DIR>|\d+)\s(?:\s{9})?(?<name>.+)$")]
    private static partial Regex Windows();
}
