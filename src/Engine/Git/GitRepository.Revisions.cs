using System.Globalization;
using System.Text;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Git;

public sealed partial class GitRepository
{
    private const string ExperimentPrefix = "refs/exps/";

    /// <summary>Finds the commit that a revision names: branch, tag, hash, <c>HEAD~1</c>, or the name of a DVC experiment.</summary>
    /// <returns>The commit's full name in hexadecimal.</returns>
    /// <exception cref="DataVersionException">RevisionNotFound, with the nearest names.</exception>
    public string ResolveRevision(string revision) => TryResolveRevision(revision) ?? throw RevisionNotFound(revision);

    /// <summary>As <see cref="ResolveRevision"/>; null when there is no such revision.</summary>
    /// <exception cref="DataVersionException">ArgumentInvalid: several experiments have that name.</exception>
    public string? TryResolveRevision(string revision)
    {
        if (string.IsNullOrWhiteSpace(revision) || revision.Contains('\n') || revision.Contains('\0'))
            return null;
        return Objects.TryReadCommit(revision)?.Id ?? ResolveExperiment(revision);
    }

    /// <summary>Every branch, tag, branch of a remote and experiment, in one process; in the order of their full names.</summary>
    public IReadOnlyList<GitRef> ListRefs(CancellationToken cancellation = default)
    {
        var found = new List<GitRef>();
        var unpeeled = new List<(string FullName, string Id)>();
        var lines = Run(["for-each-ref", "--format=%(refname) %(objectname) %(objecttype) %(*objectname) %(*objecttype) %(symref)",
            "refs/heads", "refs/tags", "refs/remotes", "refs/exps"], cancellation: cancellation).Text;
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            if (words.Length < 6 || words[5].Length > 0 && !words[0].StartsWith("refs/heads/", StringComparison.Ordinal))
                continue;
            if (words[2] == "commit")
                Name(words[0], words[1]);
            else if (words[4] == "commit")
                Name(words[0], words[3]);
            else if (words[2] == "tag")
                unpeeled.Add((words[0], words[1]));
        }
        // Tags of tags: git before 2.45 follows one step only.
        var peeled = Objects.Read([.. unpeeled.Select(t => t.Id + "^{commit}")], cancellation);
        for (var i = 0; i < unpeeled.Count; i++)
            if (peeled[i] is { Type: GitObjectType.Commit } commit)
                Name(unpeeled[i].FullName, commit.Id);
        return found;

