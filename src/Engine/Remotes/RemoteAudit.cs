using System.Collections.Concurrent;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Checks that a remote holds every object that metadata needs, each with the right bytes: by a checksum that the service
/// computed where it gives one, else by reading and hashing. Every file is looked at, whether or not its manifest is there; on a
/// remote that keeps versions, in the version that is recorded.
/// </summary>
public sealed class RemoteAudit
{
    private readonly Repository repository;
    private readonly RemoteObjects remote;
    private readonly RemoteChannel channel;
    private readonly bool download;
    private readonly OperationContext context;
    private readonly List<Wanted> wanted = [];

    private RemoteAudit(Repository repository, RemoteConfiguration remote, IRemoteStorage storage, bool download, int throttle, OperationContext context)
    {
        (this.repository, this.download, this.context) = (repository, download, context);
        this.remote = new RemoteObjects(remote, storage);
        channel = new RemoteChannel(repository, remote, storage, throttle, context);
    }

    // Why: what is known of it without asking. Nothing is known of what cannot be on such a remote, and of folders without a list of files.
    private sealed record Wanted(ContentHash Hash, string Path, string Key, string? Why = null, bool IsUnknown = false);

    /// <summary>Checks.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="needs">What the remote is to hold.</param>
    /// <param name="storage">Its storage.</param>
    /// <param name="download">Read every object, whatever checksums the service gives.</param>
    /// <param name="throttle">Most objects at a time; 0 for what suits the service.</param>
    /// <param name="found">Receives the verdict about each object; called from any thread.</param>
    /// <param name="context">Cancellation and progress.</param>
    /// <returns>All of them summed up.</returns>
    /// <exception cref="DataVersionException">RemoteFailed.</exception>
    public static async Task<RemoteVerdict> RunAsync(Repository repository, RemoteNeeds needs, IRemoteStorage storage, bool download, int throttle,
        Action<RemoteVerdict> found, OperationContext context)
    {
        var audit = new RemoteAudit(repository, needs.Remote, storage, download, throttle, context);
        await audit.remote.RequireReadableAsync(context).ConfigureAwait(false);
        if (needs.Remote.KeepsVersions)
            audit.CollectVersions(needs);
        else
            await audit.CollectAsync(needs).ConfigureAwait(false);
        var counts = new ConcurrentDictionary<(RemoteVerdictKind, RemoteEvidence), int>();
        await audit.CheckAsync(verdict =>
        {
            counts.AddOrUpdate((verdict.Verdict, verdict.Evidence), 1, static (_, count) => count + 1);
            found(verdict);
        }).ConfigureAwait(false);
        if (!needs.Remote.KeepsVersions && counts.Keys.Any(k => k.Item1 is RemoteVerdictKind.Missing or RemoteVerdictKind.Corrupt))
            RemoteIndex.Of(repository, needs.Remote).Forget();
        return audit.SumUp(counts);
    }

    private void CollectVersions(RemoteNeeds needs)
    {
        var lookup = new VersionLookup(repository, needs.Remote, channel.Storage, context);
        foreach (var scope in needs.Outputs)
            foreach (var file in lookup.FilesOf(scope, (item, error) => wanted.Add(new Wanted(item.Hash, scope.Output.Path, "", error.Message, IsUnknown: true))))
                wanted.Add(file.Version is { } version && (version.Remote is null || version.Remote == needs.Remote.Name)
                    ? new Wanted(file.Hash, file.Key, VersionKeys.InVersion(needs.Remote.Scheme, file.Key, version.Id))
                    : new Wanted(file.Hash, file.Key, "", "No version of it is recorded for this remote: it was not pushed there, or the metadata is another clone's."));
    }

