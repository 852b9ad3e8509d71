using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// Compares what the metadata wants with what the workspace holds and says which steps make them equal. Changes nothing.
/// Nothing is planned that would lose content which is in no cache, unless the user forces it; objects are verified
/// before they are planned, so a corrupt one is never served.
/// </summary>
public sealed class CheckoutPlanner
{
    private readonly Repository repository;
    private readonly CheckoutOptions options;
    private readonly OperationContext context;
    private readonly WantedLinks links;
    private readonly List<CheckoutStep> deletions = [], placements = [];
    private readonly List<string> emptyFolders = [], leftAlone = [], stale = [];
    private readonly List<PathFailure> failures = [];
    private readonly FolderLinks folders;
    private long unchanged;

    private CheckoutPlanner(Repository repository, CheckoutOptions options, OperationContext context)
    {
        (this.repository, this.options, this.context) = (repository, options, context);
        links = new WantedLinks(repository, options.LinkOrder ?? repository.Settings.LinkOrder);
        folders = new FolderLinks(repository.Layout);
    }

    /// <summary>Plans to make the workspace match an index.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="index">Of the workspace's metadata, or of a revision that is about to be switched to.</param>
    /// <param name="options">What the user asked for.</param>
    /// <param name="context">Cancellation and progress.</param>
    public static CheckoutPlan Plan(Repository repository, DataIndex index, CheckoutOptions options, OperationContext context)
    {
        index.CheckConflicts();
        var planner = new CheckoutPlanner(repository, options, context);
        var scope = OutputScope.Of(index, options.Paths, planner.failures);
        planner.PlanOutputs(scope);
        if (options.Paths is null)
            planner.PlanStale(index);
        return planner.Finish(scope);
    }

    private void PlanOutputs(IReadOnlyList<OutputScope> scope)
    {
        var wanted = new List<(OutputScope Scope, ContentHash Hash, Manifest? Manifest)>();
        foreach (var item in scope)
        {
            var (output, path) = (item.Output, item.Output.Path);
            if (!output.UseCache || output.IsExternal)
                continue;
            Manifest? manifest = null;
            var problem = output.Hash is null ? NothingRecorded(output)
                : folders.ProblemAbove(path) ?? (output.Hash.Value.IsDirectory ? repository.TryLoadManifest(output.Hash.Value, out manifest) : null);
            if (problem is null)
                wanted.Add((item, output.Hash!.Value, manifest));
            else if (!(options.AllowMissing && problem.Kind == DataErrorKind.ObjectMissing))
                failures.Add(new PathFailure(path, problem));
        }
        var states = WorkspaceReader.Read(repository,
            [.. wanted.Select(w => new ReadRequest(repository.Layout.ToAbsolute(w.Scope.Output.Path), w.Hash.Algorithm))], context);
        for (var i = 0; i < wanted.Count; i++)
            PlanOutput(wanted[i].Scope, wanted[i].Hash, wanted[i].Manifest, states[i]);
    }

    private static DataVersionException NothingRecorded(TrackedOutput output) => new(DataErrorKind.ObjectMissing,
        $"'{output.Path}' has no recorded content in '{output.MetadataPath}'.", output.Path,
        "Record it with Add-DataFile or Save-DataFile, or run the stage or import that makes it.");

    private void PlanOutput(OutputScope item, ContentHash hash, Manifest? manifest, WorkspaceState state)
    {
        var output = item.Output;
        if (state.Failures.Count > 0)
        {
            failures.AddRange(state.Failures.Select(f => new PathFailure(output.Path, f)));
            return;
        }
        ManifestEntry[] entries = manifest is null ? [new ManifestEntry("", hash)] : [.. manifest.List.Where(e => item.Includes(e.Path))];
        var found = state.Files.Where(f => f.Path.Length == 0 || item.Includes(f.Path)).ToArray();
        var obstacles = state.Obstacles.ToDictionary(o => o.Path);
        int i = 0, j = 0;
        while (i < entries.Length || j < found.Length)
        {
            var order = i == entries.Length ? 1 : j == found.Length ? -1 : Utf8Order.Compare(entries[i].Path, found[j].Path);
            if (order > 0)
                PlanDeletion(output.Path, found[j++]);
            else if (order < 0)
                PlanAddition(output, entries[i++], obstacles);
            else
                PlanReplacement(output, entries[i++], found[j++]);
        }
        if (manifest is { Count: 0 })
            emptyFolders.Add(output.Path);
    }

    private void PlanAddition(TrackedOutput output, ManifestEntry entry, Dictionary<string, ScanObstacle> obstacles)
    {
        // The scan does not follow links to folders, so what lies behind one looks as if it were missing.
        if (folders.ProblemAbove(Join(output.Path, entry.Path)) is { } problem)
            failures.Add(new PathFailure(Join(output.Path, entry.Path), problem));
        else if (!obstacles.TryGetValue(entry.Path, out var obstacle))
            Place(output, entry, WorkspaceChange.Added, default);
        else if (options.Force || (obstacle.IsSymlink && links.PointsIntoCache(FullPath(output, entry))))
            Place(output, entry, WorkspaceChange.Modified, new WorkspaceFile(entry.Path, default, obstacle.IsSymlink, null));
        else
            failures.Add(new PathFailure(Join(output.Path, entry.Path), obstacle.Problem));
    }

