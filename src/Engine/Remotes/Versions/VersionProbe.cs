using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes.Versions;

/// <summary>
/// Finds out by storing something whether a place keeps versions, where nothing else tells it (Azure; S3 without the right to read the
/// settings of the bucket): before the first file is replaced, which may be nowhere else.
/// </summary>
internal static class VersionProbe
{
    /// <summary>Stores a small value, looks whether the service made a version of it, and takes it away again, where we may.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: it keeps no versions, or nothing can be stored there.</exception>
    public static async Task RequireAsync(VersionLookup lookup, RemoteConfiguration remote, IRemoteStorage storage, OperationContext context)
    {
        // No tool takes it for data.
        var key = $"dataversion-test-{Guid.NewGuid():N}";
        var path = Path.Join(Path.GetTempPath(), key);
        await File.WriteAllTextAsync(path, key, context.Cancellation).ConfigureAwait(false);
        try
        {
            using var copies = new VerifiedCopies(context, static _ => { });
            var upload = new RemoteUpload(path, key.Length, null, copies);
            upload.Load(context.Cancellation);
            await RemoteRetry.RunAsync(storage, async token =>
            {
                await storage.PutAsync(key, upload, token).ConfigureAwait(false);
                return true;
            }, context, context.Cancellation).ConfigureAwait(false);
            try
            {
                await RemoteRetry.RunAsync(storage, token => RemoteInspection.RemoveAsync(remote, storage, key, upload.Stored?.Version, token), context, context.Cancellation).ConfigureAwait(false);
            }
            catch (DataVersionException)
            {
                // Who may push need not have the right to delete.
            }
            if (upload.Stored?.Version is null)
                throw lookup.NoVersions(null);
        }
        finally
        {
            FileRemoval.Try(path);
        }
    }
}
