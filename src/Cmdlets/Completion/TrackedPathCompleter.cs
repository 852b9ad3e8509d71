using DataVersion.Engine;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Completion;

/// <summary>Tracked paths, relative to the session's location, also those that are missing in the workspace.</summary>
internal sealed class TrackedPathCompleter : RepositoryCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionCandidate> Candidates(RepositoryLayout? repository, CompletionRequest request)
    {
        if (repository is null)
            return [];
        using var opened = Repository.Open(repository);
        // A metadata file that cannot be read hides its own outputs only.
        return
        [
            .. from output in opened.LoadIndex([]).Outputs
               where !output.IsExternal
               let path = Path.GetRelativePath(request.CurrentFolder, repository.ToAbsolute(output.Path)).Replace('\\', '/')
               where !path.StartsWith("..", StringComparison.Ordinal) || request.Word.StartsWith("..", StringComparison.Ordinal)
               select new CompletionCandidate(path, $"{output.Path}, tracked by {output.MetadataPath}"),
        ];
    }
}
