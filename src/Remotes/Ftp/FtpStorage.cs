using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Remotes.Ftp;

/// <summary>
/// A remote on an FTP server: <c>ftp://[user@]host[:port]/folder</c> (encrypted when the server offers it) and <c>ftps://</c>
/// (encrypted from the start). Values are written under a temporary name beside their own, looked at, and renamed.
/// </summary>
internal sealed class FtpStorage : IRemoteStorage
{
    private const int Piece = 1 << 17;

    private readonly FtpSettings settings;
    private readonly FtpPool pool;
    private readonly ConcurrentQueue<string> leftovers = new();

    /// <summary>Describes the storage; nothing is contacted.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: options that are not valid.</exception>
    public FtpStorage(RemoteConfiguration remote)
    {
        var address = RemoteAddress.Parse(remote.Url);
        settings = FtpSettings.Read(remote, address);
        Place = address.ToString();
        pool = new FtpPool(OpenAsync);
        Traits = new StorageTraits { Connections = 4, MostConnections = 8, ChecksArrival = settings.Tls is FtpTls.Explicit or FtpTls.Implicit }.Within(remote);
        Parts = new FtpPartUploads(this);
    }

    /// <inheritdoc/>
    public string Place { get; }

    /// <summary>What it can do. What is not encrypted is not checked on its way either; whether it is, the first connection shows.</summary>
    public StorageTraits Traits { get; private set; }

    /// <inheritdoc/>
    public IPartUploads Parts { get; }

    /// <inheritdoc/>
    public Task<RemoteItem?> FindAsync(string key, CancellationToken cancellation) => UseAsync(connection => FindAsync(connection, key, cancellation), cancellation);

