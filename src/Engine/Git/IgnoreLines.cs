using System.Text;
using System.Text.Unicode;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Git;

/// <summary>
/// The rules of one file of ignore rules, understood as far as is needed to say that none can match a name, or that the last
/// one that can is that very name. Rules with wildcards are judged by how their last part begins and ends only, case never
/// counts against a match: a rule that might match is never overlooked (format: man gitignore).
/// </summary>
internal sealed class IgnoreLines
{
    // So many wildcards are better left to Git.
    private const int MostWildcards = 500;

    private sealed record Rule(int Line, bool IsNegated, bool FoldersOnly, bool IsAnchored, string Text);

    private sealed record Wildcard(int Line, string Begin, string End);

    private readonly Dictionary<string, List<Rule>> literals = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<Wildcard> wildcards = [];

    private IgnoreLines()
    {
    }

    /// <summary>A file without rules.</summary>
    public static IgnoreLines None { get; } = new();

    /// <summary>Reads a file; one that does not exist has no rules. Null when only Git can say what it means.</summary>
    public static IgnoreLines? Read(string path)
    {
        try
        {
            return SmallFile.TryRead(path) is { } bytes ? Parse(bytes) : None;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Understands the bytes of a file.</summary>
    public static IgnoreLines? Parse(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
            return null;
        var lines = new IgnoreLines();
        var number = 0;
        foreach (var range in bytes.StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.GetString(bytes[3..]).Split('\n') : Encoding.UTF8.GetString(bytes).Split('\n'))
            lines.Add(range.EndsWith('\r') ? range[..^1] : range, number++);
        return lines.wildcards.Count > MostWildcards ? null : lines;
    }

    /// <summary>What the file says of a path.</summary>
    /// <param name="inner">The path from the folder of the file, with <c>/</c>.</param>
    /// <returns>
    /// Null: no rule speaks of it. Else the last rule that may; <c>Certain</c> when it does, and then whether it ignores.
    /// </returns>
    public (bool Certain, bool Ignores)? Judge(ReadOnlySpan<char> inner)
    {
        var name = inner[(inner.LastIndexOf('/') + 1)..];
        Rule? last = null;
        if (literals.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var rules))
            for (var i = rules.Count - 1; i >= 0 && last is null; i--)
                if (!rules[i].IsAnchored || inner.Equals(rules[i].Text, StringComparison.OrdinalIgnoreCase))
                    last = rules[i];
        foreach (var wildcard in wildcards)
            if (wildcard.Line > (last?.Line ?? -1) && name.EndsWith(wildcard.End, StringComparison.OrdinalIgnoreCase)
                && name.StartsWith(wildcard.Begin, StringComparison.OrdinalIgnoreCase))
                return (false, false);
        if (last is null)
            return null;
        return (!last.FoldersOnly && (last.IsAnchored ? inner : name).SequenceEqual(last.Text), !last.IsNegated);
    }

    private void Add(string line, int number)
    {
        if (line.Length == 0 || line[0] == '#')
            return;
        if (line.EndsWith(' '))
        {
            // Some of the spaces may count.
            wildcards.Add(new Wildcard(number, "", ""));
            return;
        }
        var isNegated = line[0] == '!';
        var pattern = line.AsSpan(isNegated ? 1 : 0);
        var foldersOnly = pattern.EndsWith('/');
        if (foldersOnly)
            pattern = pattern[..^1];
        var isAnchored = pattern.Contains('/');
        if (pattern.StartsWith('/'))
            pattern = pattern[1..];
        if (pattern.IsEmpty || pattern[0] == '/' || pattern[^1] == '/' || pattern.IndexOf("//", StringComparison.Ordinal) >= 0)
            wildcards.Add(new Wildcard(number, "", ""));
        else if (Literal(pattern) is { } text)
        {
            var name = text[(text.LastIndexOf('/') + 1)..];
            if (!literals.TryGetValue(name, out var same))
                literals[name] = same = new(1);
            same.Add(new Rule(number, isNegated, foldersOnly, isAnchored, text));
        }
        else
            wildcards.Add(Ends(pattern, number));
    }

    // Without what escapes a character; null with wildcards.
    private static string? Literal(ReadOnlySpan<char> pattern)
    {
        if (!pattern.ContainsAny("*?[\\"))
            return pattern.ToString();
        var text = new StringBuilder(pattern.Length);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] is '*' or '?' or '[' || pattern[i] == '\\' && ++i == pattern.Length)
                return null;
            text.Append(pattern[i]);
        }
        return text.ToString();
    }

    private static Wildcard Ends(ReadOnlySpan<char> pattern, int number)
    {
        var end = pattern[(pattern.LastIndexOfAny("*?[]\\/") + 1)..];
        // File systems may spell letters beyond ASCII in several ways.
        end = end[(end.LastIndexOfAnyExceptInRange('\0', '\x7f') + 1)..];
        var begin = pattern[(pattern.LastIndexOf('/') + 1)..];
        begin = pattern.ContainsAny('[', '\\') ? "" : begin[..Math.Max(0, begin.IndexOfAny('*', '?') is var at && at < 0 ? begin.Length : at)];
        return new Wildcard(number, begin.ContainsAnyExceptInRange('\0', '\x7f') ? "" : begin.ToString(), end.ToString());
    }
}
