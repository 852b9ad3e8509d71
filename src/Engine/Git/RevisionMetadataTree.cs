using System.Text;
using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Git;

/// <summary>
/// The metadata of a revision, read from Git's objects; the work tree is not touched. Paths are relative to the DVC
/// repository, which may lie below the root of the work tree. Folders that did not change between revisions are read once.
/// </summary>
public sealed class RevisionMetadataTree : IMetadataTree
{
    private readonly GitRepository git;
    private readonly string prefix;
    private readonly MetadataFolder root;
    private readonly GitCommit commit;

    /// <summary>Opens the metadata of a commit.</summary>
    /// <param name="git">The work tree.</param>
    /// <param name="commit">A commit's name in hexadecimal, as <see cref="GitRepository.ResolveRevision"/> gives it.</param>
    /// <param name="repositoryRoot">The absolute folder of the DVC repository: the root of the work tree or a folder in it.</param>
    /// <param name="cancellation">Ends the reading.</param>
    /// <exception cref="DataVersionException">RevisionNotFound, or GitFailed when objects are missing.</exception>
    public RevisionMetadataTree(GitRepository git, string commit, string repositoryRoot, CancellationToken cancellation = default)
    {
        this.git = git;
        RootFolder = repositoryRoot;
        this.commit = git.Objects.TryReadCommit(commit) ?? throw new DataVersionException(DataErrorKind.RevisionNotFound,
            $"The commit '{commit}' is not in the Git repository '{git.Root}'.", git.Root, "Fetch it with 'git fetch'.");
        prefix = git.ToGitPath(repositoryRoot) is var path and not "." ? path + "/" : "";
        // A revision from before the folder existed holds no metadata.
        root = (prefix.Length == 0 ? this.commit.Tree : git.Objects.TryReadPath(this.commit.Tree, prefix.TrimEnd('/')) switch
        {
            { Type: GitObjectType.Tree } folder => folder.Id,
            _ => null,
        }) is { } tree ? git.Objects.Folders.Read(tree, cancellation) : MetadataFolder.Empty;
    }

    /// <inheritdoc/>
    public string RootFolder { get; }

    /// <summary>The commit.</summary>
    public GitCommit Commit => commit;

    /// <summary>
    /// Says of a path (relative to the repository, with <c>/</c>; the second value: it is a folder) whether it is ignored.
    /// Made from the revision's own <c>.dvcignore</c> files, which <see cref="TryReadText"/> gives. Null: nothing is.
    /// </summary>
    public Func<string, bool, bool>? IsIgnored { get; set; }

    /// <inheritdoc/>
    /// <remarks>Repositories inside this one (folders with a <c>.dvc</c> folder of their own) are left out.</remarks>
    public IEnumerable<string> MetadataPaths()
    {
        var open = new Stack<(string Path, MetadataFolder Folder)>([("", root)]);
        while (open.TryPop(out var at))
        {
            foreach (var file in at.Folder.Files)
                if (MetadataFolder.IsMetadata(file.Name) && IsIgnored?.Invoke(at.Path + file.Name, false) is not true)
                    yield return at.Path + file.Name;
            foreach (var (name, folder) in at.Folder.Folders)
                if (!folder.IsRepository && IsIgnored?.Invoke(at.Path + name, true) is not true)
                    open.Push((at.Path + name + "/", folder));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="DataVersionException">PathNotFound; MetadataInvalid when it is not UTF-8.</exception>
    public string ReadText(string repositoryPath) => TryReadBytes(repositoryPath) is { } bytes
        ? Utf8Text.Decode(bytes, repositoryPath, DataErrorKind.MetadataInvalid)
        : throw new DataVersionException(DataErrorKind.PathNotFound, $"The revision {commit.Id[..10]} has no file '{repositoryPath}'.", repositoryPath);

    /// <summary>The text of any file of the revision; null when there is none.</summary>
    public string? TryReadText(string repositoryPath) => TryReadBytes(repositoryPath) is not { } bytes ? null
        : Encoding.UTF8.GetString(bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? bytes.AsSpan(3) : bytes);

    /// <summary>The bytes of any file of the revision; null when there is none.</summary>
    public byte[]? TryReadBytes(string repositoryPath)
    {
        if (ContentId(repositoryPath) is { } id)
            return git.Objects.TryRead(id)?.Bytes;
        // What the listing concerns and does not hold is not there; the question would be asked for every folder.
        return MetadataFolder.Concerns(repositoryPath[(repositoryPath.LastIndexOf('/') + 1)..]) && !IsInsideRepository(repositoryPath)
            ? null
            : git.Objects.TryReadPath(commit.Tree, prefix + repositoryPath) is { Type: GitObjectType.Blob } file ? file.Bytes : null;
    }

    /// <inheritdoc/>
    public bool Exists(string repositoryPath) => ContentId(repositoryPath) is not null || TryReadBytes(repositoryPath) is not null;

    /// <summary>
    /// The name in hexadecimal of the content of a metadata or <c>.dvcignore</c> file; null when there is none. Equal names
    /// mean equal bytes, so a file that is the same in many revisions need be parsed once.
    /// </summary>
    public string? ContentId(string repositoryPath)
    {
        var at = root;
        var start = 0;
        for (int slash; (slash = repositoryPath.IndexOf('/', start)) >= 0; start = slash + 1)
        {
            var name = repositoryPath.AsMemory(start, slash - start);
            if (Array.Find(at.Folders, f => name.Span.SequenceEqual(f.Name)).Folder is not { } next)
                return null;
            at = next;
        }
        return at.IdOf(repositoryPath.AsSpan(start));
    }

    // ".dvc/..." is not in the listing.
    private static bool IsInsideRepository(string path) =>
        path.StartsWith(".dvc/", StringComparison.Ordinal) || path.Contains("/.dvc/", StringComparison.Ordinal);
}
