using DataVersion.Engine.Files;

namespace DataVersion.Engine.Repositories;

/// <summary>Making a repository: the files of <c>dvc init</c>, byte for byte. Source: dvc-compat §1.3.</summary>
public static class RepositoryInitializer
{
    private const string IgnoreText = """
        # Add patterns of files dvc should ignore, which could improve
        # the performance. Learn more at
        # https://dvc.org/doc/user-guide/dvcignore

        """;

    /// <summary>Checks whether a repository can be made, and says what that means. Changes nothing.</summary>
    /// <param name="folder">Absolute path of the folder that becomes the root; must exist.</param>
    /// <param name="noGit">Make a repository that knows nothing of Git.</param>
    /// <param name="subdirectory">Accept a Git work tree whose root lies above the folder.</param>
    /// <param name="force">Accept that a repository is there already; it is deleted with its cache.</param>
    /// <param name="isGitIgnored">Tells whether Git ignores an absolute path; not asked without Git.</param>
    /// <exception cref="DataVersionException">
    /// ArgumentInvalid: <paramref name="noGit"/> with <paramref name="subdirectory"/>, or Git ignores <c>.dvc</c>;
    /// PathNotFound; GitNotFound; RepositoryExists.
    /// </exception>
    public static InitializationPlan Plan(string folder, bool noGit, bool subdirectory, bool force, Func<string, bool> isGitIgnored)
    {
        var layout = new RepositoryLayout(folder);
        if (noGit && subdirectory)
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, "A repository without Git cannot be a subdirectory of a Git repository.",
                layout.Root, "Use either -NoGit or -Subdirectory.");
        if (!Directory.Exists(layout.Root))
            throw new DataVersionException(DataErrorKind.PathNotFound, $"The folder '{layout.Root}' does not exist.", layout.Root, "Make the folder first.");
        var gitRoot = noGit ? null : RequireGitRoot(layout, subdirectory);
        if (gitRoot is not null && isGitIgnored(layout.DvcFolder))
            throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"Git ignores '{layout.DvcFolder}', so the repository could not be shared.",
                layout.DvcFolder, "Take the rule out of .gitignore ('git check-ignore -v .dvc' names it), or use -NoGit.");
        var exists = FileStat.Read(layout.DvcFolder).Exists;
        if (exists && !force)
            throw new DataVersionException(DataErrorKind.RepositoryExists, $"'{layout.DvcFolder}' exists already.", layout.DvcFolder,
                "Use the repository as it is. -Force would delete it together with its cache.");
        return new InitializationPlan(layout, gitRoot, exists, exists && HoldsFiles(layout.DefaultCacheFolder) ? layout.DefaultCacheFolder : null);
    }

    /// <summary>Makes the repository. The caller puts the files of the outcome into the Git index.</summary>
    /// <param name="plan">What was agreed to.</param>
    /// <param name="isGitIgnored">Tells whether Git ignores an absolute path; not asked without Git.</param>
    /// <exception cref="DataVersionException">A file cannot be written or deleted; RepositoryBusy when a command runs in what would be replaced.</exception>
    public static InitializationOutcome Apply(InitializationPlan plan, Func<string, bool> isGitIgnored)
    {
        var layout = plan.Layout;
        try
        {
            if (plan.ReplacesRepository)
                DvcFolderRemoval.Remove(layout);
            else if (FileStat.Read(layout.DvcFolder).Exists)
                throw new DataVersionException(DataErrorKind.RepositoryExists, $"'{layout.DvcFolder}' was made by someone else meanwhile.", layout.DvcFolder,
                    "Look at what is there, and run the command again.");
            Directory.CreateDirectory(layout.TmpFolder);
            FaultPoint.Reach("init.folder");
            AtomicFile.Write(layout.ConfigFile, plan.GitRoot is null ? "[core]\n    no_scm = True\n" : "");
            if (!FileStat.Read(layout.IgnoreFile).Exists)
                AtomicFile.Write(layout.IgnoreFile, IgnoreText.ReplaceLineEndings("\n"));
            // Its time of change tells DVC this clone from others.
            using (new FileStream(Path.Combine(layout.TmpFolder, "btime"), FileMode.CreateNew))
            {
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, layout.DvcFolder, "make the repository");
        }
        if (plan.GitRoot is null)
            return new InitializationOutcome(layout, []);
        DvcGitIgnore.Complete(layout, isGitIgnored);
        return new InitializationOutcome(layout,
            [.. new[] { layout.ConfigFile, layout.GitIgnoreFile, layout.IgnoreFile }.Where(File.Exists)]);
    }

    private static string RequireGitRoot(RepositoryLayout layout, bool subdirectory)
    {
        if (RepositoryDiscovery.HasGit(layout.Root))
            return layout.Root;
        var above = RepositoryDiscovery.FindGitRoot(layout.Root);
        if (above is not null && subdirectory)
            return above;
        throw new DataVersionException(DataErrorKind.GitNotFound,
            above is null
                ? $"'{layout.Root}' is not in a Git repository."
                : $"'{layout.Root}' is not the root of a Git repository, but lies in '{above}'.",
            layout.Root,
            above is null
                ? "Run 'git init' first, or use -NoGit for a repository without Git."
                : "Use -Subdirectory to make a repository of its own here, or -NoGit for one without Git.");
    }

    private static bool HoldsFiles(string folder) =>
        Directory.Exists(folder) && Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Any();
}
