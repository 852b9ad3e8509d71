using DataVersion.Engine.Git;
using DataVersion.Engine.Remotes;

namespace DataVersion.Cmdlets;

/// <summary>Which objects a user means by paths and revisions.</summary>
internal static class RequestedObjects
{
    /// <summary>Revisions alone mean those revisions; every other choice comes on top of the workspace, as in DVC.</summary>
    public static SyncSelection Of(string? remote, string[]? paths, string[]? revisions, bool branches, bool tags, bool commits, bool needsWorkspace = false)
    {
        var any = branches || tags || commits;
        return new SyncSelection
        {
            Paths = paths, Remote = remote, Workspace = any || revisions is null || needsWorkspace,
            Commits = any || revisions is not null
                ? new CommitSelection { AllBranches = branches, AllTags = tags, AllCommits = commits, Revisions = revisions ?? [] }
                : null,
        };
    }
}
