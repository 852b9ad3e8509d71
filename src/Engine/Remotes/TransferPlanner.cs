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
    private readonly PlannedObjects objects = new();
    private readonly Dictionary<ContentHash, Tree> trees = [];
    private readonly List<TransferItem> files = [];
    private readonly List<TransferTree> moves = [];
    private readonly List<TransferProblem> problems = [];
    private readonly TransferDirection direction;
    private long upToDate;

    private TransferPlanner(Repository repository, RemoteObjects remote, TransferDirection direction, OperationContext context) =>
        (this.repository, this.remote, this.direction, this.context) = (repository, remote, direction, context);

    private sealed record Tree(string Path, Manifest Manifest, byte[]? RemoteBytes)
    {
        public bool IsPartial { get; set; } = true;

        // The numbers of the manifest and of its files; a push needs them.
        public int Number { get; set; }
        public int[] Files { get; set; } = [];
    }

    /// <summary>Plans to bring to the remote what it lacks.</summary>
    public static async Task<TransferPlan> PlanPushAsync(Repository repository, RemoteNeeds needs, IRemoteStorage storage, OperationContext context)
    {
        var planner = new TransferPlanner(repository, new RemoteObjects(needs.Remote, storage), TransferDirection.Push, context);
        await planner.CollectAsync(needs.Outputs).ConfigureAwait(false);
        planner.NumberTrees();
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
                objects.Want(hash, output, null, tolerated);
                continue;
            }
            if (!trees.TryGetValue(hash, out var tree))
            {
                if (await Load(output, hash, tolerated).ConfigureAwait(false) is not { } loaded)
                    continue;
                trees[hash] = tree = loaded;
                objects.Expect(tree.Manifest.Count);
            }
            tree.IsPartial &= !scope.IsWhole;
            foreach (var entry in tree.Manifest.Entries)
                if (scope.Includes(entry.Path))
                    objects.Want(entry.Hash, output, entry.Path, tolerated);
        }
    }

    private async Task<Tree?> Load(TrackedOutput output, ContentHash hash, bool tolerated)
    {
        if (repository.TryLoadManifest(hash, out var manifest) is not { } problem)
            return new Tree(output.Path, manifest!, null);
        if (problem.Kind is DataErrorKind.ObjectMissing or DataErrorKind.ObjectCorrupt)
            try
            {
                await RequireReadableAsync().ConfigureAwait(false);
                var (received, bytes) = await remote.ReadManifestAsync(hash, context).ConfigureAwait(false);
                return new Tree(output.Path, received, bytes);
            }
            catch (DataVersionException error) when (error.Kind != DataErrorKind.RemoteFailed)
            {
                problem = error.Kind == DataErrorKind.ObjectMissing ? remote.Missing(hash, output.Path, inCacheToo: true) : error;
            }
        Problem(new TransferItem(hash, output.Path, -1), OutcomeOf(problem), problem, tolerated);
        return null;
    }

    // A manifest may go only when all its files are there, those that nobody wants to push now too.
    private void NumberTrees()
    {
        foreach (var (hash, tree) in trees)
        {
            tree.Number = objects.Add(hash);
            tree.Files = new int[tree.Manifest.Count];
            for (var i = 0; i < tree.Files.Length; i++)
                tree.Files[i] = objects.Add(tree.Manifest.Entries[i].Hash);
        }
    }

    private async Task PlanPushAsync()
    {
        var index = remote.Storage.LocalPathOf("") is null ? RemoteIndex.Of(repository, remote.Remote) : null;
        var settled = index is null ? new bool[objects.Count] : await FindSettledAsync(index).ConfigureAwait(false);
        var asked = Asked(settled);
        var there = await remote.FindEachAsync(objects.NamesOf(asked), context).ConfigureAwait(false);
        var notes = UncheckedUploads.Of(repository, remote.Storage);
        var states = new PushState[objects.Count];
        for (var i = 0; i < asked.Count; i++)
        {
            var known = there[i] is { } size && !(notes.Any && notes.Contains(RemoteKeys.Of(objects[asked[i]]))) ? size : PushState.Absent;
            if (known == PushState.Absent && settled[asked[i]])
            {
                // What was remembered is not true.
                index!.Forget();
                await PlanPushAsync().ConfigureAwait(false);
                return;
            }
            states[asked[i]] = new PushState { IsAsked = true, RemoteSize = known };
        }
        Measure(asked, states);
        for (var i = 0; i < states.Length; i++)
            if (settled[i] && !states[i].IsAsked && objects.IsWanted(i))
                upToDate++;
        foreach (var number in asked)
            PlanObject(number, ref states[number]);
        foreach (var (hash, tree) in trees)
            if (!settled[tree.Number] && tree.RemoteBytes is null && !(states[tree.Number] is { IsThere: true } manifest && (manifest.RemoteSize < 0 || manifest.RemoteSize == manifest.LocalSize)))
                PlanTree(hash, tree, states);
        index?.Confirm(trees.Where(t => states[t.Value.Number].HasSameLength && Array.TrueForAll(t.Value.Files, f => states[f] is { IsThere: true, Goes: false })).Select(t => t.Key));
    }

    // What a push knows of an object. A size below 0 is one that the service does not tell, or of an object that the cache lacks.
    private struct PushState
    {
        public const long Absent = long.MinValue;

        public bool IsAsked { get; init; }
        public long RemoteSize { get; init; }
        public long LocalSize { get; set; }
        public bool Goes { get; set; }

        public readonly bool IsThere => IsAsked && RemoteSize != Absent;
        public readonly bool HasSameLength => IsThere && (RemoteSize < 0 || LocalSize < 0 || RemoteSize == LocalSize);
    }

    // Not on the word of another manifest: what is remembered would prove itself.
    private List<int> Asked(bool[] settled)
    {
        var isAsked = new bool[objects.Count];
        foreach (var tree in trees.Values)
            if (!settled[tree.Number])
            {
                isAsked[tree.Number] = true;
                foreach (var file in tree.Files)
                    isAsked[file] = true;
            }
        var asked = new List<int>(objects.Count);
        for (var i = 0; i < isAsked.Length; i++)
            if (isAsked[i] || !settled[i] && objects.IsWanted(i))
                asked.Add(i);
        return asked;
    }

    private void Measure(List<int> asked, PushState[] states)
    {
        using var stats = new ObjectStats(repository.Stores, asked.Count);
        WorkQueue.Run(asked.Count, 0, context.Cancellation, queue =>
        {
            while (queue.TryTake(out var i))
                states[asked[i]].LocalSize = stats.Read(objects[asked[i]]) is { Kind: FileKind.File, Size: var size } ? size : -1;
        });
    }

    private void PlanObject(int number, ref PushState state)
    {
        if (state.HasSameLength)
            upToDate++;
        else if (!objects.IsWanted(number))
            return;
        else if (state.LocalSize >= 0)
        {
            state.Goes = true;
            files.Add(new TransferItem(objects[number], objects.PathOf(number), state.LocalSize, state.IsThere ? "The remote's copy has another length." : null));
        }
        else
            Problem(new TransferItem(objects[number], objects.PathOf(number), -1), TransferOutcome.Missing, remote.Missing(objects[number], objects.PathOf(number), inCacheToo: true), false);
    }

    // A manifest that is there, and whose files were known to be there, stands for all of them: one question instead of one for each.
    private async Task<bool[]> FindSettledAsync(RemoteIndex index)
    {
        var settled = new bool[objects.Count];
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
            settled[tree.Number] = true;
            foreach (var file in tree.Files)
                settled[file] = true;
        }
        return settled;
    }

    private void PlanTree(ContentHash hash, Tree tree, PushState[] states)
    {
        var (awaited, present) = (new List<ContentHash>(), new List<ContentHash>());
        string? obstacle = null;
        for (var i = 0; i < tree.Files.Length; i++)
            if (states[tree.Files[i]].Goes)
                awaited.Add(tree.Manifest.Entries[i].Hash);
            else if (states[tree.Files[i]].IsThere)
                present.Add(tree.Manifest.Entries[i].Hash);
            else
                obstacle ??= tree.Manifest.Entries[i].Path;
        // Who pushes a part of a folder does not expect the whole of it to be there.
        if (obstacle is null || !tree.IsPartial)
            moves.Add(new TransferTree(new TransferItem(hash, tree.Path, states[tree.Number].LocalSize), awaited, present, obstacle, null));
    }

    private async Task PlanFetchAsync()
    {
        var checks = repository.VerifyEach(objects.Names, context);
        var lacking = new List<int>();
        for (var number = 0; number < checks.Length; number++)
            switch (checks[number].Verdict)
            {
                case ObjectVerdict.Good:
                    upToDate++;
                    break;
                case ObjectVerdict.Unreadable:
                    Problem(new TransferItem(objects[number], objects.PathOf(number), -1), TransferOutcome.Failed, checks[number].Error!, false);
                    break;
                default:
                    lacking.Add(number);
                    break;
            }
        if (lacking.Count > 0)
            await RequireReadableAsync().ConfigureAwait(false);
        var there = await remote.FindEachAsync(objects.NamesOf(lacking), context).ConfigureAwait(false);
        for (var i = 0; i < lacking.Count; i++)
        {
            var (hash, path) = (objects[lacking[i]], objects.PathOf(lacking[i]));
            if (there[i] is { } size)
                files.Add(new TransferItem(hash, path, size, checks[lacking[i]].Verdict == ObjectVerdict.Corrupt ? "The cache's copy is damaged." : null));
            else
                Problem(new TransferItem(hash, path, -1), TransferOutcome.Missing, remote.Missing(hash, path, inCacheToo: true), objects.IsTolerated(lacking[i]));
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
