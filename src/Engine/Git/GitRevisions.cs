namespace DataVersion.Engine.Git;

/// <summary>What a name in Git's <c>refs/</c> stands for.</summary>
public enum GitRefKind
{
    /// <summary>A local branch.</summary>
    Branch,
    /// <summary>A tag, annotated or not.</summary>
    Tag,
    /// <summary>What a branch of a Git remote was when it was last fetched.</summary>
    RemoteBranch,
    /// <summary>The tip of a DVC experiment (<c>refs/exps/aa/bbbb.../name</c>).</summary>
    Experiment,
}

/// <summary>A name for a commit.</summary>
/// <param name="Name">The short name a person types: <c>main</c>, <c>v1</c>, <c>origin/main</c>, <c>hairy-toad</c>.</param>
/// <param name="FullName">The name below <c>refs/</c>, <c>refs/</c> included.</param>
/// <param name="Kind">Branch, tag, branch of a remote, or experiment.</param>
/// <param name="Commit">The full name of the commit in hexadecimal; annotated tags are followed.</param>
public sealed record GitRef(string Name, string FullName, GitRefKind Kind, string Commit);

/// <summary>Which commits are meant; parts add up.</summary>
public sealed record CommitSelection
{
    /// <summary>The tip of every local branch.</summary>
    public bool AllBranches { get; init; }

    /// <summary>The commit of every tag.</summary>
    public bool AllTags { get; init; }

    /// <summary>Every commit that HEAD, a branch or a tag leads to.</summary>
    public bool AllCommits { get; init; }

    /// <summary>The tip of every experiment.</summary>
    public bool AllExperiments { get; init; }

    /// <summary>Revisions by name.</summary>
    public IReadOnlyList<string> Revisions { get; init; } = [];

    /// <summary>
    /// From each of <see cref="Revisions"/> and of the branches of <see cref="AllBranches"/>: this many commits along first
    /// parents, itself included (1 or less than 0: itself only, all of them).
    /// </summary>
    public int First { get; init; } = 1;

    /// <summary>Every commit that <see cref="AllCommits"/> would give and that was committed at this time or later.</summary>
    public DateTimeOffset? Since { get; init; }
}

/// <summary>A commit that changed some of the paths that were asked about.</summary>
/// <param name="Commit">The commit.</param>
/// <param name="Changes">Those of the paths it changed.</param>
public sealed record GitHistoryEntry(GitCommit Commit, IReadOnlyList<GitPathChange> Changes);

/// <summary>A path that differs.</summary>
/// <param name="Path">The Git path.</param>
/// <param name="Blob">The object it is afterwards; null when it is gone.</param>
public readonly record struct GitPathChange(string Path, string? Blob);
