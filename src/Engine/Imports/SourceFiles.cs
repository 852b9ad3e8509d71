using System.Globalization;
using System.Text;
using DataVersion.Engine.Files;
using DataVersion.Engine.Git;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Imports;

/// <summary>The content of a file of Git.</summary>
/// <param name="Id">The name of the blob in hexadecimal.</param>
internal sealed record GitBlob(string Id);

/// <summary>
/// The files at or below a path of a source that are not tracked data: of a commit what Git has, of a work tree what is there.
/// Metadata files and what the repository ignores do not belong to them.
/// </summary>
internal sealed class SourceFiles(SourceRepository source, string path)
{
    /// <summary>Lists them, with the DVC repositories whose outputs may lie at or below the path.</summary>
    public (IReadOnlyList<OriginFile> Files, IReadOnlyList<SourcePart> Parts) Read(OperationContext context)
    {
        var files = new List<OriginFile>();
        var folders = new HashSet<string>(StringComparer.Ordinal);
        const string mark = "/" + RepositoryLayout.DvcFolderName + "/";
        foreach (var file in source.Commit is null ? FilesOfFolder(context) : FilesOfCommit(context))
        {
            var full = MetadataPath.Join(path, file.Path).TrimEnd('/');
            if (("/" + full).IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at)
                folders.Add(full[..Math.Max(at - 1, 0)]);
            else if (file.Path.Length == 0 || Belongs(full))
                files.Add(file);
        }
        if (source.PartOf(path) is { } own)
            folders.Add(own.Folder);
        return (files, [.. folders.Select(source.PartAt).OfType<SourcePart>()]);
    }

    private bool Belongs(string full)
    {
        var name = MetadataPath.NameOf(full);
        if (MetadataPath.IsDataFile(name) || name is PipelineFile.FileName or RepositoryLayout.IgnoreFileName)
            return false;
        if (source.PartOf(MetadataPath.FolderOf(full)) is not { } part)
            return true;
        var inner = part.InnerOf(full);
        return !part.Ignore.IsIgnored(inner, false) && part.Index.FindContaining(inner) is not { UseCache: true };
    }

    private List<OriginFile> FilesOfCommit(OperationContext context)
    {
        var (files, at) = (new List<OriginFile>(), (source.Prefix + path).TrimEnd('/'));
        string[] all = ["ls-tree", "-r", "-z", "-l", "--full-tree", source.Commit!];
        foreach (var line in source.Git!.Run(at.Length == 0 ? all : [.. all, "--", at], cancellation: context.Cancellation).Fields())
        {
            // mode SP type SP id SP size TAB path
            var tab = line.IndexOf('\t');
            var words = line[..tab].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var inner = at.Length == 0 ? line[(tab + 1)..] : line.Length == tab + 1 + at.Length ? "" : line[(tab + 2 + at.Length)..];
            if (words[1] == "blob" && words[0] != "120000")
                files.Add(new OriginFile(inner, long.Parse(words[3], CultureInfo.InvariantCulture)) { Handle = new GitBlob(words[2]), IsExecutable = words[0] == "100755" });
            else if (words[1] == "blob" && Follow(line[(tab + 1)..], words[2]) is { } target)
                files.Add(new OriginFile(inner, target.Bytes.Length) { Handle = new GitBlob(target.Id) });
            else
                context.Warn($"'{line[(tab + 1)..]}' of '{source.Place}' is {(words[1] == "blob" ? "a symbolic link that leads to no file of that commit" : "a submodule")}, so it was left out.");
        }
        return files;
    }

    private GitObject? Follow(string link, string id)
    {
        var text = Encoding.UTF8.GetString(source.Git!.Objects.TryRead(id)!.Bytes);
        var target = MetadataPath.Normalize(MetadataPath.Join(MetadataPath.FolderOf(link), text));
        return text.StartsWith('/') || target.StartsWith("..", StringComparison.Ordinal) ? null
            : source.Git.Objects.TryReadPath(source.Commit!, target) is { Type: GitObjectType.Blob } found ? found : null;
    }

    private List<OriginFile> FilesOfFolder(OperationContext context)
    {
        var root = Path.Combine(source.Root, path);
        if (File.Exists(root))
            return [new OriginFile("", new FileInfo(root).Length) { LocalPath = root }];
        var files = new List<OriginFile>();
        if (!Directory.Exists(root))
            return files;
        var open = new Stack<(string Folder, string Path)>([(root, "")]);
        while (open.TryPop(out var at))
        {
            context.Cancellation.ThrowIfCancellationRequested();
            foreach (var entry in new DirectoryInfo(at.Folder).EnumerateFileSystemInfos())
            {
                var inner = MetadataPath.Join(at.Path, entry.Name);
                if (entry is FileInfo file)
                {
                    if (FileStat.Read(file.FullName, followLinks: true) is { Kind: FileKind.File } stat)
                        files.Add(new OriginFile(inner, stat.Size) { LocalPath = file.FullName, IsExecutable = stat.IsExecutable });
                }
                else if (entry.Name == RepositoryLayout.DvcFolderName)
                    files.Add(new OriginFile(inner + "/config", 0));
                else if (entry.Name != ".git" && entry.LinkTarget is null && source.PartOf(MetadataPath.Join(path, at.Path).TrimEnd('/')) is var part
                    && (part is null || part.InnerOf(MetadataPath.Join(path, inner).TrimStart('/')) is var below
                        && part.Index.Find(below) is not { UseCache: true } && !part.Ignore.IsIgnored(below, true)))
                    open.Push((entry.FullName, inner));
            }
        }
        return files;
    }
}
