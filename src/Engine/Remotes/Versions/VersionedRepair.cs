using System.Collections.Concurrent;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes.Versions;

/// <summary>
/// What a repair of a remote that keeps versions does besides sending: a version that is lost cannot be made again, so the metadata is
/// made to name the one that the service makes of what is sent.
/// </summary>
/// <param name="repository">The repository; the caller holds its lock.</param>
/// <param name="remote">The remote.</param>
/// <param name="storage">Its storage.</param>
/// <param name="context">Cancellation, warnings.</param>
internal sealed class VersionedRepair(Repository repository, RemoteConfiguration remote, IRemoteStorage storage, OperationContext context)
{
    private readonly VersionLookup lookup = new(repository, remote, storage, context);
    private readonly ConcurrentBag<FoundVersion> versions = [];

    /// <summary>Throws when the place keeps no versions.</summary>
    public async Task RequireVersionsAsync()
    {
        if (!await lookup.RequireVersionsAsync().ConfigureAwait(false))
            await lookup.TryVersionsAsync().ConfigureAwait(false);
    }

    /// <summary>A file was sent.</summary>
    /// <param name="item">Its content, and its path in the repository.</param>
    /// <param name="upload">How the service has stored it.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public async Task SentAsync(TransferItem item, RemoteUpload upload, CancellationToken cancellation)
    {
        var version = await lookup.SentAsync(item.Path, upload, cancellation).ConfigureAwait(false);
        var output = OutputScope.Of(repository.Index, [item.Path])[0].Output;
        var inner = item.Path.Length == output.Path.Length ? "" : item.Path[(output.Path.Length + 1)..];
        versions.Add(new FoundVersion(new VersionedFile(item with { Size = upload.Size }, item.Path, output, inner), version));
    }

    /// <summary>Records everything that was sent.</summary>
    /// <param name="failed">Receives each file whose metadata cannot be written: it is on the remote, and nobody knows its version.</param>
    public void Record(Action<TransferItem, DataVersionException> failed)
    {
        if (versions.IsEmpty)
            return;
        lookup.WarnOfReplaced(versions.Select(version => version.File));
        new VersionRecorder(repository, remote).Record(versions, (path, error) =>
        {
            foreach (var version in versions.Where(version => version.File.Output.MetadataPath == path))
                failed(version.File.Item, error);
        });
    }
}
