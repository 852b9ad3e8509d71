using System.Text;
using System.Text.Unicode;
using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// Writes metadata for one command: <c>.dvc</c> files, <c>.gitignore</c> lines, and at the end, with <c>core.autostage</c>,
/// Git's index. Every file is replaced as a whole and only when its text changes.
/// </summary>
internal sealed class MetadataUpdate(Repository repository)
{
    private const int MostFlushedAlone = 16;

    private readonly SortedSet<string> touched = new(Utf8Order.Instance);
    private readonly Dictionary<string, byte[]?> before = new(StringComparer.Ordinal);
    private int replaced;

    /// <summary>Files that were written or deleted, relative to the root.</summary>
    public IReadOnlyCollection<string> Touched => touched;

    /// <summary>Reads, changes and writes a <c>.dvc</c> file.</summary>
    /// <param name="path">Relative to the root.</param>
    /// <param name="change">Makes the change.</param>
    /// <param name="withChecksum">Record the checksum of an import's definition.</param>
    public void WriteDataFile(string path, Action<DataFileDocument> change, bool withChecksum = true)
    {
        var old = ReadOld(path);
        var document = old is null
            ? DataFileDocument.CreateNew(path)
            : DataFileDocument.Parse(Utf8Text.Decode(old, path, DataErrorKind.MetadataInvalid), path);
        change(document);
        if (document.IsImport && withChecksum)
            document.StageHash = document.ComputeStageHash();
        Replace(path, old, Encoding.UTF8.GetBytes(document.ToText()));
    }

    /// <summary>A file that needs no change, but goes into Git's index with those that do.</summary>
    public void Keep(string path) => touched.Add(path);

    /// <summary>Writes a text, or deletes the file when there is none; nothing happens when that is what is there.</summary>
    /// <exception cref="DataVersionException">It cannot be read, written or deleted.</exception>
    public void Write(string path, string? text) => Replace(path, ReadOld(path), text is null ? null : Encoding.UTF8.GetBytes(text));

    /// <summary>
    /// Takes back everything that was written, as far as that is possible: a command that cannot be carried to its end leaves
    /// what it found.
    /// </summary>
    public void Undo()
    {
        foreach (var (path, content) in before)
            try
            {
                var absolute = repository.Layout.ToAbsolute(path);
                if (content is null)
                    FileRemoval.Delete(absolute);
                else if (!File.Exists(absolute) || !File.ReadAllBytes(absolute).AsSpan().SequenceEqual(content))
                    AtomicFile.Write(absolute, content);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // The error that is under way counts more.
            }
        before.Clear();
        touched.Clear();
    }

    /// <summary>
    /// Waits until the disk has what was replaced, if that was too much to wait for each file. New files need no waiting: until
    /// they are committed, the data they describe is in the workspace.
    /// </summary>
    public void Flush()
    {
        if (replaced > MostFlushedAlone && OperatingSystem.IsLinux())
            LinuxFolders.Flush(repository.Layout.Root);
        replaced = 0;
    }

    private byte[]? ReadOld(string path)
    {
        try
        {
            return SmallFile.TryRead(repository.Layout.ToAbsolute(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, path, "read");
        }
    }

    private void Replace(string path, byte[]? old, byte[]? content)
    {
        var absolute = repository.Layout.ToAbsolute(path);
        try
        {
            before.TryAdd(path, old);
            if (content is null)
                FileRemoval.Delete(absolute);
            else if (old is null || !old.AsSpan().SequenceEqual(content))
                AtomicFile.Write(absolute, content, durable: old is not null && ++replaced <= MostFlushedAlone);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, path, content is null ? "delete" : "write");
        }
        touched.Add(path);
    }

    /// <summary>Makes Git ignore data: a line in the <c>.gitignore</c> beside each path that it does not ignore yet.</summary>
    public void Ignore(IReadOnlyCollection<string> paths)
    {
        if (repository.Git is null || paths.Count == 0)
            return;
        var ignored = repository.Git.Ignored([.. paths.Select(repository.Layout.ToAbsolute)]);
        EditIgnoreFiles(paths.Where(path => !ignored.Contains(repository.Layout.ToAbsolute(path))), GitIgnoreFile.AddAll);
    }

    /// <summary>Takes back what <see cref="Ignore"/> wrote.</summary>
    public void Unignore(IEnumerable<string> paths)
    {
        if (repository.Git is not null)
            EditIgnoreFiles(paths, GitIgnoreFile.RemoveAll);
    }

    /// <summary>Puts what was written into Git's index when the user wants that.</summary>
    public void Stage()
    {
        if (repository.Settings.AutoStage && repository.Git is { } git && touched.Count > 0)
            git.Stage([.. touched.Select(repository.Layout.ToAbsolute)]);
    }

    // Each file is read and written once, however many of its lines change.
    private void EditIgnoreFiles(IEnumerable<string> paths, Func<string?, IEnumerable<string>, string?> edit)
    {
        foreach (var folder in paths.GroupBy(MetadataPath.FolderOf))
        {
            var file = MetadataPath.Join(folder.Key, ".gitignore");
            var bytes = ReadOld(file);
            // Git knows no encoding: lines of a person in another one are to stay as they are.
            var encoding = bytes is null || Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1;
            var old = bytes is null ? null : encoding.GetString(bytes);
            var now = edit(old, folder.Select(path => encoding.GetString(Encoding.UTF8.GetBytes(MetadataPath.NameOf(path)))));
            if (now != old)
                Replace(file, bytes, now is null ? null : encoding.GetBytes(now));
        }
    }
}
