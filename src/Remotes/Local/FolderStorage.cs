using System.Runtime.CompilerServices;
using DataVersion.Engine;
using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Local;

/// <summary>
/// A remote that is a folder of this machine or of a mounted share, kept like a cache (format: dvc-compat 10.1): objects are
/// read-only files (0444), complete under a temporary name before they take their own.
/// </summary>
/// <param name="folder">Absolute path; made when something is stored.</param>
/// <param name="sharedGroup">Folders and files of the run cache are writable for the group (<c>shared = group</c>).</param>
public sealed class FolderStorage(string folder, bool sharedGroup = false) : IRemoteStorage
{
    private const UnixFileMode GroupFolder = (UnixFileMode)0b010_111_111_101; // 02775

    /// <inheritdoc/>
    public string Place => folder;

    /// <inheritdoc/>
    public StorageTraits Traits { get; } = new() { Connections = Environment.ProcessorCount, MostConnections = Environment.ProcessorCount };

    /// <inheritdoc/>
    public string LocalPathOf(string key) => Path.Join(folder, OperatingSystem.IsWindows() ? key.Replace('/', '\\') : key);

    /// <inheritdoc/>
    public string PreparePathOf(string key)
    {
        var path = LocalPathOf(key);
        MakeFolder(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <inheritdoc/>
    public Task RequireReadableAsync(CancellationToken cancellation) => Directory.Exists(folder)
        ? Task.CompletedTask
        : throw new DataVersionException(DataErrorKind.RemoteFailed, $"The folder '{folder}' of the remote does not exist.", folder,
            "If it is on another disk or share, mount it; if nothing was ever pushed to it, push first.");

    /// <inheritdoc/>
    public Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(ItemOf(key, Guard(LocalPathOf(key), static path => FileStat.Read(path, followLinks: true))));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask.ConfigureAwait(false);
        var root = new DirectoryInfo(LocalPathOf(prefix));
        if (!root.Exists)
            yield break;
        foreach (var file in root.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!(file.Name.StartsWith('.') && file.Name.EndsWith(".tmp", StringComparison.Ordinal)))
                yield return new RemoteItem(Path.GetRelativePath(folder, file.FullName).Replace('\\', '/'), file.Length);
        }
    }

    /// <inheritdoc/>
    public async Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation)
    {
        var path = LocalPathOf(key);
        try
        {
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0,
                FileOptions.SequentialScan);
            file.Position = range.Offset;
            if (range.Length is not { } length)
                await file.CopyToAsync(target, 1 << 20, cancellation).ConfigureAwait(false);
            else
            {
                var buffer = new byte[Math.Min(length, 1 << 20)];
                for (int read; length > 0 && (read = await file.ReadAsync(buffer.AsMemory(0, (int)Math.Min(length, buffer.Length)), cancellation).ConfigureAwait(false)) > 0; length -= read)
                    await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new DataVersionException(DataErrorKind.ObjectMissing, $"There is no '{path}'.", path, "Push it from a clone that has it.", error);
        }
    }

    /// <inheritdoc/>
    public Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var path = PreparePathOf(key);
        var temporary = AtomicFile.TemporaryName(Path.GetDirectoryName(path)!);
        try
        {
            content.CopyTo(temporary);
            if (content.IsObject)
                FileModes.Protect(temporary);
            else if (sharedGroup)
                FileModes.Release(temporary, sharedGroup);
            FileRename.Replace(temporary, path);
        }
        catch
        {
            FileRemoval.Try(temporary);
            throw;
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => Task.FromResult(FileRemoval.Delete(LocalPathOf(key)));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static RemoteItem? ItemOf(string key, in FileStat stat) =>
        stat.Kind == FileKind.File ? new RemoteItem(key, stat.Size) { IsSettled = stat.Mode == FileModes.Object } : null;

    private static T Guard<T>(string path, Func<string, T> look)
    {
        try
        {
            return look(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"The remote's folder cannot be read: '{path}': {error.Message}", path,
                "Check the permissions of the folder, and that its disk is mounted.", error);
        }
    }

    // chmod on each folder that is new, as DVC does: mkdir would take the umask off.
    private void MakeFolder(string path)
    {
        if (Directory.Exists(path))
            return;
        if (Path.GetDirectoryName(path) is { } parent)
            MakeFolder(parent);
        Directory.CreateDirectory(path);
        if (sharedGroup && !OperatingSystem.IsWindows() && path.StartsWith(folder, StringComparison.Ordinal))
            File.SetUnixFileMode(path, GroupFolder);
    }
}
