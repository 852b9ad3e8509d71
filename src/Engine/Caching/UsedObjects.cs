using DataVersion.Engine.Files;
using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Caching;

/// <summary>A used folder whose manifest cannot be read: nobody knows which objects belong to it.</summary>
/// <param name="Path">The tracked folder, relative to its repository.</param>
/// <param name="Commit">The revision that names it; null for the workspace.</param>
/// <param name="Hash">Name of the manifest.</param>
/// <param name="Problem">Why it cannot be read.</param>
public sealed record UnknownFolder(string Path, string? Commit, ContentHash Hash, DataVersionException Problem);

/// <summary>
/// Collects the names of all objects that workspaces and revisions use: files, manifests and the members of manifests, also
/// of outputs that only a <c>dvc.lock</c> remembers. Names of DVC 2 and of DVC 3 are different names.
/// </summary>
/// <param name="context">Cancellation and progress.</param>
/// <param name="rememberManifests">Keep manifests in memory, for callers that collect several times.</param>
public sealed class UsedObjects(OperationContext context, bool rememberManifests = false)
{
    private readonly HashSet<ContentHash> hashes = [];
    private readonly HashSet<ContentHash> expanded = [];
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);
    private readonly Dictionary<ContentHash, UnknownFolder> unknown = [];

    /// <summary>All names.</summary>
    public IReadOnlyCollection<ContentHash> Hashes => hashes;

    /// <summary>Folders whose members are not among the names, each manifest once.</summary>
    public IReadOnlyCollection<UnknownFolder> Unknown => unknown.Values;

    /// <summary>Whether an object is used.</summary>
    public bool Contains(ContentHash hash) => hashes.Contains(hash);

    /// <summary>Adds what the metadata in the workspace names.</summary>
    /// <exception cref="DataVersionException">A metadata file cannot be read.</exception>
    public void AddWorkspace(Repository repository) => Add(repository, repository.Index, null);

    /// <summary>Adds what the metadata of these commits names.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="commits">Full names of commits.</param>
    /// <exception cref="DataVersionException">A metadata file of a commit cannot be read; the message names the commit.</exception>
    public void AddCommits(Repository repository, IReadOnlyList<string> commits)
    {
        var done = 0;
        foreach (var commit in commits)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var tree = new RevisionMetadataTree(repository.RequireGit(), commit, repository.Layout.Root, context.Cancellation);
            DataIndex index;
            try
            {
                index = DataIndexLoader.Load(new UnseenMetadata(tree, seen));
            }
            catch (DataVersionException error)
            {
                throw new DataVersionException(error.Kind, $"In the revision {commit[..10]}: {error.Message}", error.Path,
                    "Leave the revision out, or correct the file in the history.", error);
            }
            Add(repository, index, commit);
            context.Progress(new OperationProgress("Reading revisions", ++done, commits.Count, 0, 0, commit[..10]));
        }
    }

    private void Add(Repository repository, DataIndex index, string? commit)
    {
        foreach (var output in index.Outputs.Concat(index.StaleOutputs))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            foreach (var file in output.Files)
                if (file.Hash is { } member)
                    hashes.Add(member);
            if (output.Hash is not { } hash)
                continue;
            hashes.Add(hash);
            if (hash.IsDirectory && !expanded.Contains(hash))
                AddMembers(repository, output, hash, commit);
        }
    }

    private void AddMembers(Repository repository, TrackedOutput output, ContentHash hash, string? commit)
    {
        var problem = repository.TryLoadManifest(hash, out var manifest, rememberManifests);
        if (problem is not null && commit is null && !output.IsExternal)
        {
            // Data that was recorded but never stored (-NoCommit): the workspace itself says what belongs to the folder.
            var state = WorkspaceReader.Read(repository, [new ReadRequest(repository.Layout.ToAbsolute(output.Path), hash.Algorithm)], context)[0];
            manifest = state.Hash == hash ? state.Manifest : null;
        }
        if (manifest is not null)
        {
            foreach (var entry in manifest.Entries)
                hashes.Add(entry.Hash);
            expanded.Add(hash);
            unknown.Remove(hash);
        }
        // A folder that the metadata lists file by file, or that is not kept in the cache, needs no manifest there.
        else if (output.Files.Count == 0 && output.UseCache)
            unknown.TryAdd(hash, new UnknownFolder(output.Path, commit, hash, problem!));
    }
}
