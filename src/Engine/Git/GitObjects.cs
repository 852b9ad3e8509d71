using System.Globalization;
using System.Text;

namespace DataVersion.Engine.Git;

/// <summary>What kind of thing an object of Git is.</summary>
public enum GitObjectType
{
    /// <summary>The bytes of a file.</summary>
    Blob,
    /// <summary>A folder.</summary>
    Tree,
    /// <summary>A commit.</summary>
    Commit,
    /// <summary>An annotated tag.</summary>
    Tag,
}

/// <summary>One object, whole.</summary>
/// <param name="Type">Blob, tree, commit or tag.</param>
/// <param name="Id">Its name in hexadecimal (40 digits, 64 in a SHA-256 repository).</param>
/// <param name="Bytes">Its content.</param>
public sealed record GitObject(GitObjectType Type, string Id, byte[] Bytes);

/// <summary>One entry of a tree object.</summary>
/// <param name="Mode">The mode in octal, as Git writes it: 100644, 100755, 120000 (symbolic link), 40000 (folder), 160000 (submodule).</param>
/// <param name="Name">The name, without a path.</param>
/// <param name="Id">The object it stands for.</param>
public sealed record GitTreeEntry(string Mode, string Name, string Id)
{
    /// <summary>True for a folder.</summary>
    public bool IsFolder => Mode is "40000" or "040000";

    /// <summary>True for an ordinary file, executable or not.</summary>
    public bool IsFile => Mode.StartsWith("100", StringComparison.Ordinal);

    /// <summary>Reads a tree object (format: mode, space, name, NUL, binary id; repeated).</summary>
    /// <param name="tree">A tree.</param>
    public static List<GitTreeEntry> Parse(GitObject tree)
    {
        var entries = new List<GitTreeEntry>();
        var rest = tree.Bytes.AsSpan();
        var idLength = tree.Id.Length / 2;
        while (rest.Length > 0)
        {
            var space = rest.IndexOf((byte)' ');
            var end = rest.IndexOf((byte)0);
            if (space <= 0 || end < space || rest.Length < end + 1 + idLength)
                throw new DataVersionException(DataErrorKind.GitFailed, $"The Git tree {tree.Id} is damaged.", null,
                    "Run 'git fsck' and repair the Git repository.");
            entries.Add(new GitTreeEntry(Encoding.ASCII.GetString(rest[..space]), Encoding.UTF8.GetString(rest[(space + 1)..end]),
                Convert.ToHexStringLower(rest.Slice(end + 1, idLength))));
            rest = rest[(end + 1 + idLength)..];
        }
        return entries;
    }
}

/// <summary>A commit.</summary>
/// <param name="Id">Its full name in hexadecimal.</param>
/// <param name="Tree">Its root tree.</param>
/// <param name="Parents">Its parents, the first one first.</param>
/// <param name="AuthorName">Who wrote it.</param>
/// <param name="AuthorEmail">The address, without angle brackets.</param>
/// <param name="AuthorDate">When it was written.</param>
/// <param name="CommitterDate">When it was recorded in this form.</param>
/// <param name="Message">The whole message.</param>
public sealed record GitCommit(string Id, string Tree, IReadOnlyList<string> Parents, string AuthorName, string AuthorEmail,
    DateTimeOffset AuthorDate, DateTimeOffset CommitterDate, string Message)
{
    /// <summary>The first line of the message.</summary>
    public string Subject => Message.AsSpan().TrimStart().IndexOf('\n') is var end and >= 0
        ? Message.AsSpan().TrimStart()[..end].TrimEnd().ToString()
        : Message.Trim();

    /// <summary>Reads a commit object (format: header lines, an empty line, the message).</summary>
    /// <param name="commit">A commit.</param>
    public static GitCommit Parse(GitObject commit)
    {
        var split = commit.Bytes.AsSpan().IndexOf("\n\n"u8);
        var head = Encoding.UTF8.GetString(split < 0 ? commit.Bytes : commit.Bytes.AsSpan(0, split)).Split('\n');
        var encoding = EncodingOf(head.FirstOrDefault(l => l.StartsWith("encoding ", StringComparison.Ordinal)));
        if (encoding != Encoding.UTF8)
            head = encoding.GetString(split < 0 ? commit.Bytes : commit.Bytes.AsSpan(0, split)).Split('\n');
        string tree = "", author = "", committer = "";
        var parents = new List<string>();
        foreach (var line in head)
        {
            if (line.StartsWith("tree ", StringComparison.Ordinal))
                tree = line[5..];
            else if (line.StartsWith("parent ", StringComparison.Ordinal))
                parents.Add(line[7..]);
            else if (line.StartsWith("author ", StringComparison.Ordinal))
                author = line[7..];
            else if (line.StartsWith("committer ", StringComparison.Ordinal))
                committer = line[10..];
        }
        var (name, email, authored) = Person(author);
        return new GitCommit(commit.Id, tree, parents, name, email, authored, Person(committer).Date,
            split < 0 ? "" : encoding.GetString(commit.Bytes.AsSpan(split + 2)));
    }

    // "Name <address> seconds +hhmm"
    private static (string Name, string Email, DateTimeOffset Date) Person(string text)
    {
        var close = text.LastIndexOf('>');
        var open = close < 0 ? -1 : text.LastIndexOf('<', close);
        if (open < 0)
            return (text, "", DateTimeOffset.UnixEpoch);
        var date = DateTimeOffset.UnixEpoch;
        var words = text[(close + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length > 0 && long.TryParse(words[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && seconds is > -62_135_000_000 and < 253_402_000_000)
        {
            date = DateTimeOffset.FromUnixTimeSeconds(seconds);
            if (words.Length > 1 && int.TryParse(words[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var zone)
                && Math.Abs(zone) < 1400)
                date = date.ToOffset(new TimeSpan(zone / 100, zone % 100, 0));
        }
        return (text[..open].TrimEnd(), text[(open + 1)..close], date);
    }

    private static Encoding EncodingOf(string? header)
    {
        try
        {
            return header is null ? Encoding.UTF8 : Encoding.GetEncoding(header["encoding ".Length..].Trim()) is var named && named.CodePage == 65001
                ? Encoding.UTF8 : named;
        }
        catch (ArgumentException)
        {
            return Encoding.Latin1;
        }
    }
}
