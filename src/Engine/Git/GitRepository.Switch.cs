using System.IO.Enumeration;

namespace DataVersion.Engine.Git;

public sealed partial class GitRepository
{
    /// <summary>Set to 1 for the hooks of a switch that this program makes: ours then do nothing, because the data follows anyway.</summary>
    public const string SkipHooksVariable = "DATAVERSION_SKIP_HOOKS";

    /// <summary>
    /// Finds out what <c>git checkout &lt;revision&gt;</c> would do, and every file that it would have to overwrite: a branch
    /// is switched to, anything else is checked out detached, the name of a remote's branch makes a local one, <c>-</c> is the
    /// branch before. Reads only; a fixed number of processes.
    /// </summary>
    /// <exception cref="DataVersionException">RevisionNotFound.</exception>
    public SwitchPlan PlanSwitch(string revision, CancellationToken cancellation = default)
    {
        var head = HeadCommit();
        var (kind, branch, commit) = FindTarget(revision, head, cancellation);
        var plan = new SwitchPlan { Revision = revision, Commit = commit, Kind = kind, Branch = branch };
        if (kind is SwitchKind.Branch && IsCheckedOutElsewhere(branch!))
            return plan with { Obstacle = $"the branch '{branch}' is checked out in another work tree." };
        var local = Changes(untracked: false, cancellation: cancellation);
        var unmerged = local.Where(static c => c.IsUnmerged).Select(static c => c.Path).ToList();
        if (kind != SwitchKind.Nothing && unmerged.Count > 0)
            return plan with { LocalChanges = unmerged };
        if (commit == head)
            return plan;

        var differences = Differences(head ?? EmptyTree(commit), commit, cancellation);
        var changes = local.ToDictionary(static c => c.Path, StringComparer.Ordinal);
        var lost = new List<string>();
        var appearing = new List<string>();
        foreach (var (path, status, mode, blob) in differences)
        {
            var changed = changes.TryGetValue(path, out var change);
            // An index that is at the target already stays, whatever the work tree holds; git-read-tree, two trees, cases 14 and 15.
            if (changed && change!.IndexBlob != null && change.IndexBlob == blob)
                continue;
            // Deleted in the work tree only: there is nothing to lose, and Git writes it again.
            if (changed && change!.Index == '.' && change.WorkTree == 'D' && FirstObstacle(path, [], []) is null)
                continue;
            // Removed from the index, and from the work tree or kept there as an unknown file: nothing is touched.
            if (changed && status == 'D' && change!.IndexBlob is null)
                continue;
            if (changed)
                lost.Add(path);
            else if (status == 'A' && mode != "160000")
                appearing.Add(path);
        }
        var removed = differences.Where(static d => d.Status == 'D').Select(static d => d.Path).ToHashSet(StringComparer.Ordinal);
        var inTheWay = InTheWay(appearing, removed, cancellation);
        var ignored = Ignored(inTheWay, cancellation);
        return plan with
        {
            ChangedPaths = [.. differences.Select(static d => d.Path)],
            LocalChanges = lost,
            Untracked = [.. inTheWay.Where(path => !ignored.Contains(path))],
            Ignored = [.. inTheWay.Where(ignored.Contains)],
        };
    }

    /// <summary>Switches Git as planned. Git checks once more and changes either everything or nothing.</summary>
    /// <param name="plan">What <see cref="PlanSwitch"/> gave.</param>
    /// <param name="isSaved">As for <see cref="SwitchPlan.ThrowIfBlocked"/>; when it vouches for all ignored files in the way, they are overwritten.</param>
    /// <param name="warn">Hears what a hook complained about after the switch.</param>
    /// <param name="cancellation">Looked at before the switch; a begun one is not broken off.</param>
    /// <exception cref="DataVersionException">GitChangesInTheWay, or GitFailed.</exception>
    public void Switch(SwitchPlan plan, Func<string, bool>? isSaved = null, Action<string>? warn = null, CancellationToken cancellation = default)
    {
        plan.ThrowIfBlocked(isSaved);
        cancellation.ThrowIfCancellationRequested();
        if (plan.Kind == SwitchKind.Nothing)
            return;
        // By default git overwrites ignored files without a word; they are what this program is there to protect.
        var overwrite = plan.Ignored.Count > 0 ? "--overwrite-ignore" : "--no-overwrite-ignore";
        string[] target = plan.Kind switch
        {
            SwitchKind.Branch => ["checkout", "-q", overwrite, plan.Branch!, "--"],
            SwitchKind.NewBranch => ["checkout", "-q", overwrite, "--track", "-b", plan.Branch!, plan.Revision],
            // The name, where Git knows it as this commit, makes a reflog that a person understands.
            _ => ["checkout", "-q", overwrite, "--detach", Objects.TryReadCommit(plan.Revision)?.Id == plan.Commit
                && !plan.Revision.StartsWith('-') ? plan.Revision : plan.Commit, "--"],
        };
        if (plan.Kind == SwitchKind.NewBranch)
            target[^1] = RemoteBranch(plan.Branch!)!.FullName["refs/remotes/".Length..];
        var result = Start(target, default, quiet: false, new Dictionary<string, string> { [SkipHooksVariable] = "1" }, CancellationToken.None);
        if (result.ExitCode == 0)
            return;
        // The exit code is that of the post-checkout hook when there is one that failed; the switch itself has happened then.
        if (HeadCommit() == plan.Commit && CurrentBranch() == plan.Branch)
        {
            warn?.Invoke($"Git switched to '{plan.Revision}', but its post-checkout hook failed: {result.Error.Trim()}");
            return;
        }
        throw result.Error.Contains("overwritten", StringComparison.Ordinal) || result.Error.Contains("would lose", StringComparison.Ordinal)
            ? new DataVersionException(DataErrorKind.GitChangesInTheWay,
                $"Git refuses to switch to '{plan.Revision}': {result.Error.Trim()} Nothing was changed.", Root,
                "Commit the changes, put them aside with 'git stash', or move the files away.")
            : GitProgram.Failure(Root, target, result);
    }

