using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Completion;

/// <summary>Names of the configured remotes.</summary>
internal sealed class RemoteNameCompleter : RepositoryCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionCandidate> Candidates(RepositoryLayout? repository, CompletionRequest request) =>
        Configuration.Load(repository, validate: false).Remotes.Select(r => new CompletionCandidate(r.Name, r.Url));
}
