using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Remotes;

/// <summary>
/// Compares the cache with a remote and says which objects have to travel. Changes nothing. A remote is asked once for each
/// object; that a manifest is there does not prove its files (DVC takes it as proof, and leaves holes unfilled).
/// </summary>
public sealed class TransferPlanner
{
    private readonly Repository repository;
    private readonly RemoteObjects remote;
    private readonly OperationContext context;
    private readonly Dictionary<ContentHash, (string Path, bool Tolerated)> wanted = [];
    private readonly Dictionary<ContentHash, Tree> trees = [];
    private readonly List<TransferItem> files = [];
    private readonly List<TransferTree> moves = [];
    private readonly List<TransferProblem> problems = [];
    private readonly TransferDirection direction;
    private long upToDate;

    private TransferPlanner(Repository repository, RemoteObjects remote, TransferDirection direction, OperationContext context) =>
        (this.repository, this.remote, this.direction, this.context) = (repository, remote, direction, context);

    private sealed record Tree(string Path, Manifest Manifest, byte[]? RemoteBytes, bool Tolerated)
    {
        public bool IsPartial { get; set; } = true;
    }

    /// <summary>Plans to bring to the remote what it lacks.</summary>
    public static async Task<TransferPlan> PlanPushAsync(Repository repository, RemoteNeeds needs, IRemoteStorage storage, OperationContext context)
    {
        var planner = new TransferPlanner(repository, new RemoteObjects(needs.Remote, storage), TransferDirection.Push, context);
        await planner.CollectAsync(needs.Outputs).ConfigureAwait(false);
        await planner.PlanPushAsync().ConfigureAwait(false);
        return planner.Finish();
    }

    /// <summary>Plans to bring into the cache what it lacks. Objects in the cache are verified; corrupt ones are fetched anew.</summary>
    public static async Task<TransferPlan> PlanFetchAsync(Repository repository, RemoteNeeds needs, IRemoteStorage storage, OperationContext context)
    {
        var planner = new TransferPlanner(repository, new RemoteObjects(needs.Remote, storage), TransferDirection.Fetch, context);
        await planner.CollectAsync(needs.Outputs).ConfigureAwait(false);
        await planner.PlanFetchAsync().ConfigureAwait(false);
        return planner.Finish();
    }

