using System.Security.Cryptography;
using DataVersion.Engine.Files;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>A small value that is stored at a remote to find something out, and taken away again.</summary>
internal static class RemoteProbe
{
    /// <summary>Stores it and takes it away.</summary>
    /// <param name="remote">The remote.</param>
    /// <param name="storage">Its storage.</param>
    /// <param name="isThorough">It must come back with the same bytes, and be deleted; else it may stay, as who may store need not
    /// have the right to delete.</param>
    /// <param name="context">Cancellation.</param>
    /// <returns>What the service says it has stored; null when it does not tell.</returns>
    /// <exception cref="DataVersionException">What did not work.</exception>
    public static async Task<RemoteItem?> RunAsync(RemoteConfiguration remote, IRemoteStorage storage, bool isThorough, OperationContext context)
    {
        // No tool takes it for an object, or for data.
        var key = $"dataversion-test-{Guid.NewGuid():N}";
        var bytes = RandomNumberGenerator.GetBytes(64);
        var path = Path.Join(Path.GetTempPath(), key);
        await File.WriteAllBytesAsync(path, bytes, context.Cancellation).ConfigureAwait(false);
        try
        {
            using var copies = new VerifiedCopies(context, static _ => { });
            var upload = new RemoteUpload(path, bytes.Length, null, copies);
            upload.Load(context.Cancellation);
            await RemoteRetry.RunAsync(storage, async token =>
            {
                await storage.PutAsync(key, upload, token).ConfigureAwait(false);
                return true;
            }, context, context.Cancellation).ConfigureAwait(false);
            try
            {
                if (isThorough && !(await RemoteRetry.ReadAsync(storage, key, context).ConfigureAwait(false)).AsSpan().SequenceEqual(bytes))
                    throw new DataVersionException(DataErrorKind.TransferFailed, $"What was stored at '{storage.Place}' came back with other bytes.", key);
            }
            finally
            {
                await RemoveAsync(remote, storage, key, upload.Stored?.Version, isThorough, context).ConfigureAwait(false);
            }
            return upload.Stored;
        }
        finally
        {
            FileRemoval.Try(path);
        }
    }

    private static async Task RemoveAsync(RemoteConfiguration remote, IRemoteStorage storage, string key, string? version, bool mustGo, OperationContext context)
    {
        // Who has stopped the command does not wait long for a service that hangs.
        using var patience = new CancellationTokenSource();
        await using (context.Cancellation.Register(() => patience.CancelAfter(TimeSpan.FromSeconds(5))).ConfigureAwait(false))
            try
            {
                await RemoteRetry.RunAsync(storage, token => RemoveAsync(remote, storage, key, version, token), context, patience.Token).ConfigureAwait(false);
            }
            catch (DataVersionException) when (!mustGo)
            {
                // A few bytes under a name that says what they are.
            }
    }

    // Where versions are kept, a value that is deleted stays as an old one: that is taken away too, where we may.
    private static async Task<bool> RemoveAsync(RemoteConfiguration remote, IRemoteStorage storage, string key, string? version, CancellationToken cancellation)
    {
        var old = remote.KeepsVersions && version is not null ? VersionKeys.InVersion(remote.Scheme, key, version) : null;
        if (old is not null && await TryAsync().ConfigureAwait(false) && await storage.FindAsync(key, cancellation).ConfigureAwait(false) is null)
            return true;
        var isDeleted = await storage.DeleteAsync(key, cancellation).ConfigureAwait(false);
        if (old is not null)
            await TryAsync().ConfigureAwait(false);
        return isDeleted;

        async Task<bool> TryAsync()
        {
            try
            {
                return await storage.DeleteAsync(old, cancellation).ConfigureAwait(false);
            }
            catch (DataVersionException)
            {
                // The right to delete versions is another one; Azure deletes no newest one.
                return false;
            }
        }
    }
}
