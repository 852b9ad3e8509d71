using System.Collections;
using DataVersion.Engine;
using DataVersion.Engine.Git;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Completion;

/// <summary>
/// Branches and tags of the repository that <c>-Source</c> names, or that a path was imported from, when it is a folder: the Tab
/// key does not wait for a network. Without a source those of this repository.
/// </summary>
internal sealed class SourceRevisionCompleter : RepositoryCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<CompletionCandidate> Candidates(RepositoryLayout? repository, CompletionRequest request)
    {
        var folder = request.Bound["Source"] is string source ? Path.Combine(request.CurrentFolder, source)
            : FirstOf(request.Bound["Path"] ?? request.Bound["LiteralPath"]) is { } path && repository is not null ? SourceOf(repository, Path.Combine(request.CurrentFolder, path)) ?? repository.Root
            : repository?.Root;
        if (folder is null || !Directory.Exists(folder))
            return [];
        using var git = GitRepository.TryOpen(folder);
        return git is null ? [] : [.. git.ListRefs().OrderBy(r => r.Kind).Select(r => new CompletionCandidate(r.Name, $"{r.Kind} {r.Commit[..Math.Min(8, r.Commit.Length)]}"))];
    }

    private static string? FirstOf(object? bound) => bound is string one ? one : (bound as IEnumerable)?.Cast<object>().FirstOrDefault()?.ToString();

    private static string? SourceOf(RepositoryLayout layout, string path)
    {
        using var repository = Repository.Open(layout);
        return layout.ToRelative(path) is { } relative ? ImportSources.RepositoryOf(repository, relative) : null;
    }
}