    private async Task CollectAsync(IReadOnlyList<OutputScope> outputs)
    {
        foreach (var scope in outputs)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var (output, hash) = (scope.Output, scope.Output.Hash!.Value);
            // A fetch asks for data that is never pushed too, but nobody is surprised when it is not there.
            var tolerated = direction == TransferDirection.Fetch && !output.Push;
            if (!hash.IsDirectory)
            {
                Want(hash, output.Path, tolerated);
                continue;
            }
            if (!trees.TryGetValue(hash, out var tree))
            {
                if (await Load(output, hash, tolerated).ConfigureAwait(false) is not { } loaded)
                    continue;
                trees[hash] = tree = loaded;
            }
            tree.IsPartial &= !scope.IsWhole;
            foreach (var entry in tree.Manifest.List)
                if (scope.Includes(entry.Path))
                    Want(entry.Hash, output.Path + "/" + entry.Path, tolerated);
        }
    }

    private void Want(ContentHash hash, string path, bool tolerated)
    {
        if (!wanted.TryGetValue(hash, out var known))
            wanted[hash] = (path, tolerated);
        else if (known.Tolerated && !tolerated)
            wanted[hash] = (known.Path, false);
    }

    private async Task<Tree?> Load(TrackedOutput output, ContentHash hash, bool tolerated)
    {
        if (repository.TryLoadManifest(hash, out var manifest) is not { } problem)
            return new Tree(output.Path, manifest!, null, tolerated);
        if (problem.Kind is DataErrorKind.ObjectMissing or DataErrorKind.ObjectCorrupt)
            try
            {
                await RequireReadableAsync().ConfigureAwait(false);
                var (received, bytes) = await remote.ReadManifestAsync(hash, context).ConfigureAwait(false);
                return new Tree(output.Path, received, bytes, tolerated);
            }
            catch (DataVersionException error) when (error.Kind != DataErrorKind.RemoteFailed)
            {
                problem = error.Kind == DataErrorKind.ObjectMissing ? remote.Missing(hash, output.Path, inCacheToo: true) : error;
            }
        Problem(new TransferItem(hash, output.Path, -1), OutcomeOf(problem), problem, tolerated);
        return null;
    }

    private async Task PlanPushAsync()
    {
        var index = remote.Storage.LocalPathOf("") is null ? RemoteIndex.Of(repository, remote.Remote) : null;
        var settled = index is null ? [] : await FindSettledAsync(index).ConfigureAwait(false);
        var asked = wanted.Keys.Where(hash => !settled.Contains(hash)).ToHashSet();
        asked.UnionWith(trees.Keys.Where(hash => !settled.Contains(hash)));
        // A manifest may go only when all its files are there, those that nobody wants to push now too: not on the word of another
        // manifest, or what is remembered would prove itself.
        foreach (var (hash, tree) in trees)
            if (!settled.Contains(hash))
                foreach (var entry in tree.Manifest.List)
                    asked.Add(entry.Hash);
        ContentHash[] hashes = [.. asked];
        var notes = UncheckedUploads.Of(repository, remote.Storage);
        var there = (await remote.FindAsync(hashes, context).ConfigureAwait(false)).Where(found => !notes.Contains(RemoteKeys.Of(found.Key)))
            .ToDictionary(found => found.Key, found => found.Value);
        if (hashes.Any(hash => settled.Contains(hash) && !there.ContainsKey(hash)))
        {
            index!.Forget();
            await PlanPushAsync().ConfigureAwait(false);
            return;
        }
        settled.ExceptWith(hashes);
        upToDate += wanted.Keys.Count(settled.Contains);
        var local = new long[hashes.Length];
        using var stats = new ObjectStats(repository.Stores, hashes.Length);
        WorkQueue.Run(hashes.Length, 0, context.Cancellation, queue =>
        {
            while (queue.TryTake(out var i))
                local[i] = stats.Read(hashes[i]) is { Kind: FileKind.File, Size: var size } ? size : -1;
        });
        var (goes, sizes) = (new HashSet<ContentHash>(), new Dictionary<ContentHash, long>(hashes.Length));
        for (var i = 0; i < hashes.Length; i++)
        {
            var hash = hashes[i];
            sizes[hash] = local[i];
            if (there.TryGetValue(hash, out var size) && (size < 0 || local[i] < 0 || size == local[i]))
                upToDate++;
            else if (wanted.TryGetValue(hash, out var need) && local[i] >= 0)
            {
                goes.Add(hash);
                files.Add(new TransferItem(hash, need.Path, local[i], there.ContainsKey(hash) ? "The remote's copy has another length." : null));
            }
            else if (wanted.ContainsKey(hash))
                Problem(new TransferItem(hash, need.Path, -1), TransferOutcome.Missing, remote.Missing(hash, need.Path, inCacheToo: true), false);
        }
        foreach (var (hash, tree) in trees)
            if (!settled.Contains(hash) && tree.RemoteBytes is null && !(there.TryGetValue(hash, out var size) && (size < 0 || size == sizes[hash])))
                PlanTree(hash, tree, sizes[hash], there, settled, goes);
        index?.Confirm(trees.Where(t => there.TryGetValue(t.Key, out var size) && (size < 0 || sizes[t.Key] < 0 || size == sizes[t.Key]) && t.Value.Manifest.List.All(e => there.ContainsKey(e.Hash) && !goes.Contains(e.Hash))).Select(t => t.Key));
    }

    // A manifest that is there, and whose files were known to be there, stands for all of them: one question instead of one for each.
    private async Task<HashSet<ContentHash>> FindSettledAsync(RemoteIndex index)
    {
        var settled = new HashSet<ContentHash>();
        var remembered = trees.Where(t => index.IsConfirmed(t.Key)).ToList();
        var there = await remote.FindAsync([.. remembered.Select(t => t.Key)], context).ConfigureAwait(false);
        if (there.Count < remembered.Count)
        {
            // Somebody has cleaned the remote: nothing that is remembered is worth anything.
            index.Forget();
            return settled;
        }
        foreach (var (hash, tree) in remembered)
        {
            // A manifest of another length is no manifest of these files.
            if (there[hash] >= 0 && repository.Stores.For(hash.Algorithm).Stat(hash) is { Kind: FileKind.File, Size: var size } && size != there[hash])
                continue;
            settled.Add(hash);
            settled.UnionWith(tree.Manifest.List.Select(e => e.Hash));
        }
        return settled;
    }

    private void PlanTree(ContentHash hash, Tree tree, long size, IReadOnlyDictionary<ContentHash, long> there, HashSet<ContentHash> settled,
        HashSet<ContentHash> goes)
    {
        var (awaited, present) = (new List<ContentHash>(), new List<ContentHash>());
        string? obstacle = null;
        foreach (var entry in tree.Manifest.List)
            if (goes.Contains(entry.Hash))
                awaited.Add(entry.Hash);
            else if (there.ContainsKey(entry.Hash) || settled.Contains(entry.Hash))
                present.Add(entry.Hash);
            else
                obstacle ??= entry.Path;
        // Who pushes a part of a folder does not expect the whole of it to be there.
        if (obstacle is null || !tree.IsPartial)
            moves.Add(new TransferTree(new TransferItem(hash, tree.Path, size), awaited, present, obstacle, null));
    }

    private async Task PlanFetchAsync()
    {
        var checks = repository.Verify(wanted.Keys, context);
        var lacking = new List<ContentHash>();
        foreach (var (hash, need) in wanted)
            switch (checks[hash].Verdict)
            {
                case ObjectVerdict.Good:
                    upToDate++;
                    break;
                case ObjectVerdict.Unreadable:
                    Problem(new TransferItem(hash, need.Path, -1), TransferOutcome.Failed, checks[hash].Error!, false);
                    break;
                default:
                    lacking.Add(hash);
                    break;
            }
        if (lacking.Count > 0)
            await RequireReadableAsync().ConfigureAwait(false);
        var there = await remote.FindAsync(lacking, context).ConfigureAwait(false);
        foreach (var hash in lacking)
        {
            var (path, tolerated) = wanted[hash];
            if (there.TryGetValue(hash, out var size))
                files.Add(new TransferItem(hash, path, size, checks[hash].Verdict == ObjectVerdict.Corrupt ? "The cache's copy is damaged." : null));
            else
                Problem(new TransferItem(hash, path, -1), TransferOutcome.Missing, remote.Missing(hash, path, inCacheToo: true), tolerated);
        }
        foreach (var (hash, tree) in trees)
            if (tree.RemoteBytes is { } bytes)
                moves.Add(new TransferTree(new TransferItem(hash, tree.Path, bytes.Length), [], [], null, bytes));
            else
                upToDate++;
    }

    private Task RequireReadableAsync() =>
        direction == TransferDirection.Fetch ? remote.RequireReadableAsync(context) : Task.CompletedTask;

    private void Problem(TransferItem item, TransferOutcome outcome, DataVersionException error, bool tolerated) => problems.Add(
        new TransferProblem(new TransferResult
        {
            Hash = item.Hash, Path = item.Path, Direction = direction, Remote = remote.Remote.Name, Outcome = outcome, Reason = error.Message,
        }, tolerated && outcome == TransferOutcome.Missing ? null : error));

    internal static TransferOutcome OutcomeOf(DataVersionException error) => error.Kind switch
    {
        DataErrorKind.ObjectMissing => TransferOutcome.Missing,
        DataErrorKind.ObjectCorrupt or DataErrorKind.ManifestInvalid => TransferOutcome.Corrupt,
        _ => TransferOutcome.Failed,
    };

    private TransferPlan Finish() => new()
    {
        Direction = direction, Remote = remote.Remote, Files = files, Trees = moves, Problems = problems, UpToDateCount = upToDate,
    };
}
