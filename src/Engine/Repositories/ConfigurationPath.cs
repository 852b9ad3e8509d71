using System.Text.RegularExpressions;

namespace DataVersion.Engine.Repositories;

/// <summary>How paths are spelled in configuration files and what they mean (dvc-compat §1.6). Environment variables mean nothing.</summary>
internal static partial class ConfigurationPath
{
    /// <summary>What a stored text stands for: a URL as it is, or an absolute path.</summary>
    /// <param name="stored">The text in the file.</param>
    /// <param name="fileFolder">Absolute path of the configuration file's folder.</param>
    public static string Resolve(string stored, string fileFolder)
    {
        if (stored.Length == 0 || IsFixed(stored))
            return stored;
        if (IsHome(stored))
            return HomeFolder() + ToNative(stored[1..]);
        return stored[0] == '~' ? stored : Path.GetFullPath(ToNative(stored), fileFolder);
    }

    /// <summary>The text to store for what a user typed: relative paths are taken from the current folder.</summary>
    /// <param name="typed">What the user typed.</param>
    /// <param name="currentFolder">Absolute path from which relative paths count.</param>
    /// <param name="fileFolder">Absolute path of the configuration file's folder.</param>
    public static string Store(string typed, string currentFolder, string fileFolder) =>
        typed.Length == 0 || IsFixed(typed) || typed[0] == '~'
            ? typed
            : Path.GetRelativePath(fileFolder, Path.GetFullPath(ToNative(typed), currentFolder)).Replace(Path.DirectorySeparatorChar, '/');

    private static bool IsFixed(string path) =>
        Url().IsMatch(path) || path[0] == '/' || Path.IsPathFullyQualified(path);

    private static bool IsHome(string path) =>
        path[0] == '~' && (path.Length == 1 || path[1] == '/' || (OperatingSystem.IsWindows() && path[1] == '\\'));

    private static string HomeFolder() =>
        Environment.GetEnvironmentVariable(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") is { Length: > 0 } home
            ? Path.TrimEndingDirectorySeparator(home)
            : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    private static string ToNative(string path) =>
        Path.DirectorySeparatorChar == '/' ? path : path.Replace('/', Path.DirectorySeparatorChar);

    [GeneratedRegex(@"^\w+://")]
    private static partial Regex Url();
}
