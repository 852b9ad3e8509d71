using Microsoft.Win32.SafeHandles;

namespace DataVersion.Engine.Files;

/// <summary>
/// The stats of many names of one folder: on Linux relative to the open folder, which spares the search of the whole path for each,
/// and on all processors when there are many. Thread-safe.
/// </summary>
internal sealed class FolderStats : IDisposable
{
    private const int Chunk = 512;
    // Another thread is not worth starting for less.
    private const int FewNames = 2048;

    private readonly string folder;
    private readonly SafeFileHandle? handle;

    /// <summary>Opens the folder.</summary>
    /// <param name="folder">Absolute path.</param>
    /// <exception cref="IOException">It cannot be opened; also <see cref="UnauthorizedAccessException"/>.</exception>
    public FolderStats(string folder)
    {
        this.folder = folder;
        handle = OperatingSystem.IsLinux() ? LinuxDescriptors.OpenFolder(folder) : null;
    }

    /// <summary>As <see cref="FileStat.Read"/>, of a name in the folder.</summary>
    /// <param name="name">A name, no path.</param>
    /// <param name="followLinks">Of what a link points to.</param>
    public FileStat Read(string name, bool followLinks = false) => handle is not null
        ? LinuxFiles.Stat(handle, name, followLinks, folder) : FileStat.Read(Path.Join(folder, name), followLinks);

    /// <summary>The stats of these names, links not followed.</summary>
    /// <param name="names">Names, no paths.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public FileStat[] ReadAll(IReadOnlyList<string> names, CancellationToken cancellation)
    {
        var stats = new FileStat[names.Count];
        WorkQueue.Run((names.Count + Chunk - 1) / Chunk, names.Count < FewNames ? 1 : 0, cancellation, queue =>
        {
            while (queue.TryTake(out var chunk))
                for (var i = chunk * Chunk; i < Math.Min((chunk + 1) * Chunk, stats.Length); i++)
                    stats[i] = Read(names[i]);
        });
        return stats;
    }

    public void Dispose() => handle?.Dispose();
}
