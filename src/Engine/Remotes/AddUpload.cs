using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Adds data to a remote instead of the cache (DVC: <c>add --to-remote</c>): the files are hashed where they are, sent, hashed
/// again on their way, and their manifest follows. Nothing is stored on this machine but the metadata.
/// </summary>
/// <param name="repository">The repository.</param>
/// <param name="remote">The remote.</param>
/// <param name="storage">Its storage.</param>
/// <param name="throttle">Most files at a time; 0 for what the remote or the storage says.</param>
public sealed class AddUpload(Repository repository, RemoteConfiguration remote, IRemoteStorage storage, int throttle = 0) : IAsyncDisposable
{
    /// <summary>Closes the storage.</summary>
    public ValueTask DisposeAsync() => storage.DisposeAsync();

    /// <summary>Sends the content of items whose hashes are known; an item of which a file failed gets its error.</summary>
    internal void Send(IReadOnlyList<AddedContent> added, OperationContext context) => SendAsync(added, context).GetAwaiter().GetResult();

    private async Task SendAsync(IReadOnlyList<AddedContent> added, OperationContext context)
    {
        var objects = new RemoteObjects(remote, storage);
        var channel = new RemoteChannel(repository, remote, storage, throttle, context);
        var sources = new Dictionary<ContentHash, (AddedContent Content, string Path, long Size)>();
        foreach (var content in added)
            for (var i = 0; i < content.Scan.Files.Count; i++)
                sources.TryAdd(content.HashOf(i),
                    (content, WorkspaceReader.PathOf(content.Item.Source, content.Scan.Files[i].Path), content.StatOf(i).Size));
        var there = await objects.FindAsync(sources.Keys, context).ConfigureAwait(false);
        // What has another length there is not what was added, which is to be nowhere else.
        var lacking = sources.Where(s => !(there.TryGetValue(s.Key, out var size) && (size < 0 || size == s.Value.Size))).ToList();
        var progress = new ProgressCount("Sending", lacking.Count, lacking.Sum(s => s.Value.Size), context);
        using var copies = new VerifiedCopies(context, progress.AddBytes);
        await Parallel.ForEachAsync(lacking, new ParallelOptions
        {
            CancellationToken = context.Cancellation, MaxDegreeOfParallelism = channel.Width,
        }, async (item, token) =>
        {
            var (content, path, size) = item.Value;
            await TryAsync(channel, content, path, new RemoteUpload(path, size, item.Key, copies), progress.AddBytes, token).ConfigureAwait(false);
            FaultPoint.Reach("push.object");
            progress.ItemDone(path);
        }).ConfigureAwait(false);
        foreach (var content in added.Where(c => c is { Manifest: not null, Failure: null }))
            await SendManifestAsync(channel, content, copies, context.Cancellation).ConfigureAwait(false);
    }

    private async Task SendManifestAsync(RemoteChannel channel, AddedContent content, VerifiedCopies copies, CancellationToken cancellation)
    {
        Directory.CreateDirectory(repository.Layout.StateFolder);
        var temporary = AtomicFile.TemporaryName(repository.Layout.StateFolder);
        try
        {
            var bytes = content.Manifest!.ToBytes();
            await File.WriteAllBytesAsync(temporary, bytes, cancellation).ConfigureAwait(false);
            await TryAsync(channel, content, temporary, new RemoteUpload(temporary, bytes.Length, content.Hash, copies), static _ => { }, cancellation).ConfigureAwait(false);
            FaultPoint.Reach("push.manifest");
        }
        finally
        {
            FileRemoval.Try(temporary);
        }
    }

    private async Task TryAsync(RemoteChannel channel, AddedContent content, string path, RemoteUpload upload, Action<long> passed, CancellationToken cancellation)
    {
        try
        {
            await channel.SendAsync(RemoteKeys.Of(upload.Hash!.Value), upload, passed, cancellation).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DataVersionException { Kind: not DataErrorKind.RemoteFailed } or IOException or UnauthorizedAccessException)
        {
            lock (content)
                content.Failure ??= FileErrors.Describe(error, path, "send", $" to '{storage.Place}'");
        }
    }
}