    private async Task CollectAsync(RemoteNeeds needs)
    {
        var known = new HashSet<ContentHash>();
        foreach (var scope in needs.Outputs)
        {
            var (output, hash) = (scope.Output, scope.Output.Hash!.Value);
            Add(hash, output.Path);
            if (!hash.IsDirectory)
                continue;
            var problem = repository.TryLoadManifest(hash, out var manifest);
            if (problem is not null)
                try
                {
                    (manifest, _) = await remote.ReadManifestAsync(hash, context).ConfigureAwait(false);
                }
                catch (DataVersionException error) when (error is not TransientRemoteException && error.Kind is DataErrorKind.ObjectMissing or DataErrorKind.ObjectCorrupt or DataErrorKind.ManifestInvalid)
                {
                    // Its own verdict tells; which files it has nobody knows.
                    context.Warn($"Which files '{output.Path}' has cannot be known: its manifest {hash} is neither in the cache nor, with the right bytes, on the remote '{needs.Remote.Name}'.");
                }
            foreach (var entry in manifest?.List ?? [])
                if (scope.Includes(entry.Path))
                    Add(entry.Hash, output.Path + "/" + entry.Path);
        }

        void Add(ContentHash hash, string path)
        {
            if (known.Add(hash))
                wanted.Add(new Wanted(hash, path, RemoteKeys.Of(hash)));
        }
    }