    /// <inheritdoc/>
    public async IAsyncEnumerable<RemoteItem> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var listings = new Queue<Task<List<(string Key, FtpEntry Entry)>>>([ListFolderAsync(prefix.TrimEnd('/'), cancellation)]);
        var waiting = new Queue<string>();
        while (listings.TryDequeue(out var next))
        {
            var entries = await next.ConfigureAwait(false);
            foreach (var (key, _) in entries.Where(e => e.Entry.IsFolder))
                waiting.Enqueue(key);
            while (listings.Count < Traits.Connections && waiting.TryDequeue(out var key))
                listings.Enqueue(ListFolderAsync(key, cancellation));
            foreach (var (key, entry) in entries)
                if (!entry.IsFolder && !AtomicFile.IsTemporaryName(entry.Name))
                    yield return new RemoteItem(key, entry.Size) { Modified = entry.Modified };
        }
    }

    /// <inheritdoc/>
    public Task GetAsync(string key, Stream target, ByteRange range, CancellationToken cancellation) => UseAsync(async connection =>
    {
        if (range.Length == 0)
            return true;
        var (reply, data) = await connection.OpenDataAsync("RETR " + PathOf(connection, key), range.Offset, cancellation).ConfigureAwait(false);
        if (data is null)
            throw reply.Code == 550 && await FindAsync(connection, key, cancellation).ConfigureAwait(false) is null
                ? new DataVersionException(DataErrorKind.ObjectMissing, $"Could not read '{key}': there is no such file at '{Place}'.", key, "Push it from a clone that has it.")
                : reply.Describe($"read '{key}'", Place, key);
        var left = range.Length ?? long.MaxValue;
        await WithDataAsync(connection, data, key, async () =>
        {
            var buffer = ArrayPool<byte>.Shared.Rent(Piece);
            try
            {
                for (int read; left > 0 && (read = await data.Stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, Piece)), cancellation).ConfigureAwait(false)) > 0; left -= read)
                    await target.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }).ConfigureAwait(false);
        if (left == 0)
        {
            // There may be more that nobody wants: whatever the server says to a closed connection is fine.
            await connection.TryEndDataAsync(data).ConfigureAwait(false);
            return true;
        }
        var done = await connection.EndDataAsync(data, cancellation).ConfigureAwait(false);
        return done.IsSuccess ? true : throw done.Describe($"read '{key}'", Place, key);
    }, cancellation);

    /// <inheritdoc/>
    public Task PutAsync(string key, RemoteUpload content, CancellationToken cancellation) => UseAsync(async connection =>
    {
        var temporary = TemporaryPathOf(connection, key);
        try
        {
            await using (var stream = content.OpenRead())
                await StoreAsync(connection, "STOR", temporary, 0, key, target => stream.CopyToAsync(target, Piece, cancellation), cancellation).ConfigureAwait(false);
            await FinishAsync(connection, temporary, key, content.Size, cancellation).ConfigureAwait(false);
        }
        catch
        {
            await LeaveAsync(connection, temporary).ConfigureAwait(false);
            throw;
        }
        while (leftovers.TryDequeue(out var leftover))
            await connection.SendAsync("DELE " + leftover, cancellation).ConfigureAwait(false);
        return true;
    }, cancellation);

    /// <inheritdoc/>
    public Task<bool> DeleteAsync(string key, CancellationToken cancellation) => UseAsync(async connection =>
    {
        var reply = await connection.SendAsync("DELE " + PathOf(connection, key), cancellation).ConfigureAwait(false);
        return reply.IsSuccess || (reply.Code == 550 && await FindAsync(connection, key, cancellation).ConfigureAwait(false) is null ? false : throw reply.Describe($"delete '{key}'", Place, key));
    }, cancellation);

    /// <inheritdoc/>
    public Task<StorageFacts> ExamineAsync(CancellationToken cancellation) => UseAsync(connection => Task.FromResult(new StorageFacts
    {
        Credentials = $"{settings.User}, {(settings.User == "anonymous" ? "without a password" : "the password of the remote's configuration")}{(connection.IsEncrypted ? "" : ", NOT ENCRYPTED")}",
        Service = connection.Greeting,
    }), cancellation);

    /// <inheritdoc/>
    public Task RequireReadableAsync(CancellationToken cancellation) => UseAsync(async connection =>
        (await connection.SendAsync("CWD " + PathOf(connection, ""), cancellation).ConfigureAwait(false)).IsSuccess ? true
            : throw new DataVersionException(DataErrorKind.RemoteFailed, $"The folder '{PathOf(connection, "")}' of the remote '{Place}' does not exist.", Place,
                "If nothing was ever pushed to it, push first."), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        pool.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Makes a call on a connection of its own.</summary>
    internal async Task<T> UseAsync<T>(Func<FtpConnection, Task<T>> call, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var connection = await pool.RentAsync(cancellation).ConfigureAwait(false);
        var inStep = false;
        try
        {
            var result = await call(connection).ConfigureAwait(false);
            inStep = true;
            return result;
        }
        catch (DataVersionException error) when (error is not TransientRemoteException)
        {
            inStep = true;
            throw;
        }
        finally
        {
            // After a break or a cancelled command, an answer may be under way to nobody.
            if (inStep)
                pool.Return(connection);
            else
                connection.Dispose();
        }
    }

    /// <summary>The path of a key on the server.</summary>
    internal string PathOf(FtpConnection connection, string key)
    {
        var root = settings.Folder.StartsWith('/') ? settings.Folder.TrimEnd('/') : settings.Folder.Length == 0 ? connection.Home : connection.Home + "/" + settings.Folder;
        return key.Length > 0 ? root + "/" + key : root.Length == 0 ? "/" : root;
    }

    /// <summary>A new temporary path beside that of a key.</summary>
    internal string TemporaryPathOf(FtpConnection connection, string key) => FolderOf(PathOf(connection, key)) + "/" + Path.GetFileName(AtomicFile.TemporaryName("/"));

    /// <summary>Sends a file; its folder is made when that shows to be needed.</summary>
    internal async Task StoreAsync(FtpConnection connection, string command, string path, long restart, string key, Func<Stream, Task> write, CancellationToken cancellation)
    {
        var (reply, data) = await connection.OpenDataAsync(command + " " + path, restart, cancellation).ConfigureAwait(false);
        if (data is null && reply.Code is 550 or 553 or 451)
        {
            await MakeFolderAsync(connection, FolderOf(path), cancellation).ConfigureAwait(false);
            (reply, data) = await connection.OpenDataAsync(command + " " + path, restart, cancellation).ConfigureAwait(false);
        }
        if (data is null)
            throw reply.Describe($"store '{key}'", Place, key);
        await WithDataAsync(connection, data, key, () => write(data.Stream)).ConfigureAwait(false);
        var done = await connection.EndDataAsync(data, cancellation).ConfigureAwait(false);
        if (!done.IsSuccess)
            throw done.Describe($"store '{key}'", Place, key);
    }

    /// <summary>The length of a file; null when there is none.</summary>
    internal static async Task<long?> SizeAsync(FtpConnection connection, string path, CancellationToken cancellation) =>
        await connection.SendAsync("SIZE " + path, cancellation).ConfigureAwait(false) is { Code: 213 } reply
        && long.TryParse(reply.Text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;

    /// <summary>Gives a file that is complete its name, in the place of what may have it.</summary>
    internal async Task FinishAsync(FtpConnection connection, string temporary, string key, long size, CancellationToken cancellation)
    {
        // In FTP a cut connection looks like the end of a file.
        if (await SizeAsync(connection, temporary, cancellation).ConfigureAwait(false) is { } found && found != size)
            throw new TransientRemoteException($"Could not store '{key}': {found} of its {size} bytes arrived at '{Place}'.", key);
        var path = PathOf(connection, key);
        var what = $"store '{key}'";
        await connection.RequireAsync("RNFR " + temporary, what, key, cancellation).ConfigureAwait(false);
        var reply = await connection.SendAsync("RNTO " + path, cancellation).ConfigureAwait(false);
        if (reply.IsSuccess)
            return;
        // A server that does not rename over a file.
        if (!(await connection.SendAsync("DELE " + path, cancellation).ConfigureAwait(false)).IsSuccess)
            throw reply.Describe(what, Place, key);
        await connection.RequireAsync("RNFR " + temporary, what, key, cancellation).ConfigureAwait(false);
        await connection.RequireAsync("RNTO " + path, what, key, cancellation).ConfigureAwait(false);
    }

    private async Task<RemoteItem?> FindAsync(FtpConnection connection, string key, CancellationToken cancellation)
    {
        var path = PathOf(connection, key);
        if (!connection.Has("MLST"))
            return await SizeAsync(connection, path, cancellation).ConfigureAwait(false) is { } size ? new RemoteItem(key, size) : null;
        var reply = await connection.SendAsync("MLST " + path, cancellation).ConfigureAwait(false);
        if (!reply.IsSuccess)
            return reply.Code / 100 == 4 ? throw reply.Describe($"look for '{key}'", Place, key) : null;
        return reply.Lines.Select(l => FtpListing.ReadFacts(l.TrimStart(' '))).FirstOrDefault(e => e is not null) is { IsFolder: false } entry
            ? new RemoteItem(key, entry.Size) { Modified = entry.Modified } : null;
    }

    // Nothing may be left of a transfer that broke off; what the server says of it explains more than a broken connection.
    private async Task WithDataAsync(FtpConnection connection, FtpData data, string key, Func<Task> transfer)
    {
        try
        {
            await transfer().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            var reply = await connection.TryEndDataAsync(data).ConfigureAwait(false);
            if (error is TransientRemoteException && reply is { Code: 452 or >= 500 })
                throw reply.Describe($"transfer '{key}'", Place, key);
            throw;
        }
    }

    private async Task LeaveAsync(FtpConnection connection, string temporary)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            if (connection.IsInStep)
            {
                await connection.SendAsync("DELE " + temporary, limit.Token).ConfigureAwait(false);
                return;
            }
        }
        catch (Exception error) when (error is DataVersionException or OperationCanceledException)
        {
        }
        leftovers.Enqueue(temporary);
    }

    private async Task MakeFolderAsync(FtpConnection connection, string path, CancellationToken cancellation)
    {
        if (path.Length <= 1 || (await connection.SendAsync("MKD " + path, cancellation).ConfigureAwait(false)).IsSuccess)
            return;
        // It is there, or its parent is not.
        if ((await connection.SendAsync("CWD " + path, cancellation).ConfigureAwait(false)).IsSuccess)
            return;
        await MakeFolderAsync(connection, FolderOf(path), cancellation).ConfigureAwait(false);
        await connection.SendAsync("MKD " + path, cancellation).ConfigureAwait(false);
    }

    private async Task<FtpConnection> OpenAsync(CancellationToken cancellation)
    {
        var connection = await FtpConnection.OpenAsync(settings, Place, Traits.Stall, cancellation).ConfigureAwait(false);
        if (Traits.ChecksArrival != connection.IsEncrypted)
            Traits = Traits with { ChecksArrival = connection.IsEncrypted };
        return connection;
    }

    private static string FolderOf(string path) => path.LastIndexOf('/') is > 0 and var slash ? path[..slash] : "";

    private Task<List<(string Key, FtpEntry Entry)>> ListFolderAsync(string folder, CancellationToken cancellation) => UseAsync(async connection =>
    {
        // Names with wildcards in them are safe in CWD only.
        var found = new List<(string, FtpEntry)>();
        var change = await connection.SendAsync("CWD " + PathOf(connection, folder), cancellation).ConfigureAwait(false);
        if (!change.IsSuccess)
            return change.Code == 550 ? found : throw change.Describe($"list '{folder}'", Place, folder);
        var hasFacts = connection.Has("MLSD") || connection.Has("MLST");
        var (reply, data) = await connection.OpenDataAsync(hasFacts ? "MLSD" : $"LIST {connection.ListOption}".Trim(), 0, cancellation).ConfigureAwait(false);
        if (data is null && !hasFacts && connection.ListOption is not null)
        {
            connection.ListOption = null;
            (reply, data) = await connection.OpenDataAsync("LIST", 0, cancellation).ConfigureAwait(false);
        }
        // Some servers have no answer for an empty folder but an error.
        if (data is null)
            return reply.Code == 550 ? found : throw reply.Describe($"list '{folder}'", Place, folder);
        await WithDataAsync(connection, data, folder, async () =>
        {
            using var lines = new StreamReader(data.Stream, new UTF8Encoding(false), false, 1 << 16, leaveOpen: true);
            while (await lines.ReadLineAsync(cancellation).ConfigureAwait(false) is { } line)
                if ((hasFacts ? FtpListing.ReadFacts(line) : FtpListing.ReadLine(line)) is { } entry)
                    found.Add((folder.Length == 0 ? entry.Name : folder + "/" + entry.Name, entry));
        }).ConfigureAwait(false);
        var done = await connection.EndDataAsync(data, cancellation).ConfigureAwait(false);
        return done.IsSuccess ? found : throw done.Describe($"list '{folder}'", Place, folder);
    }, cancellation);
}
