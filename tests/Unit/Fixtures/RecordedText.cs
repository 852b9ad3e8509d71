using System.Text.RegularExpressions;

namespace DataVersion.Tests.Fixtures;

/// <summary>How the recordings write paths: escaped in listings, portable as file names, with tokens for what is private.</summary>
internal static partial class RecordedText
{
    /// <summary>The home folder of the recordings; it is never written into a file.</summary>
    public const string Home = "/w/home";

    /// <summary>A path as listings write it.</summary>
    public static string Escape(string path) =>
        path.Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\t", "\\t").Replace("\r", "\\r");

    /// <summary>A relative path as a file name below <c>expected/files</c>.</summary>
    public static string Portable(string path) => TrailingDotOrSpace().Replace(
        Forbidden().Replace(path, found => $"%{(int)found.Value[0]:X2}"), found => $"%{(int)found.Value[0]:X2}");

    /// <summary>Text with tokens in place of the root and of temporary names.</summary>
    public static string Tokens(string text, string root) =>
        TemporaryName().Replace(text.Replace(root, "@ROOT@"), ".@TMP@.tmp");

    /// <summary>A path whose last segment may be a temporary name of DVC.</summary>
    public static string WithoutTemporaryName(string path) => TemporaryEnd().Replace(path, ".@TMP@.tmp");

    [GeneratedRegex("""[<>:"\\|?*%\x00-\x1f]""")]
    private static partial Regex Forbidden();

    [GeneratedRegex("[. ](?=/|$)")]
    private static partial Regex TrailingDotOrSpace();

    [GeneratedRegex(@"\.[A-Za-z0-9_-]{22}\.tmp\b")]
    private static partial Regex TemporaryName();

    [GeneratedRegex(@"\.[A-Za-z0-9_-]{22}\.tmp$")]
    private static partial Regex TemporaryEnd();
}