    private void PlanReplacement(TrackedOutput output, ManifestEntry entry, WorkspaceFile file)
    {
        if (file.Hash != entry.Hash)
            Place(output, entry, WorkspaceChange.Modified, file);
        else if (options.Relink && !HasUnrecordedMode(output, entry, file) && !links.IsAsWanted(FullPath(output, entry), file, entry.Hash))
            Place(output, entry, WorkspaceChange.Relinked, file);
        else if (output.IsExecutable && entry.Path.Length == 0 && !file.Stat.IsExecutable && !OperatingSystem.IsWindows())
            Place(output, entry, WorkspaceChange.ModeChanged, file);
        else
            unchanged++;
    }

    // An execute permission that no metadata holds (manifests hold none) would be lost; DVC leaves such files alone too.
    private static bool HasUnrecordedMode(TrackedOutput output, ManifestEntry entry, in WorkspaceFile file) =>
        file.Stat.IsExecutable && !(output.IsExecutable && entry.Path.Length == 0);

    private void Place(TrackedOutput output, ManifestEntry entry, WorkspaceChange change, WorkspaceFile old) =>
        placements.Add(new CheckoutStep(change, Join(output.Path, entry.Path), output.Path, entry.Hash, old.Hash, old.Stat, old.IsSymlink,
            output.IsExecutable && entry.Path.Length == 0));

    private void PlanDeletion(string parent, WorkspaceFile file) =>
        deletions.Add(new CheckoutStep(WorkspaceChange.Deleted, Join(parent, file.Path), parent, null, file.Hash, file.Stat, file.IsSymlink, false));

    /// <summary>What an earlier checkout placed and no metadata names any more goes, while it still holds that content.</summary>
    private void PlanStale(DataIndex index)
    {
        var candidates = repository.Placed.All.Where(p => index.FindContaining(p.Path) is null && !index.FindInside(p.Path).Any()).ToList();
        if (candidates.Count > 0 && !OperatingSystem.IsLinux())
        {
            // Where case does not count, a.bin may be the very file that is called A.bin now.
            var names = index.Outputs.Select(o => o.Path).ToHashSet(StringComparer.OrdinalIgnoreCase);
            stale.AddRange(candidates.Where(c => names.Contains(c.Path)).Select(c => c.Path));
            candidates.RemoveAll(c => names.Contains(c.Path));
        }
        if (candidates.Count == 0)
            return;
        if (repository.Git?.Tracked([.. candidates.Select(c => repository.Layout.ToAbsolute(c.Path))]) is { Count: > 0 } tracked)
            candidates.RemoveAll(c => tracked.Contains(repository.Layout.ToAbsolute(c.Path)));
        var states = WorkspaceReader.Read(repository,
            [.. candidates.Select(c => new ReadRequest(repository.Layout.ToAbsolute(c.Path), c.Hash.Algorithm))], context);
        var checks = repository.Verify(states.Where((state, i) => state.Hash == candidates[i].Hash)
            .SelectMany(state => state.Files).Select(file => file.Hash!.Value), context);
        for (var i = 0; i < candidates.Count; i++)
        {
            var ((path, hash), state) = (candidates[i], states[i]);
            if (state.Kind == FileKind.None && !state.IsSymlink)
                stale.Add(path);
            else if (state.Hash == hash && state.Files.All(f => checks[f.Hash!.Value].Verdict == ObjectVerdict.Good))
            {
                stale.Add(path);
                foreach (var file in state.Files)
                    PlanDeletion(path, file);
                if (state.Files.Count == 0)
                    deletions.Add(new CheckoutStep(WorkspaceChange.Deleted, path, path, null, hash, default, false, false));
            }
            else
                leftAlone.Add(path);
        }
    }

    private CheckoutPlan Finish(IReadOnlyList<OutputScope> scope)
    {
        List<CheckoutStep> steps = [.. deletions];
        var checks = repository.Verify(placements.Select(s => s.Hash!.Value), context);
        foreach (var step in placements)
        {
            var check = checks[step.Hash!.Value];
            if (check.Verdict == ObjectVerdict.Good)
                steps.Add(step with { Object = check.Stat });
            else if (check.Verdict is not ObjectVerdict.Missing)
                failures.Add(new PathFailure(step.Path, check.Error!));
            else if (!options.AllowMissing)
                failures.Add(new PathFailure(step.Path, repository.ObjectProblem(step.Hash.Value, check.Verdict, step.Path)));
        }
        return new CheckoutPlan
        {
            Steps = steps, EmptyFolders = emptyFolders, Failures = failures, LeftAlone = leftAlone, Stale = stale, UnchangedCount = unchanged,
            Outputs = [.. scope.Select(s => s.Output)], Unsaved = options.Force ? [] : Unsaved(steps),
        };
    }

    private List<string> Unsaved(List<CheckoutStep> steps)
    {
        // A copy that a killed checkout did not finish is nobody's data: it goes.
        var threatened = steps.Where(s => s.Replaced.Exists && s.Change is WorkspaceChange.Modified or WorkspaceChange.Deleted
            && !(s.Change == WorkspaceChange.Deleted && AtomicFile.IsTemporaryName(s.Path))).ToList();
        var checks = repository.Verify(threatened.Where(s => s.ReplacedHash is not null).Select(s => s.ReplacedHash!.Value), context);
        return [.. threatened.Where(s => s.ReplacedHash is not { } hash || checks[hash].Verdict != ObjectVerdict.Good).Select(s => s.Path)];
    }

    private string FullPath(TrackedOutput output, ManifestEntry entry) =>
        WorkspaceReader.PathOf(repository.Layout.ToAbsolute(output.Path), entry.Path);

    private static string Join(string output, string entry) => entry.Length == 0 ? output : output + "/" + entry;
}
