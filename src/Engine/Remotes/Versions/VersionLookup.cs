using DataVersion.Engine.Imports;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes.Versions;

/// <summary>A file that metadata names, and which version of it.</summary>
/// <param name="Output">The output that it is, or belongs to.</param>
/// <param name="Inner">Its path inside the output; empty for the output itself.</param>
/// <param name="Hash">Its content.</param>
/// <param name="Size">Bytes; null when not recorded.</param>
/// <param name="Version">The version that is recorded; null for none.</param>
internal sealed record WantedVersion(TrackedOutput Output, string Inner, ContentHash Hash, long? Size, RecordedVersion? Version)
{
    /// <summary>Its key on the remote, which is its path in the repository.</summary>
    public string Key => VersionKeys.Of(Output, Inner);
}

/// <summary>Says what a remote that keeps versions has of the files that metadata names, or has made of what was sent to it. Changes nothing.</summary>
/// <param name="repository">The repository.</param>
/// <param name="remote">The remote.</param>
/// <param name="storage">Its storage.</param>
/// <param name="context">Cancellation.</param>
internal sealed class VersionLookup(Repository repository, RemoteConfiguration remote, IRemoteStorage storage, OperationContext context)
{
    /// <summary>The files of an output, or of the part of it that is meant.</summary>
    /// <param name="scope">The output.</param>
    /// <param name="problem">Receives what cannot be on such a remote, and folders of which nobody knows the files.</param>
    public IEnumerable<WantedVersion> FilesOf(OutputScope scope, Action<TransferItem, DataVersionException> problem)
    {
        var (output, hash) = (scope.Output, scope.Output.Hash!.Value);
        if (hash.Algorithm != ContentHashAlgorithm.Md5)
        {
            problem(new TransferItem(hash, output.Path, -1), new DataVersionException(DataErrorKind.TransferFailed,
                $"'{output.Path}' is recorded as DVC 2 did, which a remote that keeps versions ('{remote.Name}') cannot hold.", output.Path, "Convert the repository with Convert-DataCache -IncludeMetadata."));
            return [];
        }
        if (!hash.IsDirectory)
            return [new WantedVersion(output, "", hash, output.Size, output.Version)];
        if (output.ListsFiles)
            return output.Files.Where(file => scope.Includes(file.Path)).Select(file => new WantedVersion(output, file.Path, file.Hash!.Value, file.Size, file.Version));
        if (repository.TryLoadManifest(hash, out var manifest) is not { } error)
            return manifest!.List.Where(entry => scope.Includes(entry.Path)).Select(entry => new WantedVersion(output, entry.Path, entry.Hash, null, null));
        if (error.Kind == DataErrorKind.ObjectMissing)
            error = new DataVersionException(error.Kind, $"'{output.MetadataPath}' does not list the files of '{output.Path}', and their manifest {hash} is not in the cache; the remote '{remote.Name}' holds no manifests.",
                output.Path, "Push it from a clone that has it, and take that clone's metadata.");
        problem(new TransferItem(hash, output.Path, -1), error);
        return [];
    }

    /// <summary>What the remote has of each file.</summary>
    /// <param name="outputs">The outputs, or parts of them.</param>
    /// <param name="wanted">Their files.</param>
    /// <returns>For each file the version that has its content, null for none; and the newest values there by their keys.</returns>
    public async Task<(RecordedVersion?[] States, Dictionary<string, RemoteItem> Newest)> FindAsync(IReadOnlyList<OutputScope> outputs, List<WantedVersion> wanted)
    {
        var newest = await NewestAsync(outputs, wanted).ConfigureAwait(false);
        return (await EachAsync(wanted, (file, cancellation) => StateAsync(file, newest.GetValueOrDefault(file.Key), cancellation)).ConfigureAwait(false), newest);
    }

    // The newest versions: of folders by a listing, of files one by one.
    private async Task<Dictionary<string, RemoteItem>> NewestAsync(IReadOnlyList<OutputScope> outputs, List<WantedVersion> wanted)
    {
        var there = new Dictionary<string, RemoteItem>(StringComparer.Ordinal);
        foreach (var folder in outputs.Where(scope => scope.Output.IsDirectory).Select(scope => scope.Output.Path).Distinct(StringComparer.Ordinal))
            foreach (var item in await RemoteRetry.ListAsync(storage, folder + "/", context).ConfigureAwait(false))
                there[item.Key] = item;
        List<WantedVersion> single = [.. wanted.Where(file => file.Inner.Length == 0)];
        foreach (var item in await EachAsync(single, (file, cancellation) => AskAsync(file.Key, cancellation)).ConfigureAwait(false))
            if (item is not null)
                there[item.Key] = item;
        return there;
    }