    private async Task CheckAsync(Action<RemoteVerdict> found)
    {
        var items = await FindAsync().ConfigureAwait(false);
        var progress = new ProgressCount("Checking the remote", wanted.Count, items.Sum(i => Math.Max(0, i?.Size ?? 0)), context);
        using var copies = new VerifiedCopies(context, progress.AddBytes);
        await Parallel.ForAsync(0, wanted.Count, new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = channel.Width }, async (i, token) =>
        {
            RemoteVerdict verdict;
            try
            {
                verdict = await CheckAsync(wanted[i], items[i], copies, progress.AddBytes, token).ConfigureAwait(false);
            }
            catch (Exception error) when (error is DataVersionException { Kind: not DataErrorKind.RemoteFailed } or IOException or UnauthorizedAccessException)
            {
                verdict = error is DataVersionException { Kind: DataErrorKind.ObjectMissing } ? Missing(wanted[i])
                    : Verdict(wanted[i], RemoteVerdictKind.Unknown, RemoteEvidence.None, error.Message, items[i]?.Size);
            }
            found(verdict);
            progress.ItemDone(verdict.Path);
        }).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<RemoteItem?>> FindAsync()
    {
        if (!remote.Remote.KeepsVersions)
            return await new ExistenceCheck(channel.Storage, context).FindAsync([.. wanted.Select(file => file.Key)]).ConfigureAwait(false);
        // Listings do not tell of old versions, or tell of all there ever were.
        var items = new RemoteItem?[wanted.Count];
        await Parallel.ForAsync(0, wanted.Count, new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = channel.Width }, async (i, token) =>
        {
            if (wanted[i].Why is null)
                items[i] = await RemoteRetry.RunAsync(channel.Storage, cancellation => channel.Storage.FindAsync(wanted[i].Key, cancellation), context, token).ConfigureAwait(false);
        }).ConfigureAwait(false);
        return items;
    }

    private async Task<RemoteVerdict> CheckAsync(Wanted file, RemoteItem? item, VerifiedCopies copies, Action<long> passed, CancellationToken cancellation)
    {
        var hash = file.Hash;
        if (item is null)
            return Missing(file);
        var isPlain = hash.IsDirectory || hash.Algorithm == ContentHashAlgorithm.Md5;
        if (isPlain && !download && item.Md5 is { } md5)
        {
            passed(Math.Max(0, item.Size));
            var evidence = item.IsMd5Stated ? RemoteEvidence.StatedChecksum : RemoteEvidence.ServiceChecksum;
            return md5 == hash.Hex ? Verdict(file, RemoteVerdictKind.Good, evidence, item.IsMd5Stated ? "The checksum that its sender stated is right." : "The checksum that the service computed is right.", item.Size)
                : Verdict(file, RemoteVerdictKind.Corrupt, evidence, $"Its bytes have the hash {md5}, says the service.", item.Size);
        }
        if (repository.Stores.For(hash.Algorithm).Stat(hash) is { Kind: Files.FileKind.File, Size: var length } && item.Size >= 0 && length != item.Size
            && repository.Verifier.Verify(hash, cancellation: cancellation).Verdict == ObjectVerdict.Good)
            return Verdict(file, RemoteVerdictKind.Corrupt, RemoteEvidence.Answer, $"It has {item.Size:N0} bytes there, and {length:N0} here.", item.Size);
        var found = await HashAsync(file, item, isPlain, copies, passed, cancellation).ConfigureAwait(false);
        return found.Hex == hash.Hex ? Verdict(file, RemoteVerdictKind.Good, RemoteEvidence.Download, "Its bytes were read and are right.", item.Size)
            : Verdict(file, RemoteVerdictKind.Corrupt, RemoteEvidence.Download, $"Its bytes were read and have the hash {found.Hex}.", item.Size);
    }

    private async Task<ContentHash> HashAsync(Wanted file, RemoteItem item, bool isPlain, VerifiedCopies copies, Action<long> passed, CancellationToken cancellation)
    {
        var (hash, key) = (file.Hash, file.Key);
        if (channel.Storage.LocalPathOf(key) is { } local)
            return copies.Hash(local, isPlain ? ContentHashAlgorithm.Md5 : hash.Algorithm);
        if (isPlain)
            return await channel.HashAsync(key, passed, cancellation).ConfigureAwait(false);
        // A text hash needs the file as a whole.
        var temporary = Path.Join(Directory.CreateDirectory(repository.Layout.StateFolder).FullName, $"audit-{Guid.NewGuid():N}");
        try
        {
            await channel.ReceiveAsync(key, item.Size, temporary, null, passed, cancellation).ConfigureAwait(false);
            return copies.Hash(temporary, hash.Algorithm);
        }
        finally
        {
            Files.FileRemoval.Try(temporary);
        }
    }

    private RemoteVerdict Missing(Wanted file) => file.IsUnknown ? Verdict(file, RemoteVerdictKind.Unknown, RemoteEvidence.None, file.Why!, null)
        : Verdict(file, RemoteVerdictKind.Missing, RemoteEvidence.Answer, file.Why ?? (remote.Remote.KeepsVersions ? "The version that is recorded is not there." : "It is not there."), null);

    private RemoteVerdict Verdict(Wanted file, RemoteVerdictKind kind, RemoteEvidence evidence, string detail, long? size) => new()
    {
        Remote = remote.Remote.Name, Check = RemoteCheck.Object, Verdict = kind, Evidence = evidence, Detail = detail, Hash = file.Hash, Path = file.Path,
        Size = size >= 0 ? size : null,
    };

    private RemoteVerdict SumUp(ConcurrentDictionary<(RemoteVerdictKind Verdict, RemoteEvidence Evidence), int> counts)
    {
        int Of(RemoteVerdictKind kind) => counts.Where(c => c.Key.Verdict == kind).Sum(c => c.Value);
        string[] parts =
        [
            .. counts.Where(c => c.Key.Verdict == RemoteVerdictKind.Good).OrderBy(c => c.Key.Evidence).Select(c => $"{c.Value:N0} good by {c.Key.Evidence switch
            {
                RemoteEvidence.ServiceChecksum => "the service's checksum",
                RemoteEvidence.StatedChecksum => "the sender's checksum",
                _ => "reading",
            }}"),
            .. new[] { RemoteVerdictKind.Missing, RemoteVerdictKind.Corrupt, RemoteVerdictKind.Unknown }.Where(k => Of(k) > 0).Select(k => $"{Of(k):N0} {k.ToString().ToLowerInvariant()}"),
        ];
        var good = Of(RemoteVerdictKind.Good);
        return new RemoteVerdict
        {
            Remote = remote.Remote.Name, Check = RemoteCheck.Objects,
            Verdict = good == wanted.Count ? RemoteVerdictKind.Good : Of(RemoteVerdictKind.Corrupt) > 0 ? RemoteVerdictKind.Corrupt
                : Of(RemoteVerdictKind.Missing) > 0 ? RemoteVerdictKind.Missing : RemoteVerdictKind.Unknown,
            Evidence = wanted.Count == 0 ? RemoteEvidence.None : counts.Keys.Max(k => k.Evidence),
            Detail = wanted.Count == 0 ? "No object is needed." : $"{wanted.Count:N0} {(remote.Remote.KeepsVersions ? "files" : "objects")}: {string.Join(", ", parts)}.",
        };
    }
}
