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
            foreach (var name in Names)
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
}
