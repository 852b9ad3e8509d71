using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Remotes;

namespace DataVersion.Engine.Imports;

/// <summary>The content of an origin, as it is in the cache now.</summary>
/// <param name="Hash">Of the file, or of the manifest.</param>
/// <param name="Manifest">Of a folder; null for a file.</param>
/// <param name="Size">Bytes, of a folder the sum of its files.</param>
public sealed record ReceivedContent(ContentHash Hash, Manifest? Manifest, long Size);

/// <summary>
/// Brings everything at an origin into the cache: files of this machine as an add does it, tracked objects through the transfer
/// engine, all else under a temporary name in the cache and hashed on its way. A manifest is made, and stored last.
/// </summary>
internal sealed class OriginIntake(Repository repository, IDataOrigin origin, OperationContext context)
{
    private readonly List<DataVersionException> failures = [];

    /// <summary>Takes everything in.</summary>
    /// <exception cref="DataVersionException">What went wrong first; nothing names what was stored before.</exception>
    public async Task<ReceivedContent> TakeInAsync(OriginTree tree)
    {
        var (hashes, sizes) = await TakeInFilesAsync(tree).ConfigureAwait(false);
        var manifest = tree.IsFolder ? Manifest.Create(tree.Files.Select((file, i) => new ManifestEntry(file.Path, hashes[i]))) : null;
        if (manifest is not null)
        {
            repository.Know(manifest);
            repository.Stores.Current.Add(manifest);
        }
        FaultPoint.Reach("import.received");
        return new ReceivedContent(manifest?.Hash ?? hashes[0], manifest, sizes.Sum());
    }

    /// <summary>Takes the files in without a manifest: hash and length of each.</summary>
    /// <exception cref="DataVersionException">What went wrong first; nothing names what was stored before.</exception>
    public async Task<(ContentHash[] Hashes, long[] Sizes)> TakeInFilesAsync(OriginTree tree)
    {
        var hashes = new ContentHash[tree.Files.Count];
        var sizes = new long[tree.Files.Count];
        int[] all = [.. Enumerable.Range(0, hashes.Length)];
        await FetchAsync(tree, hashes, [.. all.Where(i => tree.Files[i].Hash is not null)]).ConfigureAwait(false);
        Store([.. all.Where(i => tree.Files[i] is { Hash: null, LocalPath: not null })], i => tree.Files[i].LocalPath!, hashes, sizes,
            i => tree.Files[i].Handle is FileStat stat ? stat : default);
        // What a repository of DVC 2 tracks gets the hash of its bytes.
        Store([.. all.Where(i => hashes[i] is { Algorithm: ContentHashAlgorithm.Md5Dos2Unix } && hashes[i] != default)], i => repository.Stores.PathOf(tree.Files[i].Hash!.Value), hashes, sizes, _ => default);
        await ReceiveAsync(tree, hashes, sizes, [.. all.Where(i => tree.Files[i] is { Hash: null, LocalPath: null })]).ConfigureAwait(false);
        if (failures.Count > 0)
            throw failures.Count == 1 ? failures[0] : new DataVersionException(failures[0].Kind,
                $"{failures.Count} of {hashes.Length} files of '{origin.Place}' could not be had. The first: {failures[0].Message}", failures[0].Path, failures[0].RecommendedAction, failures[0]);
        foreach (var i in all.Where(i => tree.Files[i].Hash is not null))
            sizes[i] = repository.Stores.Current.Stat(hashes[i]).Size;
        FaultPoint.Reach("import.files");
        return (hashes, sizes);
    }

    private async Task FetchAsync(OriginTree tree, ContentHash[] hashes, int[] wanted)
    {
        if (wanted.Length == 0)
            return;
        foreach (var i in wanted)
            hashes[i] = tree.Files[i].Hash!.Value;
        var problems = await origin.FetchAsync(repository, [.. wanted.Select(i => tree.Files[i])], context).ConfigureAwait(false);
        failures.AddRange(problems.Values);
        if (failures.Count > 0)
            Array.Clear(hashes);
    }

    private void Store(int[] wanted, Func<int, string> pathOf, ContentHash[] hashes, long[] sizes, Func<int, FileStat> statOf)
    {
        if (wanted.Length == 0)
            return;
        repository.Stores.Current.EnsureRoot();
        new ObjectStoreWriter(repository.Stores, repository.Stats).Store(wanted.Length, i => statOf(wanted[i]).Exists ? statOf(wanted[i]).Size : -1, i =>
        {
            var (path, stat) = (pathOf(wanted[i]), statOf(wanted[i]));
            var known = stat.Exists && repository.Stats.TryGet(path, stat, ContentHashAlgorithm.Md5, out var hash) ? hash : (ContentHash?)null;
            return new StoreRequest(path, stat, known);
        }, repository.Settings.ChecksumJobs, (i, outcome) =>
        {
            if (outcome.IsStored)
            {
                (hashes[wanted[i]], sizes[wanted[i]]) = (outcome.Hash, outcome.Source.Size);
                repository.Stats.Record(pathOf(wanted[i]), outcome.Source, outcome.Hash);
            }
            else
                Fail(outcome.Error!);
            FaultPoint.Reach("import.object");
        }, context);
    }

    private async Task ReceiveAsync(OriginTree tree, ContentHash[] hashes, long[] sizes, int[] wanted)
    {
        if (wanted.Length == 0)
            return;
        var progress = new ProgressCount("Receiving", wanted.Length, wanted.Sum(i => Math.Max(tree.Files[i].Size, 0)), context);
        var download = new OriginDownload(origin, progress.AddBytes, repository, context);
        var parallel = new ParallelOptions { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = download.Width };
        await Parallel.ForEachAsync(wanted.OrderByDescending(i => tree.Files[i].Size), parallel, async (i, token) =>
        {
            var file = tree.Files[i];
            string? temporary = null;
            try
            {
                temporary = download.TemporaryName(repository.Stores.Current.TemporaryName(), file);
                (hashes[i], sizes[i]) = await download.ReceiveAsync(file, temporary, token).ConfigureAwait(false);
                FaultPoint.Reach("import.downloaded");
                Publish(temporary, hashes[i]);
                FaultPoint.Reach("import.object");
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                Fail(FileErrors.Describe(error, file.Path.Length == 0 ? origin.Place : file.Path, "receive", $" from '{origin.Place}'"));
            }
            finally
            {
                // What has come of a large one is gone on with by the next attempt; one that was published has no name here any more.
                if (temporary is not null && (hashes[i] != default || !download.IsResumable(file)))
                    FileRemoval.Try(temporary);
            }
            progress.ItemDone(file.Path);
        }).ConfigureAwait(false);
    }

    private void Publish(string temporary, ContentHash hash)
    {
        for (var attempt = 0; !repository.Stores.Current.TryPublish(temporary, hash); attempt++)
        {
            var check = repository.Verifier.Verify(hash, cancellation: context.Cancellation);
            if (check.Verdict == ObjectVerdict.Good)
                return;
            if (attempt == 3 || check.Verdict == ObjectVerdict.Unreadable)
                throw check.Error!;
        }
        var path = repository.Stores.Current.PathOf(hash);
        repository.Stats.Record(path, FileStat.Read(path, followLinks: true), hash);
    }

    private void Fail(DataVersionException error)
    {
        lock (failures)
            failures.Add(error);
    }
}