    private (SwitchKind Kind, string? Branch, string Commit) FindTarget(string revision, string? head, CancellationToken cancellation)
    {
        if (revision is "HEAD" or "@" && head is not null)
            return (SwitchKind.Nothing, CurrentBranch(), head);
        var name = revision == "-" ? "@{-1}" : revision;
        if (name.StartsWith("@{-", StringComparison.Ordinal))
        {
            // The name of a branch, or of a commit when no branch was checked out.
            var before = Run(["check-ref-format", "--branch", name], acceptable: 128, cancellation: cancellation);
            if (before.ExitCode == 0)
                name = before.Text;
        }
        // git checkout takes a branch before a tag of the same name, unlike every other command.
        if (!name.Contains('\n') && IsBranchName(name) && Objects.TryReadCommit(BranchPrefix + name) is { } tip)
            return (CurrentBranch() == name ? SwitchKind.Nothing : SwitchKind.Branch, name, tip.Id);
        if (TryResolveRevision(name) is { } commit)
            return (SwitchKind.Detached, null, commit);
        return RemoteBranch(name) is { } remote ? (SwitchKind.NewBranch, name, remote.Commit) : throw RevisionNotFound(revision);
    }

    private static bool IsBranchName(string name) =>
        name.Length > 0 && name.AsSpan().IndexOfAny(" ~^:?*[\\\0") < 0 && !name.Contains("@{", StringComparison.Ordinal);

    // "git checkout topic" follows a branch of that name when exactly one remote has it.
    private GitRef? RemoteBranch(string name)
    {
        var same = ListRefs().Where(r => r.Kind == GitRefKind.RemoteBranch && r.Name.EndsWith("/" + name, StringComparison.Ordinal)
            && r.Name.IndexOf('/') == r.Name.Length - name.Length - 1).ToList();
        return same.Count == 1 ? same[0] : null;
    }

    private List<(string Path, char Status, string Mode, string Blob)> Differences(string from, string to, CancellationToken cancellation)
    {
        // ":mode mode id id status" NUL path NUL
        var fields = Run(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to], cancellation: cancellation).Fields();
        var differences = new List<(string, char, string, string)>(fields.Count / 2);
        for (var i = 0; i + 1 < fields.Count; i += 2)
        {
            var words = fields[i].Split(' ');
            differences.Add((fields[i + 1], words[4][0], words[1], words[3]));
        }
        return differences;
    }

    /// <summary>
    /// Files on disk, unknown to Git, that new files of a revision would replace: at the same path, at the path of one of
    /// their folders, or below a folder whose place a file takes.
    /// </summary>
    private List<string> InTheWay(List<string> appearing, HashSet<string> removed, CancellationToken cancellation)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var folders = new HashSet<string>(StringComparer.Ordinal);
        var free = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in appearing)
        {
            cancellation.ThrowIfCancellationRequested();
            if (FirstObstacle(path, folders, free) is not { } obstacle || removed.Contains(obstacle))
                continue;
            var info = new FileInfo(ToAbsolutePath(obstacle));
            if (info.Attributes.HasFlag(FileAttributes.Directory) && info.LinkTarget is null)
                found.UnionWith(FilesBelow(info.FullName).Select(ToGitPath).Where(file => !removed.Contains(file)));
            else
                found.Add(obstacle);
        }
        if (found.Count == 0)
            return [];
        // A file that is in the index is Git's business: it was looked at as a change.
        var tracked = Tracked(found, cancellation);
        return [.. found.Where(path => !tracked.Contains(path))];
    }

    // Links to folders are files here: they are not followed.
    private static FileSystemEnumerable<string> FilesBelow(string folder) =>
        new(folder, static (ref FileSystemEntry entry) => entry.ToFullPath(),
            new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false })
        {
            ShouldIncludePredicate = static (ref FileSystemEntry entry) => !entry.IsDirectory || IsLink(entry),
            ShouldRecursePredicate = static (ref FileSystemEntry entry) => !IsLink(entry),
        };

    private static bool IsLink(in FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);

    // The first part of a path that is no folder, or the path itself when something is there; null when nothing is.
    private string? FirstObstacle(string path, HashSet<string> folders, HashSet<string> free)
    {
        for (var end = path.IndexOf('/'); end > 0; end = path.IndexOf('/', end + 1))
        {
            var folder = path[..end];
            if (folders.Contains(folder))
                continue;
            if (free.Contains(folder))
                return null;
            var info = new FileInfo(ToAbsolutePath(folder));
            if (info.LinkTarget is null && !info.Exists && !Directory.Exists(info.FullName))
            {
                free.Add(folder);
                return null;
            }
            if (info.LinkTarget is not null || info.Exists)
                return folder;
            folders.Add(folder);
        }
        var last = new FileInfo(ToAbsolutePath(path));
        return last.LinkTarget is not null || last.Exists || Directory.Exists(last.FullName) ? path : null;
    }

    // Git knows the empty tree without having it.
    private static string EmptyTree(string commit) => commit.Length == 40
        ? "4b825dc642cb6eb9a060e54bf8d69288fbee4904" : "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321";
}
