using DataVersion.Engine.Files;
using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>What switching to a revision would do: Git first, then the data.</summary>
/// <param name="Git">The switch of Git.</param>
/// <param name="Data">The checkout of the revision's data into the workspace as it is now.</param>
public sealed record VersionSwitchPlan(SwitchPlan Git, CheckoutPlan Data);

/// <summary>
/// Switches Git and data together. Everything that could be lost is looked for before anything is touched; after the Git
/// switch only a plain checkout is left, which any later command can finish.
/// </summary>
public static class VersionSwitch
{
    /// <summary>Plans a switch and refuses one that would lose something.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="revision">Branch, tag, commit, or anything Git understands.</param>
    /// <param name="options">Paths must be null: a switch is about everything.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <exception cref="DataVersionException">
    /// RevisionNotFound; GitChangesInTheWay; UnsavedData; ObjectMissing or ObjectCorrupt without <c>AllowMissing</c>. Nothing was touched.
    /// </exception>
    public static VersionSwitchPlan Plan(Repository repository, string revision, CheckoutOptions options, OperationContext context)
    {
        var git = repository.RequireGit();
        var switchPlan = git.PlanSwitch(revision, context.Cancellation);
        RememberWhatIsThere(repository);
        var data = CheckoutPlanner.Plan(repository, repository.IndexOfCommit(switchPlan.Commit), options, context);
        switchPlan.ThrowIfBlocked(path => options.Force || IsSaved(repository, git, path));
        // What Git tracks goes and comes with Git, and its changes were looked at.
        var tracked = git.Tracked([.. data.Unsaved.Select(repository.Layout.ToAbsolute)], context.Cancellation);
        string[] unsaved = [.. data.Unsaved.Where(path => !tracked.Contains(repository.Layout.ToAbsolute(path)))];
        if (unsaved.Length > 0)
            throw new UnsavedDataException(unsaved);
        if (data.Failures is [var first, ..])
            throw new DataVersionException(first.Error.Kind,
                $"'{revision}' cannot be switched to: {data.Failures.Count} path(s) cannot be checked out, the first is '{first.Path}'. {first.Error.Message} Nothing was changed.",
                first.Path, first.Error.RecommendedAction + " Or switch without it: -AllowMissing.", first.Error);
        return new VersionSwitchPlan(switchPlan, data);
    }

    /// <summary>Switches. The caller holds the repository's lock.</summary>
    /// <returns>What could not be checked out after Git was switched.</returns>
    public static IReadOnlyList<PathFailure> Run(Repository repository, VersionSwitchPlan plan, CheckoutOptions options,
        Action<LinkResult> done, OperationContext context)
    {
        var git = repository.RequireGit();
        using var marks = repository.LockPaths([], plan.Data.WrittenPaths, context);
        repository.Placed.Save();
        FaultPoint.Reach("switch.begin");
        git.Switch(plan.Git, path => options.Force || IsSaved(repository, git, path), context.Warn, context.Cancellation);
        FaultPoint.Reach("switch.git");
        repository.Reload();
        // Planned anew: the workspace is looked at as Git left it, from the stat cache.
        var data = CheckoutPlanner.Plan(repository, repository.Index, options, context);
        return CheckoutRunner.Run(repository, data, options, done, context);
    }

    /// <summary>
    /// Outputs of the present version count as placed by us, as far as they hold the recorded content, whoever placed them:
    /// so they leave the workspace with their version.
    /// </summary>
    private static void RememberWhatIsThere(Repository repository)
    {
        foreach (var output in repository.Index.Outputs)
            if (output is { UseCache: true, IsExternal: false, Hash: { } hash })
                repository.Placed.Set(output.Path, hash);
    }

    private static bool IsSaved(Repository repository, GitRepository git, string gitPath)
    {
        var absolute = git.ToAbsolutePath(gitPath);
        if (repository.Layout.ToRelative(absolute) is not { } path || repository.Index.FindContaining(path) is not { Hash: { } hash } output)
            return false;
        var state = WorkspaceReader.Read(repository, [new ReadRequest(absolute, hash.Algorithm)], OperationContext.Silent)[0];
        return output.UseCache && state.Kind == FileKind.File && state.Hash is { } content
            && repository.Verifier.Verify(content).Verdict == Objects.ObjectVerdict.Good;
    }
}