        void Name(string full, string commit)
        {
            if (Describe(full) is var (name, kind))
                found.Add(new GitRef(name, full, kind, commit));
        }
    }

    /// <summary>The branches, tags, branches of remotes and experiments that point at each commit.</summary>
    public ILookup<string, GitRef> RefsByCommit(CancellationToken cancellation = default) =>
        ListRefs(cancellation).ToLookup(static reference => reference.Commit);

    /// <summary>
    /// Lists commits, each once: revisions first, then branches, tags, experiments, then all commits from new to old. One
    /// process for the names and one for all commits, whatever their number.
    /// </summary>
    /// <exception cref="DataVersionException">RevisionNotFound.</exception>
    public IReadOnlyList<string> ListCommits(CommitSelection selection, CancellationToken cancellation = default)
    {
        var seen = new HashSet<string>();
        var commits = new List<string>();
        foreach (var revision in selection.Revisions)
            AddFirst(ResolveRevision(revision));
        if (selection.AllBranches || selection.AllTags || selection.AllExperiments)
            foreach (var reference in ListRefs(cancellation))
                if (reference.Kind == GitRefKind.Branch && selection.AllBranches)
                    AddFirst(reference.Commit);
                else if (reference.Kind == GitRefKind.Tag && selection.AllTags
                    || reference.Kind == GitRefKind.Experiment && selection.AllExperiments)
                    Add(reference.Commit);
        if (selection.AllCommits || selection.Since is not null)
        {
            var since = selection.AllCommits ? long.MinValue : selection.Since!.Value.ToUnixTimeSeconds();
            string[] head = HeadCommit() is { } id ? [id] : [];
            // --since of git stops at the first older commit; clocks are not that reliable, so every commit is looked at.
            var lines = Run(["rev-list", "--timestamp", "--date-order", .. head, "--branches", "--tags"], cancellation: cancellation).Text;
            foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var space = line.IndexOf(' ');
                if (long.Parse(line.AsSpan(0, space), CultureInfo.InvariantCulture) >= since)
                    Add(line[(space + 1)..]);
            }
        }
        return commits;

        void Add(string commit)
        {
            if (seen.Add(commit))
                commits.Add(commit);
        }

        void AddFirst(string commit)
        {
            Add(commit);
            for (int left = selection.First - 1; left != 0 && selection.First is not 0; left--)
            {
                cancellation.ThrowIfCancellationRequested();
                // The history of a shallow clone ends at a parent that is not there.
                if (Objects.TryReadCommit(commit) is not { Parents.Count: > 0 } child || Objects.TryReadCommit(child.Parents[0]) is null)
                    return;
                Add(commit = child.Parents[0]);
            }
        }
    }

    /// <summary>
    /// The commits that changed some paths, from new to old, no parent before its children; one process. A merge is
    /// listed when its result differs from all its parents.
    /// </summary>
    /// <param name="paths">Files or folders, absolute or Git paths; they need not exist any more.</param>
    /// <param name="first">At most this many commits; 0 for all.</param>
    /// <param name="revisions">Where to begin: names in hexadecimal, branches and so on; null for HEAD.</param>
    /// <param name="allRefs">Begin at every branch and tag as well.</param>
    /// <param name="cancellation">Ends git.</param>
    public IReadOnlyList<GitHistoryEntry> History(IReadOnlyCollection<string> paths, int first = 0, IReadOnlyList<string>? revisions = null,
        bool allRefs = false, CancellationToken cancellation = default)
    {
        var starts = revisions is null ? HeadCommit() is { } head ? [head] : new List<string>() : revisions.Select(ResolveRevision).ToList();
        if (paths.Count == 0 || starts.Count == 0 && !allRefs)
            return [];
        var arguments = new List<string> { "-c", "log.showSignature=false", "log", "--stdin", "-z", "--date-order", "-c", "--raw", "--no-abbrev",
            "--no-renames", "--no-color", "--encoding=UTF-8", "--format=tformat:%x02%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cI%x00%B" };
        if (first > 0)
            arguments.AddRange(["-n", first.ToString(CultureInfo.InvariantCulture)]);
        if (allRefs)
            arguments.AddRange(["--branches", "--tags"]);
        var input = new StringBuilder();
        foreach (var start in starts)
            input.Append(start).Append('\n');
        // The list of paths has one line each; the rare path with a line feed stands on the command line.
        var awkward = paths.Select(ToGitPath).Where(static path => path.Contains('\n')).ToList();
        input.Append("--\n");
        foreach (var path in paths.Select(ToGitPath).Where(static path => !path.Contains('\n')))
            input.Append(path).Append('\n');
        if (awkward.Count > 0)
            arguments.AddRange(["--", .. awkward]);
        return ParseLog(Run(arguments, Encoding.UTF8.GetBytes(input.ToString()), cancellation: cancellation).Fields());
    }

    private static List<GitHistoryEntry> ParseLog(List<string> fields)
    {
        var entries = new List<GitHistoryEntry>();
        List<GitPathChange>? changes = null;
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i].TrimStart('\n');
            if (field.StartsWith('\x02') && i + 7 < fields.Count)
            {
                changes = [];
                entries.Add(new GitHistoryEntry(new GitCommit(field[1..], fields[i + 1],
                    fields[i + 2].Split(' ', StringSplitOptions.RemoveEmptyEntries), fields[i + 3], fields[i + 4],
                    Date(fields[i + 5]), Date(fields[i + 6]), fields[i + 7]), changes));
                i += 7;
            }
            else if (field.StartsWith(':') && i + 1 < fields.Count && changes is not null)
            {
                // ":mode mode id id status", with one colon, mode and id more for every further parent.
                var words = field.Split(' ');
                var blob = words[^2];
                changes.Add(new GitPathChange(fields[++i], blob.All(static c => c == '0') ? null : blob));
            }
        }
        return entries;
    }

    private static DateTimeOffset Date(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : DateTimeOffset.UnixEpoch;

    // A full ref, then the only experiment of that name, then the one whose baseline is HEAD (format: dvc-compat 12.2).
    private string? ResolveExperiment(string name)
    {
        if (name.StartsWith('-') || name.AsSpan().IndexOfAny(" ~^:?*[\\") >= 0)
            return null;
        var same = ListRefs().Where(r => r.Kind == GitRefKind.Experiment && r.Name == name).ToList();
        if (same.Count <= 1)
            return same.Count == 0 ? null : same[0].Commit;
        var head = HeadCommit();
        return same.Find(r => r.FullName.Split('/') is var parts && parts[2] + parts[3] == head)?.Commit
            ?? throw new DataVersionException(DataErrorKind.ArgumentInvalid,
                $"There are {same.Count} experiments called '{name}': {string.Join(", ", same.Take(3).Select(r => r.FullName))}.", null,
                "Give the full name that begins with refs/exps/.");
    }

    private static (string Name, GitRefKind Kind)? Describe(string full)
    {
        if (full.StartsWith("refs/heads/", StringComparison.Ordinal))
            return (full["refs/heads/".Length..], GitRefKind.Branch);
        if (full.StartsWith("refs/tags/", StringComparison.Ordinal))
            return (full["refs/tags/".Length..], GitRefKind.Tag);
        if (full.StartsWith("refs/remotes/", StringComparison.Ordinal))
            return (full["refs/remotes/".Length..], GitRefKind.RemoteBranch);
        // refs/exps/{exec,apply,celery,temp,stash} are DVC's own; an experiment is refs/exps/aa/bbbb.../name.
        var parts = full[ExperimentPrefix.Length..].Split('/');
        return parts.Length == 3 && parts[0].Length == 2 && parts[1].Length >= 38 && (parts[0] + parts[1]).All(char.IsAsciiHexDigitLower)
            ? (parts[2], GitRefKind.Experiment)
            : null;
    }

    private DataVersionException RevisionNotFound(string revision)
    {
        var known = ListRefs();
        if (known.Count == 0 && HeadCommit() is null)
            return new DataVersionException(DataErrorKind.RevisionNotFound,
                $"There is no revision '{revision}': the Git repository '{Root}' has no commit yet.", Root, "Commit something with 'git commit' first.");
        var near = NearestName.Hint(revision, known.Select(r => r.Name)
            .Concat(known.Where(r => r.Kind == GitRefKind.RemoteBranch).Select(r => r.Name[(r.Name.IndexOf('/') + 1)..])));
        return new DataVersionException(DataErrorKind.RevisionNotFound, $"Git knows no revision '{revision}' in '{Root}'.{near}", Root,
            "List the branches and tags with 'git branch --all' and 'git tag', or fetch them with 'git fetch'.");
    }
}
