using System.IO.Enumeration;
using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Engine.Repositories;

/// <summary>
/// The metadata files of a working tree. The walk leaves out what <c>.dvcignore</c> or Git ignores, repositories inside
/// this one and links to folders, and it does not enter folders that are outputs of metadata seen before: what it costs
/// depends on the size of the project, not on that of its data.
/// </summary>
public sealed class WorkingMetadataTree : IMetadataTree
{
    private static readonly EnumerationOptions EveryEntry = new()
    {
        AttributesToSkip = 0, IgnoreInaccessible = true, RecurseSubdirectories = false, ReturnSpecialDirectories = false,
    };

    private readonly RepositoryLayout layout;
    private readonly IgnoreTree ignore;
    private readonly Func<IReadOnlyList<string>, IReadOnlySet<string>>? gitIgnored;

    /// <summary>The metadata of a working tree; nothing is read yet.</summary>
    /// <param name="layout">The repository.</param>
    /// <param name="ignore">Its <c>.dvcignore</c> rules.</param>
    /// <param name="gitIgnored">
    /// Which of these absolute paths Git ignores. Asked once per level of folders, with all folders and metadata files of
    /// that level; without separators at the end, behind which Git takes a line "/" for a rule about every folder. Null
    /// without Git.
    /// </param>
    public WorkingMetadataTree(RepositoryLayout layout, IgnoreTree ignore, Func<IReadOnlyList<string>, IReadOnlySet<string>>? gitIgnored)
    {
        this.layout = layout;
        this.ignore = ignore;
        this.gitIgnored = gitIgnored;
    }

    /// <inheritdoc/>
    public string RootFolder => layout.Root;

    /// <inheritdoc/>
    public string? FileOf(string repositoryPath) => layout.ToAbsolute(repositoryPath);

    /// <inheritdoc/>
    /// <exception cref="DataVersionException">The root, or a <c>.dvcignore</c> file, cannot be read; git fails.</exception>
    public IEnumerable<string> MetadataPaths()
    {
        var outputs = new HashSet<string>(StringComparer.Ordinal);
        for (List<string> level = [""]; level.Count > 0;)
        {
            var files = new List<string>();
            var folders = new List<string>();
            foreach (var folder in level)
                if (!IsTracked(folder, outputs))
                    List(folder, files, folders);
            if (gitIgnored is not null && files.Count + folders.Count > 0)
            {
                var ignored = gitIgnored([.. files.Select(layout.ToAbsolute), .. folders.Select(layout.ToAbsolute)]);
                if (ignored.Count > 0)
                {
                    files.RemoveAll(file => ignored.Contains(layout.ToAbsolute(file)));
                    folders.RemoveAll(folder => ignored.Contains(layout.ToAbsolute(folder)));
                }
            }
            if (folders.Count > 0 && files.Count > 0)
                outputs.UnionWith(TrackedFolders.Of(this, files));
            foreach (var file in files)
                yield return file;
            level = folders;
        }
    }

    /// <inheritdoc/>
    public string ReadText(string repositoryPath)
    {
        var path = layout.ToAbsolute(repositoryPath);
        try
        {
            return Utf8Text.Read(path, repositoryPath, DataErrorKind.MetadataInvalid);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, path, "read");
        }
    }

    /// <inheritdoc/>
    public bool Exists(string repositoryPath) => File.Exists(layout.ToAbsolute(repositoryPath));

    private static bool IsMetadata(ReadOnlySpan<char> name) =>
        name.EndsWith(".dvc", StringComparison.Ordinal) || name is PipelineFile.FileName or LockFile.FileName;

    private static bool IsTracked(string folder, HashSet<string> outputs)
    {
        if (outputs.Count == 0)
            return false;
        var lookup = outputs.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var end = folder.Length; end > 0; end = folder.LastIndexOf('/', end - 1))
            if (lookup.Contains(folder.AsSpan(0, end)))
                return true;
        return false;
    }

    private void List(string folder, List<string> files, List<string> folders)
    {
        var absolute = layout.ToAbsolute(folder);
        // FileSystemEntry.Attributes would cost a call per entry; IsDirectory does not, but says yes for a link to a folder.
        var entries = new FileSystemEnumerable<(string Name, bool IsFolder)>(absolute,
            static (ref FileSystemEntry entry) => (entry.FileName.ToString(), entry.IsDirectory), EveryEntry)
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => entry.IsDirectory || IsMetadata(entry.FileName),
        };
        try
        {
            foreach (var (name, isFolder) in entries)
            {
                var path = MetadataPath.Join(folder, name);
                if (ignore.IsIgnored(path, isFolder))
                    continue;
                if (!isFolder)
                    files.Add(path);
                else if (FileStat.Read(Path.Join(absolute, name)).Kind == FileKind.Directory)
                    folders.Add(path);
            }
        }
        catch (DirectoryNotFoundException) when (folder.Length > 0)
        {
            // Deleted since it was listed.
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, absolute, "list");
        }
    }
}
