using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Imports;

/// <summary>
/// Sends the data of an import to a remote instead of keeping it here (DVC: <c>import-url --to-remote</c>). A file of this
/// machine is hashed where it is, one of elsewhere comes under a temporary name first; then it is sent, hashed on its way, and at
/// the end the manifest.
/// </summary>
/// <param name="remote">The remote.</param>
/// <param name="storage">Its storage.</param>
public sealed class ImportUpload(RemoteConfiguration remote, IRemoteStorage storage) : IAsyncDisposable
{
    /// <summary>Closes the storage.</summary>
    public ValueTask DisposeAsync() => storage.DisposeAsync();

    /// <summary>Sends everything at an origin.</summary>
    /// <exception cref="DataVersionException">What went wrong first; the metadata is not to be written then.</exception>
    internal async Task<ReceivedContent> SendAsync(Repository repository, IDataOrigin origin, OriginTree tree, OperationContext context)
    {
        var objects = new RemoteObjects(remote, storage);
        var folder = Path.Combine(repository.Layout.StateFolder, "sending");
        Directory.CreateDirectory(folder);
        var hashes = new ContentHash[tree.Files.Count];
        var sizes = new long[hashes.Length];
        var progress = new ProgressCount("Sending", hashes.Length, tree.Size, context);
        var channel = new RemoteChannel(repository, remote, storage, 0, context);
        var download = new OriginDownload(origin, progress.AddBytes, repository, context);
        using var copies = new VerifiedCopies(context, static _ => { });
        await Parallel.ForEachAsync(Enumerable.Range(0, hashes.Length), new ParallelOptions
        {
            CancellationToken = context.Cancellation, MaxDegreeOfParallelism = Math.Min(origin.Connections, channel.Width),
        }, async (i, token) =>
        {
            var file = tree.Files[i];
            var temporary = file.LocalPath is null ? AtomicFile.TemporaryName(folder) : null;
            try
            {
                (hashes[i], sizes[i]) = temporary is null ? (copies.Hash(file.LocalPath!, ContentHashAlgorithm.Md5), file.Size)
                    : await download.ReceiveAsync(file, temporary, token).ConfigureAwait(false);
                await PutAsync(objects, channel, hashes[i], temporary ?? file.LocalPath!, sizes[i], copies, context, token).ConfigureAwait(false);
                FaultPoint.Reach("push.object");
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw FileErrors.Describe(error, file.LocalPath ?? file.Path, "send", $" to '{storage.Place}'");
            }
            finally
            {
                if (temporary is not null)
                    FileRemoval.Try(temporary);
            }
            progress.ItemDone(file.Path);
        }).ConfigureAwait(false);
        if (!tree.IsFolder)
            return new ReceivedContent(hashes[0], null, sizes[0]);
        var manifest = Manifest.Create(tree.Files.Select((file, i) => new ManifestEntry(file.Path, hashes[i])));
        var bytes = manifest.ToBytes();
        var written = AtomicFile.TemporaryName(folder);
        try
        {
            await File.WriteAllBytesAsync(written, bytes, context.Cancellation).ConfigureAwait(false);
            await PutAsync(objects, channel, manifest.Hash, written, bytes.Length, copies, context, context.Cancellation).ConfigureAwait(false);
            FaultPoint.Reach("push.manifest");
        }
        finally
        {
            FileRemoval.Try(written);
        }
        return new ReceivedContent(manifest.Hash, manifest, sizes.Sum());
    }

    private static async Task PutAsync(RemoteObjects objects, RemoteChannel channel, ContentHash hash, string path, long size, VerifiedCopies copies, OperationContext context, CancellationToken cancellation)
    {
        if (!((await objects.FindAsync([hash], context).ConfigureAwait(false)).TryGetValue(hash, out var there) && (there < 0 || there == size)))
            await channel.SendAsync(RemoteKeys.Of(hash), new RemoteUpload(path, size, hash, copies), static _ => { }, cancellation).ConfigureAwait(false);
    }
}
