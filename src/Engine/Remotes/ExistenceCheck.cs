using System.Collections.Concurrent;
using System.Diagnostics;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Finds out which of many keys a remote holds, by whichever is cheapest: asking for each, listing the folders they are in side by
/// side, or listing everything page by page. The service decides it: the time of a few questions and of the listing of one folder
/// are measured, and the rest is done the way that takes least. Folders of this machine are asked file by file.
/// </summary>
internal sealed class ExistenceCheck(IRemoteStorage storage, OperationContext context)
{
    /// <summary>So many keys are asked for before listing is thought of.</summary>
    private const int Sample = 16;

    /// <summary>The two-digit folders of the layout.</summary>
    private const int Folders = 256;

    private readonly int connections = Math.Max(1, storage.Traits.Connections);

    /// <summary>Looks for keys.</summary>
    /// <returns>For each key what is there, or null.</returns>
    /// <exception cref="DataVersionException">RemoteFailed, or a call that failed again and again.</exception>
    public async Task<IReadOnlyList<RemoteItem?>> FindAsync(IReadOnlyList<string> keys)
    {
        var found = new RemoteItem?[keys.Count];
        if (keys.Count == 0)
            return found;
        var first = storage.Traits.CanList && storage.LocalPathOf("") is null ? Math.Min(Sample, keys.Count) : keys.Count;
        var clock = Stopwatch.StartNew();
        await AskAsync(keys, found, 0, first).ConfigureAwait(false);
        if (first == keys.Count)
            return found;
        var asking = clock.Elapsed * ((double)(keys.Count - first) / first);
        // What is wanted may be in few folders of the many.
        var groups = Enumerable.Range(first, keys.Count - first).GroupBy(i => FolderOf(keys[i]), StringComparer.Ordinal).ToList();
        clock.Restart();
        var members = await ListAsync(keys, found, groups[0].Key, groups[0]).ConfigureAwait(false);
        var one = clock.Elapsed;
        var rest = groups.Skip(1).ToList();
        var listing = one * ((double)rest.Count / Math.Min(connections, Folders));
        // The names of objects are spread evenly: one folder tells how many there are in all, and so how many pages. A full page
        // takes longer than a short one.
        var pages = 1 + members * (long)Folders / Math.Max(1, storage.Traits.PageSize);
        var whole = storage.Traits.PageSize > 0 && rest.All(g => g.Key.StartsWith(RemoteKeys.Objects, StringComparison.Ordinal)) ? 2 * pages * one : TimeSpan.MaxValue;
        context.Trace($"{storage.Place}: asking for {keys.Count} objects would take {asking.TotalMilliseconds:N0} ms, listing {rest.Count} folders {listing.TotalMilliseconds:N0} ms"
            + (whole == TimeSpan.MaxValue ? "." : $", listing {pages} pages {whole.TotalMilliseconds:N0} ms."));
        if (whole < listing && whole <= asking)
            await ListAsync(keys, found, RemoteKeys.Objects, rest.SelectMany(g => g)).ConfigureAwait(false);
        else if (listing <= asking)
            await Parallel.ForEachAsync(rest, Degree, async (group, _) => await ListAsync(keys, found, group.Key, group).ConfigureAwait(false)).ConfigureAwait(false);
        else
        {
            int[] asked = [.. rest.SelectMany(g => g)];
            await Parallel.ForEachAsync(asked, Degree, async (i, token) => found[i] = await AskAsync(keys[i], token).ConfigureAwait(false)).ConfigureAwait(false);
        }
        return found;
    }

    private ParallelOptions Degree => new() { CancellationToken = context.Cancellation, MaxDegreeOfParallelism = connections };

    private Task AskAsync(IReadOnlyList<string> keys, RemoteItem?[] found, int from, int to) => Parallel.ForAsync(from, to, Degree,
        async (i, token) => found[i] = await AskAsync(keys[i], token).ConfigureAwait(false));

    private Task<RemoteItem?> AskAsync(string key, CancellationToken token) =>
        RemoteRetry.RunAsync(storage, attempt => storage.FindAsync(key, attempt), context, token);

    private async Task<int> ListAsync(IReadOnlyList<string> keys, RemoteItem?[] found, string prefix, IEnumerable<int> wanted)
    {
        var items = new Dictionary<string, RemoteItem>(StringComparer.Ordinal);
        foreach (var item in await RemoteRetry.ListAsync(storage, prefix, context).ConfigureAwait(false))
            items[item.Key] = item;
        foreach (var i in wanted)
            found[i] = items.GetValueOrDefault(keys[i]);
        return items.Count;
    }

    private static string FolderOf(string key) => key[..(key.LastIndexOf('/') + 1)];
}