    // What the remote has of a file; null when it must be sent.
    private async Task<RecordedVersion?> StateAsync(WantedVersion file, RemoteItem? newest, CancellationToken cancellation)
    {
        if (file.Version is { } recorded)
        {
            // The same content keeps the version that is recorded, whoever stored it once more.
            if ((recorded.Remote is null || recorded.Remote == remote.Name) && recorded.ETag is not null && newest is not null && TagOf(newest) == recorded.ETag && IsOfSize(newest, file))
                return recorded;
            if (await AskAsync(VersionKeys.InVersion(remote.Scheme, file.Key, recorded.Id), cancellation).ConfigureAwait(false) is { } old && IsSame(old, file, recorded))
                return recorded.Remote is null ? recorded : recorded with { Remote = remote.Name };
        }
        // A push that was killed before it recorded what it had sent. What its sender stated is no proof of what is there.
        return (newest?.Md5 ?? newest?.ETag) == file.Hash.Hex && await AskAsync(file.Key, cancellation).ConfigureAwait(false) is { Version: { } id, IsMd5Stated: false } item && item.Md5 == file.Hash.Hex
            ? new RecordedVersion(remote.Name, id, TagOf(item)) : null;
    }

    // As it is recorded.
    private string? TagOf(RemoteItem item) => ImportTags.Of(remote.Scheme, item);

    // The tag may change without the bytes (Google's, with what is said of an object), so it counts where no checksum was computed.
    private bool IsSame(RemoteItem item, WantedVersion file, RecordedVersion recorded) =>
        IsOfSize(item, file) && (item is { Md5: { } md5, IsMd5Stated: false } ? md5 == file.Hash.Hex : recorded.ETag is null || TagOf(item) == recorded.ETag);

    private static bool IsOfSize(RemoteItem item, WantedVersion file) => item.Size < 0 || file.Size is null || item.Size == file.Size;

    /// <summary>Throws when the place keeps no versions: what is sent may take the place of something that is nowhere else.</summary>
    /// <returns>False when that is not known, and what is stored there will tell it.</returns>
    /// <exception cref="DataVersionException">RemoteFailed.</exception>
    public async Task<bool> RequireVersionsAsync()
    {
        var keeps = await RemoteRetry.RunAsync(storage, storage.KeepsVersionsAsync, context, context.Cancellation).ConfigureAwait(false);
        if (keeps == false)
            throw NoVersions(null);
        if (keeps is null && !storage.Traits.VersionsAreKept)
            context.Warn($"Whether '{storage.Place}' keeps versions cannot be found out: it does not let us read its settings (storage.buckets.get). If it keeps none, what is pushed now is lost with a later push.");
        return keeps is not null || !storage.Traits.VersionsAreKept;
    }

    /// <summary>The same where only storing something tells it (Azure; S3 without the right to read the settings of the bucket).</summary>
    /// <exception cref="DataVersionException">RemoteFailed: it keeps no versions, or nothing can be stored there.</exception>
    public async Task TryVersionsAsync()
    {
        if ((await RemoteProbe.RunAsync(remote, storage, isThorough: false, context).ConfigureAwait(false))?.Version is null)
            throw NoVersions(null);
    }

    /// <summary>The version that the service made of what was sent.</summary>
    /// <exception cref="DataVersionException">RemoteFailed: it keeps none.</exception>
    public async Task<RecordedVersion> SentAsync(string key, RemoteUpload upload, CancellationToken cancellation)
    {
        if (upload.Stored is not { Version: { } id } stored)
            throw NoVersions(key);
        // Of a value in parts some services tell the tag only when they are asked.
        var there = stored.ETag is not null ? stored : await AskAsync(VersionKeys.InVersion(remote.Scheme, key, id), cancellation).ConfigureAwait(false);
        return new RecordedVersion(remote.Name, id, there is null ? null : TagOf(there));
    }

    /// <summary>Warns when records of another remote are about to be replaced.</summary>
    public void WarnOfReplaced(IEnumerable<VersionedFile> files)
    {
        var all = files.Select(file => (file.Key, Version: VersionRecorder.Recorded(file.Output, file.Inner)));
        if (all.FirstOrDefault(file => file.Version?.Remote is { } other && other != remote.Name) is { Version: { } replaced } first)
            context.Warn($"The metadata can name one remote only: what it says of '{replaced.Remote}' ('{first.Key}') is replaced by what '{remote.Name}' has.");
    }

    private DataVersionException NoVersions(string? key) => new(DataErrorKind.RemoteFailed,
        $"'{storage.Place}' keeps no versions, so none can be recorded, and what {(key is null ? "is" : "was")} sent could be overwritten.", key ?? storage.Place,
        "Switch versions on in the settings of the bucket (of Azure: of the account), or take version_aware and worktree out of the remote's options.");

    /// <summary>Asks for a file, or for a version of it.</summary>
    public Task<RemoteItem?> AskAsync(string key, CancellationToken cancellation) =>
        RemoteRetry.RunAsync(storage, token => storage.FindAsync(key, token), context, cancellation);

    /// <summary>Asks something about each file, several at a time.</summary>
    public async Task<T[]> EachAsync<T>(List<WantedVersion> files, Func<WantedVersion, CancellationToken, Task<T>> ask)
    {
        var answers = new T[files.Count];
        await Parallel.ForEachAsync(Enumerable.Range(0, files.Count), new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = Math.Max(1, storage.Traits.Connections) },
            async (i, cancellation) => answers[i] = await ask(files[i], cancellation).ConfigureAwait(false)).ConfigureAwait(false);
        return answers;
    }
}
