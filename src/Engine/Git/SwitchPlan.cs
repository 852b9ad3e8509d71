namespace DataVersion.Engine.Git;

/// <summary>What <c>git checkout</c> would do with HEAD.</summary>
public enum SwitchKind
{
    /// <summary>HEAD stays as it is.</summary>
    Nothing,
    /// <summary>A local branch is checked out.</summary>
    Branch,
    /// <summary>A local branch is made from the branch of a remote, and checked out.</summary>
    NewBranch,
    /// <summary>A commit is checked out without a branch.</summary>
    Detached,
}

/// <summary>What switching Git to a revision would do, and what stands in its way. Nothing has been touched.</summary>
public sealed record SwitchPlan
{
    /// <summary>What was asked for.</summary>
    public required string Revision { get; init; }

    /// <summary>The commit it names.</summary>
    public required string Commit { get; init; }

    /// <summary>What happens to HEAD.</summary>
    public required SwitchKind Kind { get; init; }

    /// <summary>The branch that will be checked out; null for a detached HEAD.</summary>
    public string? Branch { get; init; }

    /// <summary>Git paths that differ between the commit that is checked out and the one that will be.</summary>
    public IReadOnlyList<string> ChangedPaths { get; init; } = [];

    /// <summary>Git paths of tracked files whose changes would be lost, conflicts included.</summary>
    public IReadOnlyList<string> LocalChanges { get; init; } = [];

    /// <summary>Git paths of files unknown to Git that would be overwritten or deleted.</summary>
    public IReadOnlyList<string> Untracked { get; init; } = [];

    /// <summary>
    /// Git paths of files that Git ignores and that would be overwritten or deleted. Git does that silently; they may be
    /// data whose content is in no cache, so the caller decides.
    /// </summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Another reason, as a sentence; null when there is none.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Fails when something is in the way.</summary>
    /// <param name="isSaved">Says of a Git path from <see cref="Ignored"/> whether its content is kept elsewhere; null: none is.</param>
    /// <exception cref="DataVersionException">GitChangesInTheWay, naming the files.</exception>
    public void ThrowIfBlocked(Func<string, bool>? isSaved = null)
    {
        if (Obstacle is not null)
            throw new DataVersionException(DataErrorKind.GitChangesInTheWay, $"Git cannot switch to '{Revision}': {Obstacle} Nothing was changed.");
        Refuse(LocalChanges, "hold changes that Git has not recorded", "Commit them, or put them aside with 'git stash', and switch again.");
        Refuse(Untracked, "are not tracked by Git and are in the way", "Move them away or add them to Git, and switch again.");
        Refuse([.. Ignored.Where(path => isSaved is null || !isSaved(path))],
            "are ignored by Git, so their content exists nowhere else, and are in the way", "Move them away and switch again.");
    }

    private void Refuse(IReadOnlyList<string> paths, string what, string action)
    {
        if (paths.Count > 0)
            throw new DataVersionException(DataErrorKind.GitChangesInTheWay,
                $"Switching Git to '{Revision}' would overwrite or delete {paths.Count} file(s) that {what}: "
                + string.Join(", ", paths.Take(5).Select(p => $"'{p}'")) + (paths.Count > 5 ? ", ..." : "") + ". Nothing was changed.",
                paths[0], action);
    }
}
