using DataVersion.Engine.Files;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// After storing: gives workspace files the wanted link kind, unless they have it (DVC spec 4.5). A file that changed since
/// it was stored is left alone.
/// </summary>
internal sealed class WorkspaceRelinker(Repository repository, OperationContext context)
{
    private readonly WantedLinks links = new(repository, repository.Settings.LinkOrder);

    public void Relink(IReadOnlyList<AddedContent> added, AddOptions options)
    {
        var work = new List<(AddedContent Content, int File, string Path)>();
        foreach (var content in added)
        {
            var destination = repository.Layout.ToAbsolute(content.Item.Target);
            var moved = destination != content.Item.Source;
            if (!moved && (options.NoRelink || options.NoCommit || content.IsUnchangedLegacy))
                continue;
            if (moved && content.Scan.Kind == FileKind.Directory)
                Directory.CreateDirectory(destination);
            for (var i = 0; i < content.Scan.Files.Count; i++)
            {
                var file = content.Scan.Files[i];
                var path = WorkspaceReader.PathOf(destination, file.Path);
                if (moved)
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                else if (links.IsAsWanted(path, new WorkspaceFile(file.Path, content.StatOf(i), file.IsSymlink, content.HashOf(i)),
                    content.HashOf(i), content.ObjectOf(i)))
                {
                    // A private file may be a clone or a copy; that is looked at when it is told.
                    if (links.First(Path.GetDirectoryName(path)!) is var kind and (LinkKind.Hardlink or LinkKind.Symlink))
                        content.SetKind(i, kind);
                    if (content.Scan.Kind == FileKind.File && content.Item.Inner.Length == 0)
                        Normalise(path, content);
                    continue;
                }
                work.Add((content, i, path));
            }
        }
        Parallel.ForEach(work, new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = Environment.ProcessorCount },
            item => PlaceOne(item.Content, item.File, item.Path));
    }

    /// <summary>DVC gives a single file that stays as it is the mode of a new file; a link into the cache stays executable.</summary>
    private void Normalise(string path, AddedContent content)
    {
        if (links.First(Path.GetDirectoryName(path)!) is LinkKind.Copy or LinkKind.Reflink)
            FileModes.Release(path, repository.Settings.CacheSharedGroup, content.IsExecutable);
        else if (content.IsExecutable)
            FileModes.SetExecutable(path, true);
    }

    private void PlaceOne(AddedContent content, int file, string path)
    {
        var hash = content.HashOf(file);
        var check = repository.Verifier.Verify(hash);
        var expected = content.Scan.Files[file].IsSymlink || path != WorkspaceReader.PathOf(content.Item.Source, content.Scan.Files[file].Path)
            ? FileStat.Read(path) : content.StatOf(file);
        var executable = content.IsExecutable;
        var outcome = check.Error is { } bad ? default
            : repository.Linker.Place(check.Path, check.Stat, path, links.Order, executable, expected);
        if ((check.Error ?? outcome.Error) is { } error)
        {
            context.Warn($"'{path}' was recorded but not linked: {error.Message}");
            return;
        }
        FaultPoint.Reach("add.link");
        content.SetKind(file, outcome.Used!.Value);
        repository.Stats.Record(path, outcome.Stat, hash);
    }
}
