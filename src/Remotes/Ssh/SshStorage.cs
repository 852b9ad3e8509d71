using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// A remote on a server that speaks SFTP: <c>ssh://[user@]host[:port]/absolute/path</c>. Nothing is run there. Values are
/// written under a temporary name beside their own, which they then get in one step.
/// </summary>
internal sealed class SshStorage : IRemoteStorage
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    private readonly string root;
    private readonly SshConnector connector;
    private readonly SshPool pool;
    private readonly SshLanes lanes;
    private readonly ConcurrentDictionary<string, bool> folders = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> leftovers = new();

    /// <summary>Describes the storage; nothing is contacted.</summary>
    /// <param name="remote">The remote.</param>
    /// <param name="places">Where keys, known hosts and settings are; null for those of the user.</param>
    /// <param name="allowsPipe">False to move content as with a server that allows one channel only: for tests.</param>
    /// <exception cref="DataVersionException">RemoteFailed: options that are not supported.</exception>
    public SshStorage(RemoteConfiguration remote, SshPlaces? places = null, bool allowsPipe = true)
    {
        var address = RemoteAddress.Parse(remote.Url);
        root = "/" + address.Path;
        var settings = SshSettings.Read(remote, address, places ?? SshPlaces.OfUser());
        Place = address.ToString();
        Traits = new StorageTraits { Connections = 16, MostConnections = 32, ReadAhead = 2 << 20, CanBlock = true }.Within(remote);
        lanes = new SshLanes(Traits.MostConnections);
        connector = new SshConnector(settings, Place, Traits.Stall, allowsPipe);
        pool = new SshPool(connector.Open, settings.MostConnections);
        Parts = new SshPartUploads(this);
    }

    /// <inheritdoc/>
    public string Place { get; }

    /// <inheritdoc/>
    public StorageTraits Traits { get; }

    /// <inheritdoc/>
    public IPartUploads Parts { get; }

    /// <inheritdoc/>
    public Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation) =>
        AskAsync($"look for '{key}'", key, client => SshFiles.Stat(client, PathOf(key)) is { IsRegularFile: true } found ? Describe(key, found) : null, cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var folder = prefix.TrimEnd('/');
        var listings = new Queue<Task<Listing>>([ListFolderAsync(folder, cancellation)]);
        var waiting = new Queue<string>();
        while (listings.TryDequeue(out var next))
        {
            var listing = await next.ConfigureAwait(false);
            foreach (var name in listing.Folders)
                waiting.Enqueue(name);
            while (listings.Count < Traits.Connections && waiting.TryDequeue(out var name))
                listings.Enqueue(ListFolderAsync(name, cancellation));
            foreach (var item in listing.Items)
                yield return item;
        }
    }

    /// <inheritdoc/>
    public Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation) => MoveAsync($"read '{key}'", key, connection =>
    {
        using var writer = new LaneStream(target, cancellation);
        SshFiles.Read(connection, PathOf(key), writer, range);
        return true;
    }, cancellation);

    /// <inheritdoc/>
    public Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation) => MoveAsync($"store '{key}'", key, connection =>
    {
        var (path, temporary) = (PathOf(key), TemporaryPathOf(key));
        try
        {
            using (var stream = new LaneStream(content.OpenRead(), cancellation, ownsInner: true))
                InFolderOf(connection.Client, path, SshFiles.Writer(connection, temporary, stream));
            cancellation.ThrowIfCancellationRequested();
            SshFiles.Rename(connection, temporary, path);
        }
        catch
        {
            Leave(connection, temporary);
            throw;
        }
        RemoveLeftovers(connection);
        return true;
    }, cancellation);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => AskAsync($"delete '{key}'", key, client => SshFiles.Delete(client, PathOf(key)), cancellation);

    /// <inheritdoc/>
    public Task<StorageFacts> ExamineAsync(CancellationToken cancellation) => AskAsync("look around", "", client => new StorageFacts
    {
        Credentials = connector.Credentials, Service = client.ConnectionInfo.ServerVersion,
    }, cancellation);

    /// <inheritdoc/>
    public Task RequireReadableAsync(CancellationToken cancellation) => AskAsync("look for the folder", "", client => SshFiles.Stat(client, root) is { IsDirectory: true } ? true
        : throw new DataVersionException(DataErrorKind.RemoteFailed, $"The folder '{root}' of the remote '{Place}' does not exist.", Place,
            "If its disk is not mounted there, mount it; if nothing was ever pushed to it, push first."), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        pool.Dispose();
        lanes.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The path of a key on the server.</summary>
    internal string PathOf(string key) => key.Length == 0 ? root : root.Length == 1 ? root + key : root + "/" + key;

    /// <summary>A new temporary path beside that of a key.</summary>
    internal string TemporaryPathOf(string key) => FolderOf(PathOf(key)) + "/" + Path.GetFileName(AtomicFile.TemporaryName("/"));

    /// <summary>Makes a file; the folder for it is made when that shows to be needed, once.</summary>
    internal void InFolderOf(SftpClient client, string path, Action make)
    {
        try
        {
            make();
        }
        // Nothing of the content has been read yet: the file could not even be opened.
        catch (SftpPathNotFoundException)
        {
            folders.Clear();
            try
            {
                MakeFolder(client, FolderOf(path));
                make();
            }
            catch (SftpPathNotFoundException error)
            {
                throw new DataVersionException(DataErrorKind.TransferFailed, $"The folder '{FolderOf(path)}' cannot be made at '{Place}'.", path, "Check the path of the remote on the server.", error);
            }
        }
    }

    /// <summary>Makes a call that asks or changes something small; when it is cancelled, nobody waits for its end.</summary>
    internal Task<T> AskAsync<T>(string what, string key, Func<SftpClient, T> call, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested ? Task.FromCanceled<T>(cancellation)
        : lanes.RunAsync(() => Described(what, key, () => pool.Use(c => call(c.Client), cancellation))).WaitAsync(cancellation);

    /// <summary>Makes a call that moves bytes of the caller's; when it is cancelled, it ends before this does.</summary>
    internal async Task<T> MoveAsync<T>(string what, string key, Func<SshConnection, T> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        SshConnection? used = null;
        using var ended = new CancellationTokenSource();
        // On a thread that may block this only returns when it is done.
        using var closing = TransferThread.IsCurrent ? cancellation.UnsafeRegister(_ => _ = CloseAsync(() => Volatile.Read(ref used), ended.Token), null) : default;
        var done = lanes.RunAsync(() => Described(what, key, () => pool.Use(connection =>
        {
            Volatile.Write(ref used, connection);
            return call(connection);
        }, cancellation)));
        try
        {
            if (!done.IsCompleted)
                return await done.WaitAsync(cancellation).ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            if (!done.IsCompletedSuccessfully)
                cancellation.ThrowIfCancellationRequested();
            return await done.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!done.IsCompleted)
        {
            // The streams stop at the next piece; a connection on which no piece comes is closed.
            if (await Task.WhenAny(done, Task.Delay(Grace, CancellationToken.None)).ConfigureAwait(false) != done)
                Volatile.Read(ref used)?.Close();
            await ((Task)done).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    // A connection on which no piece comes is closed.
    private static async Task CloseAsync(Func<SshConnection?> used, CancellationToken ended)
    {
        await Task.Delay(Grace, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!ended.IsCancellationRequested)
            used()?.Close();
    }

    /// <summary>Removes what an upload left, or remembers to, when its connection is broken.</summary>
    internal void Leave(SshConnection connection, string temporary)
    {
        try
        {
            if (connection.IsAlive)
            {
                SshFiles.Delete(connection.Client, temporary);
                return;
            }
        }
        catch (Exception error) when (error is SshException or ObjectDisposedException or System.Net.Sockets.SocketException)
        {
        }
        leftovers.Enqueue(temporary);
    }

    private void RemoveLeftovers(SshConnection connection)
    {
        while (leftovers.TryDequeue(out var temporary))
            try
            {
                SshFiles.Delete(connection.Client, temporary);
            }
            catch (SftpException)
            {
            }
    }

    private T Described<T>(string what, string key, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception error) when (error is not System.Net.Sockets.SocketException && SshErrors.Describe(error, what, Place, key) is { } described)
        {
            throw described;
        }
    }

    private void MakeFolder(SftpClient client, string path)
    {
        if (path.Length <= 1 || folders.ContainsKey(path))
            return;
        try
        {
            CreateOrFind(client, path);
        }
        catch (SftpPathNotFoundException)
        {
            MakeFolder(client, FolderOf(path));
            CreateOrFind(client, path);
        }
        folders[path] = true;
    }

    // Somebody else may make the same folder. Not asked in a filter of the exception: it would hide that the connection broke.
    private static void CreateOrFind(SftpClient client, string path)
    {
        try
        {
            client.CreateDirectory(path);
        }
        catch (SftpException error) when (error is not SftpPathNotFoundException)
        {
            if (SshFiles.Stat(client, path) is not { IsDirectory: true })
                throw;
        }
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "/";

    private Task<Listing> ListFolderAsync(string folder, CancellationToken cancellation) => AskAsync($"list '{folder}'", folder, client =>
    {
        var listing = new Listing([], []);
        try
        {
            foreach (var entry in client.ListDirectory(PathOf(folder)))
            {
                if (entry.Name is "." or "..")
                    continue;
                var key = folder.Length == 0 ? entry.Name : folder + "/" + entry.Name;
                var attributes = entry.Attributes.IsSymbolicLink ? SshFiles.Stat(client, PathOf(key)) : entry.Attributes;
                if (attributes is { IsDirectory: true } && !entry.Attributes.IsSymbolicLink)
                    listing.Folders.Add(key);
                else if (attributes is { IsRegularFile: true } && !AtomicFile.IsTemporaryName(entry.Name))
                    listing.Items.Add(Describe(key, attributes));
            }
        }
        catch (SftpPathNotFoundException)
        {
        }
        return listing;
    }, cancellation);

    private static RemoteItem Describe(string key, SftpFileAttributes found) => new(key, found.Size) { Modified = new DateTimeOffset(found.LastWriteTimeUtc, TimeSpan.Zero) };

    private sealed record Listing(List<string> Folders, List<RemoteItem> Items);
}
