using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Imports;

/// <summary>A file or folder of this machine. Links to folders are not followed, as when data is added.</summary>
/// <param name="path">Absolute path.</param>
/// <param name="repository">The repository whose ignore rules count when it holds the path; null without one.</param>
internal sealed class LocalOrigin(string path, Repository? repository) : IDataOrigin
{
    public string Place => path;

    public int Connections => Environment.ProcessorCount;

    public Task<OriginTree> ReadAsync(OperationContext context)
    {
        // Outside of a repository nothing is ignored: a layout that does not hold the path.
        var layout = repository?.Layout ?? new RepositoryLayout(Path.Combine(path, RepositoryLayout.DvcFolderName));
        try
        {
            // A source may be a link to a folder: what it points to is meant.
            var scanned = FileStat.Read(path) is { Kind: FileKind.Symlink } && Directory.Exists(path) ? new DirectoryInfo(path).ResolveLinkTarget(true)!.FullName : path;
            var scan = DirectoryScanner.Scan(scanned, layout, repository?.Ignore ?? new IgnoreTree(layout, static _ => null), context.Cancellation);
            if (scan.Kind == FileKind.None && scan.Obstacles.Count == 0)
                throw new DataVersionException(DataErrorKind.PathNotFound, $"The source '{path}' does not exist.", path, "Check the path.");
            if (scan.Obstacles.Count > 0)
                throw scan.Obstacles[0].Problem;
            return Task.FromResult(new OriginTree(scan.Kind == FileKind.Directory, [.. scan.Files.Select(file => new OriginFile(file.Path, file.Stat.Size)
            {
                LocalPath = WorkspaceReader.PathOf(scanned, file.Path), IsExecutable = file.Stat.IsExecutable, Handle = file.Stat,
            })]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileErrors.Describe(error, path, "read");
        }
    }

    public async Task CopyAsync(OriginFile file, Stream target, CancellationToken cancellation)
    {
        await using var source = new FileStream(file.LocalPath!, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan);
        await source.CopyToAsync(target, 1 << 20, cancellation).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
