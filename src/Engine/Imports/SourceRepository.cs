using DataVersion.Engine.Files;
using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Imports;

/// <summary>Which other repository, and which version of it.</summary>
/// <param name="Url">An absolute folder, or an address that Git clones.</param>
/// <param name="Revision">A branch, tag or commit; null for the default branch, of a folder for what is checked out.</param>
public sealed record SourceRequest(string Url, string? Revision)
{
    /// <summary>Of a folder without a revision: the files that are there, committed or not. Else its commit.</summary>
    public bool Workspace { get; init; }

    /// <summary>A configuration file or a map of sections, over that of the repository.</summary>
    public YamlNode? Config { get; init; }

    /// <summary>The name of a remote, or options of the default one.</summary>
    public YamlNode? Remote { get; init; }

    /// <summary>Absolute folder that a relative <see cref="Config"/> counts from.</summary>
    public string BaseFolder { get; init; } = Path.GetTempPath();
}

/// <summary>
/// Another repository, of Git with or without DVC, at one version: what it tracks, what files Git has, and where the data is.
/// A folder of this machine is read where it is; everything else is cloned first. Nothing is changed in it.
/// </summary>
public sealed class SourceRepository : IAsyncDisposable
{
    private readonly SourceRequest request;
    private readonly GitRepository? git;
    private readonly Dictionary<string, SourcePart?> parts = new(StringComparer.Ordinal);

    private SourceRepository(SourceRequest request, string root, GitRepository? git, string? commit, bool isLocal, Func<RemoteConfiguration, IRemoteStorage> open)
    {
        (this.request, Root, this.git, Commit, IsLocal, OpenStorage) = (request, root, git, commit, isLocal, open);
        Prefix = git?.ToGitPath(root) is { } path and not "." ? path + "/" : "";
    }

    /// <summary>Where it is, for messages; without secrets.</summary>
    public string Place => RemoteSecrets.Hide(request.Url);

    /// <summary>The commit that is read; null for the files of a work tree.</summary>
    public string? Commit { get; }

    /// <summary>Absolute folder that paths count from: of the repository, or of its clone.</summary>
    internal string Root { get; }

    /// <summary>The path of the root in Git's tree; empty, or with a <c>/</c> at its end.</summary>
    internal string Prefix { get; }

    /// <summary>It is a folder of this machine, not a clone.</summary>
    internal bool IsLocal { get; }

    internal GitRepository? Git => git;

    internal SourceRequest Request => request;

    internal Func<RemoteConfiguration, IRemoteStorage> OpenStorage { get; }

    /// <summary>Opens a repository; an address is cloned when the process has no clone of it yet.</summary>
    /// <param name="request">Which one.</param>
    /// <param name="open">Opens the storage of a remote.</param>
    /// <param name="context">Cancellation.</param>
    /// <exception cref="DataVersionException">GitFailed, RevisionNotFound, RepositoryNotFound, ConfigurationInvalid.</exception>
    public static SourceRepository Open(SourceRequest request, Func<RemoteConfiguration, IRemoteStorage> open, OperationContext context)
    {
        var isLocal = false;
        var folder = request.Url;
        if (Path.IsPathFullyQualified(request.Url) && Directory.Exists(request.Url))
        {
            var layout = RepositoryDiscovery.TryFind(request.Url);
            folder = layout?.Root ?? RepositoryDiscovery.FindGitRoot(request.Url) ?? "";
            isLocal = folder.Length > 0;
        }
        else
            RequireFolder(request);
        // A repository without a work tree is cloned like any other address.
        if (!isLocal)
            folder = GitClones.Get(request.Url, request.Revision, context);
        var git = GitRepository.TryOpen(folder);
        try
        {
            string? commit = null;
            if (!(isLocal && request is { Workspace: true, Revision: null }))
                commit = Resolve(git ?? throw new DataVersionException(DataErrorKind.GitNotFound,
                    $"'{request.Url}' is not in a Git repository, so it has no revisions to import from.", request.Url, "Put it under Git, or add its data as a local path."), request, isLocal);
            return new SourceRepository(request, folder, git, commit, isLocal, open);
        }
        catch
        {
            git?.Dispose();
            throw;
        }
    }

    /// <summary>The commit that a revision of an address means now, found as cheaply as possible.</summary>
    /// <exception cref="DataVersionException">GitFailed; RevisionNotFound.</exception>
    public static string ResolveNewest(SourceRequest request, OperationContext context)
    {
        if (GitClones.IsFullName(request.Revision))
            return request.Revision!.ToLowerInvariant();
        RequireFolder(request);
        if (!(Path.IsPathFullyQualified(request.Url) && GitRepository.TryOpen(request.Url) is { } git))
            return GitClones.AskFor(request.Url, request.Revision, context) is { } commit ? commit
                : throw NotFound(request);
        using (git)
            return Resolve(git, request, isLocal: true);
    }

    /// <summary>The DVC repository that holds a path: the deepest one; null when there is none.</summary>
    /// <param name="path">From the root, with <c>/</c>.</param>
    internal SourcePart? PartOf(string path)
    {
        for (var folder = path; ; folder = MetadataPath.FolderOf(folder))
        {
            if (PartAt(folder) is { } part)
                return part;
            if (folder.Length == 0)
                return null;
        }
    }

    /// <summary>The DVC repository whose root is a folder; null when it is none.</summary>
    internal SourcePart? PartAt(string folder)
    {
        if (!parts.TryGetValue(folder, out var part))
            parts[folder] = part = IsPart(folder) ? SourcePart.Open(this, folder) : null;
        return part;
    }

    /// <summary>Closes everything; a clone stays for the next command.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var part in parts.Values.OfType<SourcePart>())
            await part.DisposeAsync().ConfigureAwait(false);
        git?.Dispose();
    }

    private bool IsPart(string folder)
    {
        var mark = MetadataPath.Join(folder, RepositoryLayout.DvcFolderName);
        return Commit is null ? Directory.Exists(Path.Combine(Root, mark))
            : git!.Objects.TryReadPath(Commit, Prefix + mark) is { Type: GitObjectType.Tree };
    }

    // A bundle of Git is a file.
    private static void RequireFolder(SourceRequest request)
    {
        if (Path.IsPathFullyQualified(request.Url) && !Path.Exists(request.Url))
            throw new DataVersionException(DataErrorKind.RepositoryNotFound, $"The repository '{request.Url}' does not exist.", request.Url, "Check the path.");
    }

    // Names in a clone are those of the address: its branches are origin/..., and its default branch is origin/HEAD.
    private static string Resolve(GitRepository git, SourceRequest request, bool isLocal)
    {
        string[] names = (isLocal, request.Revision) switch
        {
            (true, null) => ["HEAD"],
            (false, null) => ["refs/remotes/origin/HEAD", "HEAD"],
            (true, var revision) => [revision!, "refs/remotes/origin/" + revision],
            (false, var revision) => ["refs/tags/" + revision, "refs/remotes/origin/" + revision, revision!],
        };
        foreach (var name in names)
            if (git.TryResolveRevision(name) is { } commit)
                return commit;
        throw NotFound(request);
    }

    private static DataVersionException NotFound(SourceRequest request) => new(DataErrorKind.RevisionNotFound,
        request.Revision is null ? $"The repository '{RemoteSecrets.Hide(request.Url)}' has no commits."
            : $"The repository '{RemoteSecrets.Hide(request.Url)}' has no revision '{request.Revision}'.", request.Revision,
        "Name one of its branches, tags or commits.");
}
