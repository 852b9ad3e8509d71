using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Imports;

/// <summary>A value, or everything below a prefix, of a storage service.</summary>
/// <param name="storage">The service, opened at the folder above; closed together with this.</param>
/// <param name="key">What is meant in it; empty for everything.</param>
/// <param name="remote">How it was opened.</param>
/// <param name="keepsVersions">The version that is found is the one that is read, whatever comes after it.</param>
internal sealed class StorageOrigin(IRemoteStorage storage, string key, RemoteConfiguration remote, bool keepsVersions) : IDataOrigin
{
    public string Place => key.Length == 0 ? storage.Place : $"{storage.Place.TrimEnd('/')}/{RemoteSecrets.Hide(key)}";

    public int Connections => remote.Jobs ?? storage.Traits.Connections;

    /// <summary>How long no byte may pass before a call has failed.</summary>
    public TimeSpan Stall => storage.Traits.Stall;

    /// <summary>A channel to the service, for a repository that notes in its folders what has come.</summary>
    public RemoteChannel OpenChannel(Repository repository, OperationContext context) => new(repository, remote, storage, 0, context);

    /// <summary>What is the same in each session for the same version of a file, and for no other, so that a large one is gone on with.</summary>
    public string IdentityOf(OriginFile file) => string.Join('\n', storage.Place, (string)file.Handle!, file.Tag, file.Version, file.Size);

    /// <summary>Throws when a file is no longer the one that was found: its ranges may be of two versions.</summary>
    public async Task RequireUnchangedAsync(OriginFile file, OperationContext context, CancellationToken cancellation)
    {
        if (keepsVersions || file.Version is not null && ((string)file.Handle!).EndsWith(file.Version, StringComparison.Ordinal))
            return;
        var now = await RemoteRetry.RunAsync(storage, token => storage.FindAsync((string)file.Handle!, token), context, cancellation).ConfigureAwait(false);
        if (now is null || now.Size != file.Size || ImportTags.Of(remote.Scheme, now) != file.Tag || now.Version != file.Version)
            throw new DataVersionException(DataErrorKind.FileChangedDuringRead, $"'{RemoteSecrets.Hide((string)file.Handle!)}' of '{storage.Place}' changed while it was read.", file.Path, "Run the command again.");
    }

    public async Task<OriginTree> ReadAsync(OperationContext context)
    {
        if (await RemoteRetry.RunAsync(storage, token => storage.FindAsync(key, token), context, context.Cancellation).ConfigureAwait(false) is { } item)
            return new OriginTree(false, [keepsVersions ? Versioned(FileOf("", item)) : FileOf("", item)]);
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
                return new OriginTree(true, keepsVersions ? await VersionsAsync(files, context).ConfigureAwait(false) : files);
        }
        await RemoteRetry.RunAsync(storage, async token =>
        {
            await storage.RequireReadableAsync(token).ConfigureAwait(false);
            return true;
        }, context, context.Cancellation).ConfigureAwait(false);
        throw new DataVersionException(DataErrorKind.PathNotFound, $"The source '{Place}' does not exist.", RemoteSecrets.Hide(key), "Check the address.");
    }

    /// <summary>A file of a folder in the version that was recorded.</summary>
    public OriginFile Recorded(TrackedFileEntry file) => new(file.RelativePath, file.Size ?? -1)
    {
        Tag = file.ETag, Version = file.VersionId, Handle = VersionKey(key.Length == 0 ? file.RelativePath : key + "/" + file.RelativePath, file.VersionId!),
    };

    /// <summary>A file in the version that was recorded.</summary>
    public OriginFile Recorded(DependencyEntry file, string version) => new("", file.Size ?? -1) { Tag = file.ETag, Version = version, Handle = VersionKey(key, version) };

    public Task CopyAsync(OriginFile file, Stream target, CancellationToken cancellation) =>
        storage.GetAsync((string)file.Handle!, target, ByteRange.Whole, cancellation);

    public ValueTask DisposeAsync() => storage.DisposeAsync();

    // Most listings do not tell versions.
    private async Task<IReadOnlyList<OriginFile>> VersionsAsync(List<OriginFile> files, OperationContext context)
    {
        var found = new OriginFile[files.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, found.Length), new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = Connections }, async (i, cancellation) =>
        {
            var name = (string)files[i].Handle!;
            if (files[i].Version is not null)
            {
                found[i] = Versioned(files[i]);
                return;
            }
            var item = await RemoteRetry.RunAsync(storage, token => storage.FindAsync(name, token), context, cancellation).ConfigureAwait(false)
                ?? throw new DataVersionException(DataErrorKind.FileChangedDuringRead, $"'{files[i].Path}' went away while '{Place}' was read.", files[i].Path, "Run the command again.");
            found[i] = Versioned(FileOf(files[i].Path, item));
        }).ConfigureAwait(false);
        return found;
    }

    private OriginFile Versioned(OriginFile file) => file.Version is { } version ? file with { Handle = VersionKey((string)file.Handle!, version) }
        : throw new DataVersionException(DataErrorKind.RemoteFailed, $"'{storage.Place}' keeps no versions, so none can be recorded.", file.Path,
            "Switch versions on in the settings of the bucket, or import without -VersionAware.");

    // An address may name a version already; it is the one that was asked for.
    private string VersionKey(string name, string version) => VersionKeys.InVersion(remote.Scheme, VersionKeys.Split(remote.Scheme, name).Key, version);

    // A service may hold names that would climb out of the folder they are put into.
    private string RequireInside(string path) => path.Split('/').Any(part => part is "" or "." or "..")
        ? throw new DataVersionException(DataErrorKind.PathUnsupported, $"'{path}' below '{Place}' is no name that a file can have.", path, "Rename it there, or import something else.")
        : path;

    private OriginFile FileOf(string path, RemoteItem item) => new(path, item.Size)
    {
        Handle = item.Key, Version = item.Version, Tag = ImportTags.Of(remote.Scheme, item), Md5 = item.IsMd5Stated ? null : item.Md5, LocalPath = storage.LocalPathOf(item.Key),
    };
}
