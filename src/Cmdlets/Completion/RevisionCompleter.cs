using DataVersion.Engine.Git;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Completion;

/// <summary>Names of revisions: branches, tags, branches of Git remotes, experiments, and HEAD.</summary>
internal sealed class RevisionCompleter : RepositoryCompleter
{
    private const int ShortHash = 8;

    /// <inheritdoc/>
    protected override IEnumerable<CompletionCandidate> Candidates(RepositoryLayout? repository, CompletionRequest request)
    {
        using var git = GitRepository.TryOpen(repository?.Root ?? request.CurrentFolder);
        if (git is null)
            return [];
        return git.ListRefs()
            .OrderBy(r => r.Kind)
            .Select(r => new CompletionCandidate(r.Name, $"{r.Kind} {r.Commit[..Math.Min(ShortHash, r.Commit.Length)]}"))
            .Append(new("HEAD", "The commit that is checked out"))
            .ToList();
    }
}
