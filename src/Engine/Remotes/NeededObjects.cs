using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes;

/// <summary>What a user wants to be synchronised.</summary>
public sealed record SyncSelection
{
    /// <summary>Tracked paths, paths inside tracked folders, folders above them, metadata files; relative to the root. Null for all.</summary>
    public IReadOnlyList<string>? Paths { get; init; }

    /// <summary>Outputs as they were at some time, instead of those that metadata names; null for these.</summary>
    public IReadOnlyList<TrackedOutput>? Outputs { get; init; }

    /// <summary>The metadata in the workspace.</summary>
    public bool Workspace { get; init; } = true;

    /// <summary>Revisions besides; null for none.</summary>
    public CommitSelection? Commits { get; init; }

    /// <summary>The remote the user named; null for the one of each output.</summary>
    public string? Remote { get; init; }
}

/// <summary>What one remote is to hold, or to give.</summary>
/// <param name="Remote">The remote.</param>
/// <param name="Outputs">The outputs, or parts of outputs, each content once.</param>
public sealed record RemoteNeeds(RemoteConfiguration Remote, IReadOnlyList<OutputScope> Outputs);

/// <summary>
/// Collects the outputs whose objects travel, by remote (rules: dvc-compat 10.2): an output with <c>remote:</c> goes to that
/// remote alone, and is left out when the user names another; <c>push: false</c> is never pushed; what is not kept in the
/// cache, lies outside, comes from another repository or was never downloaded is left out.
/// </summary>
public static class NeededObjects
{
    /// <summary>Collects.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="selection">What the user wants.</param>
    /// <param name="forPush">Objects will go to the remotes.</param>
    /// <param name="context">Warnings and cancellation.</param>
    /// <returns>One entry for each remote that something is needed of.</returns>
    /// <param name="failures">Receives the paths that are tracked in none of the revisions; without it the first one is thrown.</param>
    /// <exception cref="DataVersionException">RemoteNotFound (only when something needs the remote); PathNotTracked;
    /// RevisionNotFound; MetadataInvalid.</exception>
    public static IReadOnlyList<RemoteNeeds> Collect(Repository repository, SyncSelection selection, bool forPush, OperationContext context,
        ICollection<PathFailure>? failures = null)
    {
        var named = selection.Remote is null ? null : repository.Configuration.GetRemote(selection.Remote);
        var remotes = new Dictionary<string, RemoteConfiguration>(StringComparer.Ordinal);
        var needs = new Dictionary<string, List<OutputScope>>(StringComparer.Ordinal);
        var seen = new HashSet<(string Remote, ContentHash Hash, string Inner, bool Push)>();
        foreach (var scope in Scopes(repository, selection, context, failures))
        {
            var output = scope.Output;
            if (!Travels(output, forPush) || named is not null && output.Remote is not null && !SameName(output.Remote, named.Name))
                continue;
            if (output.Hash is not { } hash)
            {
                if (output.Kind != OutputSource.UrlImport)
                    context.Warn($"'{output.Path}' has no recorded content in '{output.MetadataPath}', so there is nothing to transfer for it.");
                continue;
            }
            var remote = named ?? Resolve(output.Remote ?? "");
            if (forPush && selection.Commits is not null && remote.KeepsVersions)
                throw new DataVersionException(DataErrorKind.ArgumentInvalid, $"The remote '{remote.Name}' keeps plain files and their versions, so only what the workspace records can be pushed to it, not other revisions.",
                    remote.Name, "Push without -Revision, -AllBranches, -AllTags and -AllCommits.");
            // Where files have their own names, the same content at two places is two files.
            if (!seen.Add((remote.KeepsVersions ? $"{remote.Name}\0{output.Path}\0{VersionsOf(output)}" : remote.Name, hash, string.Join('\0', scope.Inner), output.Push)))
                continue;
            if (!needs.TryGetValue(remote.Name, out var list))
                needs[remote.Name] = list = [];
            remotes[remote.Name] = remote;
            list.Add(scope);
        }
        return [.. needs.Select(n => new RemoteNeeds(remotes[n.Key], n.Value))];

        RemoteConfiguration Resolve(string name) => remotes.TryGetValue(name.ToLowerInvariant(), out var known)
            ? known
            : remotes[name.ToLowerInvariant()] = repository.Configuration.GetRemote(name.Length == 0 ? null : name);
    }

    // Of two records of one content one may name a version that is lost.
    private static string VersionsOf(TrackedOutput output) => string.Join('\0', output.Files.Select(file => file.Version?.Id).Append(output.Version?.Id));

    private static bool SameName(string left, string right) => string.Equals(left.Trim(), right, StringComparison.OrdinalIgnoreCase);

    private static bool Travels(TrackedOutput output, bool forPush) =>
        output.UseCache && !output.IsExternal && output.Kind != OutputSource.RepositoryImport && (output.Push || !forPush && output.Kind != OutputSource.UrlImport);

    private static IEnumerable<OutputScope> Scopes(Repository repository, SyncSelection selection, OperationContext context,
        ICollection<PathFailure>? failures)
    {
        if (selection.Outputs is { } given)
        {
            foreach (var output in given)
                yield return new OutputScope(output, []);
            yield break;
        }
        var unknown = selection.Paths?.ToDictionary(p => p, DataVersionException? (_) => null, StringComparer.Ordinal) ?? [];
        if (selection.Workspace)
            foreach (var scope in ScopesOf(repository.Index))
                yield return scope;
        if (selection.Commits is { } commits)
            foreach (var commit in repository.RequireGit().ListCommits(commits, context.Cancellation))
            {
                context.Cancellation.ThrowIfCancellationRequested();
                foreach (var scope in ScopesOf(repository.IndexAt(commit)))
                    yield return scope;
            }
        foreach (var (path, problem) in unknown)
            if (problem is not null && failures is null)
                throw problem;
            else if (problem is not null)
                failures!.Add(new PathFailure(path, problem));

        // A path need not be tracked in every revision; it must be in one.
        IEnumerable<OutputScope> ScopesOf(DataIndex index)
        {
            if (selection.Paths is null)
                return OutputScope.Of(index, null);
            var found = new List<string>();
            foreach (var path in selection.Paths)
                try
                {
                    OutputScope.Of(index, [path]);
                    found.Add(path);
                    unknown.Remove(path);
                }
                catch (DataVersionException error) when (error.Kind == DataErrorKind.PathNotTracked)
                {
                    if (unknown.ContainsKey(path))
                        unknown[path] = error;
                }
            return found.Count == 0 ? [] : OutputScope.Of(index, found);
        }
    }
}
