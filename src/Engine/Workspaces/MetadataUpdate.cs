using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// Writes metadata for one command: <c>.dvc</c> files, <c>.gitignore</c> lines, and at the end, with <c>core.autostage</c>,
/// Git's index. Every file is replaced as a whole and only when its text changes.
/// </summary>
internal sealed class MetadataUpdate(Repository repository)
{
    private readonly SortedSet<string> touched = new(Utf8Order.Instance);

    /// <summary>Files that were written or deleted, relative to the root.</summary>
    public IReadOnlyCollection<string> Touched => touched;

    /// <summary>Reads, changes and writes a <c>.dvc</c> file.</summary>
    /// <param name="path">Relative to the root.</param>
    /// <param name="change">Makes the change.</param>
    public void WriteDataFile(string path, Action<DataFileDocument> change)
    {
        var absolute = repository.Layout.ToAbsolute(path);
        var document = File.Exists(absolute)
            ? DataFileDocument.Parse(File.ReadAllText(absolute), path)
            : DataFileDocument.CreateNew(path);
        change(document);
        if (document.IsImport)
            document.StageHash = document.ComputeStageHash();
        Write(path, document.ToText());
    }

    /// <summary>Writes a text, or deletes the file when there is none; nothing happens when that is what is there.</summary>
    public void Write(string path, string? text)
    {
        var absolute = repository.Layout.ToAbsolute(path);
        if (text is null)
            FileRemoval.Delete(absolute);
        else if (!File.Exists(absolute) || File.ReadAllText(absolute) != text)
            AtomicFile.Write(absolute, text);
        touched.Add(path);
    }

    /// <summary>Makes Git ignore data: a line in the <c>.gitignore</c> beside each path that it does not ignore yet.</summary>
    public void Ignore(IReadOnlyCollection<string> paths)
    {
        if (repository.Git is null || paths.Count == 0)
            return;
        var ignored = repository.Git.Ignored([.. paths.Select(repository.Layout.ToAbsolute)]);
        foreach (var path in paths)
            if (!ignored.Contains(repository.Layout.ToAbsolute(path)))
                EditIgnore(path, GitIgnoreFile.Add);
    }

    /// <summary>Takes back what <see cref="Ignore"/> wrote.</summary>
    public void Unignore(IEnumerable<string> paths)
    {
        if (repository.Git is not null)
            foreach (var path in paths)
                EditIgnore(path, GitIgnoreFile.Remove);
    }

    /// <summary>Puts what was written into Git's index when the user wants that.</summary>
    public void Stage()
    {
        if (repository.Settings.AutoStage && repository.Git is { } git && touched.Count > 0)
            git.Stage([.. touched.Select(repository.Layout.ToAbsolute)]);
    }

    private void EditIgnore(string path, Func<string?, string, string?> edit)
    {
        var slash = path.LastIndexOf('/');
        var file = slash < 0 ? ".gitignore" : path[..(slash + 1)] + ".gitignore";
        var absolute = repository.Layout.ToAbsolute(file);
        var old = File.Exists(absolute) ? File.ReadAllText(absolute) : null;
        var now = edit(old, path[(slash + 1)..]);
        if (now != old)
            Write(file, now);
    }
}
