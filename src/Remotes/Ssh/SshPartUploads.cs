using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes;
using Renci.SshNet;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// Large values in parts, one after the other into a temporary file. A part is written by several calls at a time, because each
/// waits for its answer; its last bytes are written when all others are there, so that the length of the file tells how many
/// parts are whole.
/// </summary>
internal sealed class SshPartUploads(SshStorage storage) : IPartUploads
{
    /// <inheritdoc/>
    public PartRules Rules { get; } = new(8 << 20, 1_000_000, IsSequential: true);

    /// <inheritdoc/>
    public async Task<IPartUpload> BeginAsync(string key, PartLayout layout, CancellationToken cancellation)
    {
        var temporary = storage.TemporaryPathOf(key);
        await storage.AskAsync($"store '{key}'", key, client =>
        {
            storage.InFolderOf(client, storage.PathOf(key), () => client.Open(temporary, FileMode.CreateNew, FileAccess.Write).Dispose());
            return true;
        }, cancellation).ConfigureAwait(false);
        return new SshPartUpload(storage, key, temporary, layout, 0);
    }

    /// <inheritdoc/>
    public async Task<IPartUpload?> ResumeAsync(string key, string token, PartLayout layout, CancellationToken cancellation)
    {
        // A token comes from a file of state, which may hold anything.
        if (!AtomicFile.IsTemporaryName(token) || token.Contains('/', StringComparison.Ordinal))
            return null;
        var path = storage.TemporaryPathOf(key);
        path = path[..(path.LastIndexOf('/') + 1)] + token;
        var found = await storage.AskAsync($"go on with '{key}'", key, client => SshFiles.Stat(client, path), cancellation).ConfigureAwait(false);
        if (found is not { IsRegularFile: true } || found.Size > layout.Size)
            return null;
        return new SshPartUpload(storage, key, path, layout, found.Size == layout.Size ? layout.Count : (int)(found.Size / layout.PartSize));
    }
}

/// <summary>An upload in parts.</summary>
internal sealed class SshPartUpload(SshStorage storage, string key, string temporary, PartLayout layout, int present) : IPartUpload
{
    /// <summary>Calls that write a part: each connection has a lock and a cipher of its own.</summary>
    private const int Writers = 4;

    /// <summary>What a call writes at least: several packets.</summary>
    private const int LeastBytes = 256 * 1024;

    /// <summary>What is written last.</summary>
    private const int TailBytes = 16 * 1024;

    /// <inheritdoc/>
    public string Token => temporary[(temporary.LastIndexOf('/') + 1)..];

    /// <inheritdoc/>
    public IReadOnlyCollection<int> Present { get; } = [.. Enumerable.Range(0, present)];

    /// <inheritdoc/>
    public async Task PutAsync(int number, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        var from = number * layout.PartSize;
        var body = Math.Max(0, bytes.Length - TailBytes);
        var length = Math.Max(LeastBytes, (body + Writers - 1) / Writers);
        var pieces = (body + length - 1) / length;
        await Parallel.ForAsync(0, pieces, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = Writers }, async (i, token) =>
        {
            var at = i * length;
            await WriteAsync(from + at, bytes.Slice(at, Math.Min(length, body - at)), token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        if (bytes.Length > 0)
            await WriteAsync(from + body, bytes[body..], cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken cancellation) => storage.AskAsync($"store '{key}'", key, client =>
    {
        if (SshFiles.Stat(client, temporary)?.Size is var size && size != layout.Size)
            throw new TransientRemoteException($"Could not store '{key}': '{storage.Place}' has {size ?? 0} of its {layout.Size} bytes.", key);
        SshFiles.Rename(client, temporary, storage.PathOf(key));
        return true;
    }, cancellation);

    /// <inheritdoc/>
    public Task AbortAsync(CancellationToken cancellation) => storage.AskAsync($"give '{key}' up", key, client => SshFiles.Delete(client, temporary), cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Task WriteAsync(long offset, ReadOnlyMemory<byte> bytes, CancellationToken cancellation) => storage.MoveAsync($"store '{key}'", key, connection =>
    {
        if (connection.Pipe is { } pipe)
        {
            var left = bytes;
            SftpFiles.WriteAndClose(pipe, pipe.Open(temporary, SftpOpening.Write).Handle(pipe.Patience), offset, most =>
            {
                cancellation.ThrowIfCancellationRequested();
                var piece = left[..Math.Min(left.Length, most)];
                left = left[piece.Length..];
                return piece;
            });
            return true;
        }
        using var file = connection.Client.Open(temporary, FileMode.Open, FileAccess.Write);
        file.Position = offset;
        for (var rest = bytes; rest.Length > 0; rest = rest[Math.Min(rest.Length, LeastBytes)..])
        {
            cancellation.ThrowIfCancellationRequested();
            file.Write(rest.Span[..Math.Min(rest.Length, LeastBytes)]);
        }
        return true;
    }, cancellation);
}
