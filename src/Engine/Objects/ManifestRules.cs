using System.Buffers;
using System.Text;
using DataVersion.Engine.Files;

namespace DataVersion.Engine.Objects;

public sealed partial class Manifest
{
    private static readonly bool OnWindows = OperatingSystem.IsWindows();

    // Of Windows; Linux allows 4096 bytes.
    private const int LongestPath = 32767;

    private static Manifest FromEntries(ManifestEntry[] entries, ContentHashAlgorithm algorithm, string name)
    {
        var sorted = true;
        for (var i = 0; i < entries.Length; i++)
        {
            if (PathProblem(entries[i].Path, OnWindows) is { } problem)
                throw Invalid(name, $"the entry '{Shown(entries[i].Path)}' {problem}");
            if (i > 0 && sorted)
                sorted = Utf8Order.Compare(entries[i - 1].Path, entries[i].Path) <= 0;
        }
        if (!sorted)
            Array.Sort(entries, static (x, y) => Utf8Order.Compare(x.Path, y.Path));
        var manifest = new Manifest(entries, algorithm);
        manifest.RefuseConflicts(name);
        return manifest;
    }

    /// <summary>Why a path may not stand in a manifest; null when it may. A path becomes a file below the directory.</summary>
    internal static string? PathProblem(ReadOnlySpan<char> path, bool windows)
    {
        if (path.IsEmpty)
            return "has no name.";
        if (path.Contains('\0'))
            return "contains a NUL character.";
        if (windows && path.IndexOfAny('\\', ':') >= 0)
            return "contains '\\' or ':', which Windows would take for a folder, a drive or a stream.";
        if (path[0] == '/')
            return "is absolute.";
        if (path.Length > LongestPath)
            return "is longer than any operating system allows.";
        foreach (var range in path.Split('/'))
        {
            var segment = path[range];
            if (segment.IsEmpty)
                return "has an empty folder or file name.";
            if (segment is "." or "..")
                return "climbs out of its directory ('.' or '..').";
            // Windows drops dots and spaces at the end of a name, so ".. " would climb too.
            if (windows && segment.TrimEnd(". ").IsEmpty)
                return "has a name of dots and spaces only, which Windows would drop.";
        }
        return HasLoneSurrogate(path) ? "is not valid Unicode." : null;
    }

    // Entries are sorted here: equal paths are neighbours, and a file that is also a folder is the exact text of a prefix
    // that some entry has. Only folders that the entry before did not have need a look-up.
    private void RefuseConflicts(string name)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            ReadOnlySpan<char> path = entries[i].Path, before = entries[i - 1].Path;
            var common = path.CommonPrefixLength(before);
            if (common == path.Length && common == before.Length)
                throw Invalid(name, $"the entry '{Shown(path)}' is listed twice.");
            for (var slash = path[common..].IndexOf('/') + common; slash >= common; )
            {
                if (IndexOf(path[..slash]) >= 0)
                    throw Invalid(name, $"'{Shown(path[..slash])}' is both a file and a folder.");
                var next = path[(slash + 1)..].IndexOf('/');
                slash = next < 0 ? -1 : slash + 1 + next;
            }
        }
    }

    private static bool HasLoneSurrogate(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAnyInRange('\uD800', '\uDFFF') < 0)
            return false;
        for (var i = 0; i < text.Length; )
        {
            if (Rune.DecodeFromUtf16(text[i..], out _, out var consumed) != OperationStatus.Done)
                return true;
            i += consumed;
        }
        return false;
    }

    private static string Shown(ReadOnlySpan<char> path)
    {
        var text = path.Length > 200 ? string.Concat(path[..200], "...") : path.ToString();
        return text.Replace("\0", "\\0", StringComparison.Ordinal);
    }

    private static DataVersionException Invalid(string name, string reason, Exception? cause = null) =>
        new(DataErrorKind.ManifestInvalid, $"The directory manifest of {name} cannot be used: {reason}", name,
            "Check the cache with Test-DataCache, then fetch the directory again from a remote or restore its metadata from Git.",
            cause);
}
