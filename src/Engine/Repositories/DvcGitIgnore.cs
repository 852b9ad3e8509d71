using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// <c>.dvc/.gitignore</c>: what must never get into Git (secrets, locks, the cache). DVC completes it whenever it opens a
/// repository with Git, and so do we. Source: dvc-compat §1.1.
/// </summary>
public static class DvcGitIgnore
{
    private static readonly string[] Names = ["config.local", "tmp", "cache"];

    /// <summary>Adds the lines that are missing.</summary>
    /// <param name="layout">The repository.</param>
    /// <param name="isGitIgnored">
    /// Tells whether Git ignores an absolute path, by whatever rule. It is not asked for what the file names already, so that
    /// opening a repository costs no Git process as a rule.
    /// </param>
    /// <returns>True when the file was changed or made.</returns>
    /// <exception cref="DataVersionException">The file cannot be read or written.</exception>
    public static bool Complete(RepositoryLayout layout, Func<string, bool> isGitIgnored)
    {
        try
        {
            var before = File.Exists(layout.GitIgnoreFile) ? File.ReadAllText(layout.GitIgnoreFile) : null;
            var text = before;
            foreach (var name in NamesOf(layout))
                if (GitIgnoreFile.Add(text, name) is { } more && !isGitIgnored(Path.Combine(layout.DvcFolder, name)))
                    text = more;
            if (text is null || text == before)
                return false;
            AtomicFile.Write(layout.GitIgnoreFile, text);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, layout.GitIgnoreFile, "complete");
        }
    }

    /// <summary>Names a file of <c>.dvc</c> that must not get into Git, before it is written. Without Git there is nothing to do.</summary>
    /// <exception cref="DataVersionException">The file cannot be read or written.</exception>
    internal static void Name(RepositoryLayout layout, string name)
    {
        try
        {
            if (!File.Exists(layout.GitIgnoreFile) && !IsInGit(layout.Root))
                return;
            if (GitIgnoreFile.Add(File.Exists(layout.GitIgnoreFile) ? File.ReadAllText(layout.GitIgnoreFile) : null, name) is { } more)
                AtomicFile.Write(layout.GitIgnoreFile, more);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, layout.GitIgnoreFile, "complete");
        }
    }

    // Our own file of secrets is named when there is one, so that repositories without look as DVC makes them.
    private static IEnumerable<string> NamesOf(RepositoryLayout layout) =>
        ConfigurationLevel.OwnPath(layout.LocalConfigFile) is var own && File.Exists(own) ? Names.Append(Path.GetFileName(own)) : Names;

    private static bool IsInGit(string? folder)
    {
        for (; folder is not null; folder = Path.GetDirectoryName(folder))
            if (Path.Exists(Path.Combine(folder, ".git")))
                return true;
        return false;
    }
}
