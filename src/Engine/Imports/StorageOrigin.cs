using System.Globalization;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Imports;

/// <summary>A value, or everything below a prefix, of a storage service.</summary>
/// <param name="storage">The service, opened at the folder above; closed together with this.</param>
/// <param name="key">What is meant in it; empty for everything.</param>
/// <param name="remote">How it was opened.</param>
internal sealed class StorageOrigin(IRemoteStorage storage, string key, RemoteConfiguration remote) : IDataOrigin
{
    public string Place => key.Length == 0 ? storage.Place : $"{storage.Place.TrimEnd('/')}/{RemoteSecrets.Hide(key)}";

    public int Connections => int.TryParse(remote.Get("jobs"), NumberStyles.None, CultureInfo.InvariantCulture, out var jobs) && jobs > 0 ? jobs : storage.Traits.Connections;

    /// <summary>How long no byte may pass before a call has failed.</summary>
    public TimeSpan Stall => storage.Traits.Stall;

    public async Task<OriginTree> ReadAsync(OperationContext context)
    {
        if (await RemoteRetry.RunAsync(storage, token => storage.FindAsync(key, token), context, context.Cancellation).ConfigureAwait(false) is { } item)
            return new OriginTree(false, [FileOf("", item)]);
        if (storage.Traits.CanList)
        {
            var prefix = key.Length == 0 ? "" : key + "/";
            var files = new List<OriginFile>();
            for (var attempt = 1; ; attempt++)
                try
                {
                    await foreach (var found in storage.ListAsync(prefix, context.Cancellation).ConfigureAwait(false))
                        if (found.Key.Length > prefix.Length && !found.Key.EndsWith('/'))
                            files.Add(FileOf(RequireInside(found.Key[prefix.Length..]), found));
                    break;
                }
                catch (TransientRemoteException error) when (attempt < RemoteRetry.Attempts)
                {
                    files.Clear();
                    await Task.Delay(RemoteRetry.DelayAfter(attempt, error), context.Cancellation).ConfigureAwait(false);
                }
            if (files.Count > 0)
                return new OriginTree(true, files);
        }
        await RemoteRetry.RunAsync(storage, async token =>
        {
            await storage.RequireReadableAsync(token).ConfigureAwait(false);
            return true;
        }, context, context.Cancellation).ConfigureAwait(false);
        throw new DataVersionException(DataErrorKind.PathNotFound, $"The source '{Place}' does not exist.", RemoteSecrets.Hide(key), "Check the address.");
    }

    public Task CopyAsync(OriginFile file, Stream target, CancellationToken cancellation) =>
        storage.GetAsync((string)file.Handle!, target, ByteRange.Whole, cancellation);

    public ValueTask DisposeAsync() => storage.DisposeAsync();

    // A service may hold names that would climb out of the folder they are put into.
    private string RequireInside(string path) => path.Split('/').Any(part => part is "" or "." or "..")
        ? throw new DataVersionException(DataErrorKind.PathUnsupported, $"'{path}' below '{Place}' is no name that a file can have.", path, "Rename it there, or import something else.")
        : path;

    private OriginFile FileOf(string path, RemoteItem item) => new(path, item.Size)
    {
        Handle = item.Key, Version = item.Version, Tag = ImportTags.Of(remote.Scheme, item), LocalPath = storage.LocalPathOf(item.Key),
    };
}
