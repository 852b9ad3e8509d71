using System.Text.RegularExpressions;
using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Copies the run cache (finished stage runs, <c>runs/</c>) between cache and remote: what the other side lacks, whole files
/// under a temporary name first. The files are small and say by their names what they are; nothing is ever deleted. Services
/// that cannot list are passed over, as DVC does.
/// </summary>
public static partial class RunCacheTransfer
{
    /// <summary>Copies in one direction.</summary>
    /// <param name="repository">The repository; the caller holds its lock.</param>
    /// <param name="remote">The remote.</param>
    /// <param name="storage">Its storage.</param>
    /// <param name="direction">Push or Fetch.</param>
    /// <param name="throttle">Most files at a time; 0 for what the remote or the storage says.</param>
    /// <param name="failed">Receives what could not be copied; called from any thread.</param>
    /// <param name="context">Cancellation.</param>
    /// <returns>Number of files copied.</returns>
    public static async Task<int> RunAsync(Repository repository, RemoteConfiguration remote, IRemoteStorage storage, TransferDirection direction,
        int throttle, Action<DataVersionException> failed, OperationContext context)
    {
        var isPush = direction == TransferDirection.Push;
        var keys = isPush ? await LackingThereAsync(repository, storage, context).ConfigureAwait(false)
            : await LackingHereAsync(repository, storage, context).ConfigureAwait(false);
        using var copies = new VerifiedCopies(context, static _ => { });
        var channel = new RemoteChannel(repository, remote, storage, throttle, context);
        var copied = 0;
        await Parallel.ForEachAsync(keys, new ParallelOptions
        {
            CancellationToken = context.Cancellation, MaxDegreeOfParallelism = channel.Width,
        }, async (key, token) =>
        {
            var path = PathOf(repository, key);
            try
            {
                if (isPush)
                    await channel.SendAsync(key, new RemoteUpload(path, new FileInfo(path).Length, null, copies), static _ => { }, token).ConfigureAwait(false);
                else
                    await ReceiveAsync(repository, channel, key, path, token).ConfigureAwait(false);
                Interlocked.Increment(ref copied);
                FaultPoint.Reach(isPush ? "push.run" : "fetch.run");
            }
            catch (Exception error) when (error is DataVersionException { Kind: not DataErrorKind.RemoteFailed } or IOException or UnauthorizedAccessException)
            {
                failed(FileErrors.Describe(error, path, isPush ? "push" : "fetch"));
            }
        }).ConfigureAwait(false);
        return copied;
    }

    private static string PathOf(Repository repository, string key) => Path.Join(repository.Stores.CacheFolder, key);

    private static async Task<IReadOnlyList<string>> LackingThereAsync(Repository repository, IRemoteStorage storage, OperationContext context)
    {
        var folder = PathOf(repository, RemoteKeys.Runs);
        if (!storage.Traits.CanList || !Directory.Exists(folder))
            return [];
        string[] keys = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(repository.Stores.CacheFolder, f).Replace('\\', '/')).Where(k => Run().IsMatch(k))];
        var there = await new ExistenceCheck(storage, context).FindAsync(keys).ConfigureAwait(false);
        return [.. keys.Where((_, i) => there[i] is null)];
    }

    // Whatever else lies below runs/ on the remote has no business in the cache.
    private static async Task<IReadOnlyList<string>> LackingHereAsync(Repository repository, IRemoteStorage storage, OperationContext context)
    {
        var keys = new List<string>();
        if (!storage.Traits.CanList)
            return keys;
        foreach (var item in await RemoteRetry.ListAsync(storage, RemoteKeys.Runs, context).ConfigureAwait(false))
            if (Run().IsMatch(item.Key) && !File.Exists(PathOf(repository, item.Key)))
                keys.Add(item.Key);
        return keys;
    }

    private static async Task ReceiveAsync(Repository repository, RemoteChannel channel, string key, string path, CancellationToken token)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var temporary = AtomicFile.TemporaryName(folder);
        try
        {
            // What they say is checked when they are used (RunCache); a torn one counts as none.
            await channel.ReceiveAsync(key, -1, temporary, null, static _ => { }, token).ConfigureAwait(false);
            if (repository.Settings.CacheSharedGroup)
                FileModes.Release(temporary, sharedGroup: true);
            FileRename.Replace(temporary, path);
        }
        catch
        {
            FileRemoval.Try(temporary);
            throw;
        }
    }

    [GeneratedRegex(@"\Aruns/[0-9a-f]{2}/[0-9a-f]{64}/[0-9a-f]{64}\z")]
    private static partial Regex Run();
}
