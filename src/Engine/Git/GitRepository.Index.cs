using System.Globalization;
using System.Text;

namespace DataVersion.Engine.Git;

/// <summary>The rule of Git that decides about a path.</summary>
/// <param name="Path">The path, as it was asked about.</param>
/// <param name="Source">The file with the rule, relative to the root of the work tree where it lies in it.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Pattern">The rule; one that begins with <c>!</c> says that the path is not ignored.</param>
public sealed record GitIgnoreRule(string Path, string Source, int Line, string Pattern)
{
    /// <summary>True when the rule ignores the path.</summary>
    public bool Ignores => !Pattern.StartsWith('!');
}

/// <summary>A path of the work tree that is not as HEAD has it.</summary>
/// <param name="Path">The Git path.</param>
/// <param name="Index">How the index differs from HEAD, in the letters of <c>git status</c>; <c>.</c> for not at all, <c>?</c> for an unknown file.</param>
/// <param name="WorkTree">How the work tree differs from the index, likewise.</param>
/// <param name="IndexBlob">The object the index holds; null when it holds none, or several (a conflict).</param>
public sealed record GitChange(string Path, char Index, char WorkTree, string? IndexBlob)
{
    /// <summary>True for a file that Git does not know.</summary>
    public bool IsUntracked => Index == '?';

    /// <summary>True for a merge conflict that is not resolved.</summary>
    public bool IsUnmerged { get; init; }
}

public sealed partial class GitRepository
{
    /// <summary>Which of these paths are in Git's index; a folder is when a file below it is.</summary>
    /// <param name="paths">Absolute or Git paths.</param>
    /// <param name="cancellation">Ends git.</param>
    /// <returns>Those strings of <paramref name="paths"/> that are tracked.</returns>
    public IReadOnlySet<string> Tracked(IReadOnlyCollection<string> paths, CancellationToken cancellation = default)
    {
        var asked = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            var name = ToGitPath(path).TrimEnd('/');
            if (!asked.TryGetValue(name, out var same))
                asked[name] = same = [];
            same.Add(path);
        }
        var tracked = new HashSet<string>(StringComparer.Ordinal);
        if (asked.Count == 0)
            return tracked;
        var groups = CommandLines(asked.Keys).ToList();
        // Very many: the whole index is cheaper than many processes.
        IEnumerable<IEnumerable<string>> calls = groups.Count > 3 ? [[]] : groups;
        foreach (var group in calls)
            foreach (var file in Run(["ls-files", "-z", "--", .. group], cancellation: cancellation).Fields())
                for (var end = file.Length; end > 0; end = file.LastIndexOf('/', end - 1))
                {
                    if (asked.TryGetValue(file[..end], out var same))
                        tracked.UnionWith(same);
                }
        if (asked.TryGetValue(".", out var root) && Run(["ls-files", "-z", "--", "."], cancellation: cancellation).Output.Length > 0)
            tracked.UnionWith(root);
        return tracked;
    }

    /// <summary>Whether one path is tracked; for many use <see cref="Tracked"/>.</summary>
    public bool IsTracked(string path) => Tracked([path]).Count > 0;

    /// <summary>
    /// Which of these paths Git ignores, by any rule: <c>.gitignore</c> files, <c>info/exclude</c> and the user's own. Whether
    /// they are tracked does not matter. What is certain from the rules is not asked; two processes at most.
    /// </summary>
    /// <param name="paths">Absolute or Git paths; one that ends with a separator is taken for a folder even when it does not exist.</param>
    /// <param name="cancellation">Ends git.</param>
    /// <returns>Those strings of <paramref name="paths"/> that are ignored.</returns>
    public IReadOnlySet<string> Ignored(IReadOnlyCollection<string> paths, CancellationToken cancellation = default)
    {
        var ignored = new HashSet<string>(StringComparer.Ordinal);
        if (paths.Count == 0)
            return ignored;
        var forecast = new IgnoreForecast(this, () => RulesElsewhere(cancellation));
        var open = new List<string>();
        foreach (var path in paths)
            switch (Path.EndsInDirectorySeparator(path) ? null : forecast.IsIgnored(ToGitPath(path)))
            {
                case true:
                    ignored.Add(path);
                    break;
                case null:
                    open.Add(path);
                    break;
            }
        foreach (var rule in IgnoreRules(open, cancellation))
            if (rule.Ignores)
                ignored.Add(rule.Path);
        return ignored;
    }

    /// <summary>The rule that decides about each path, for the paths that a rule speaks of. One process.</summary>
    /// <param name="paths">As for <see cref="Ignored"/>.</param>
    /// <param name="cancellation">Ends git.</param>
    public IReadOnlyList<GitIgnoreRule> IgnoreRules(IReadOnlyCollection<string> paths, CancellationToken cancellation = default)
    {
        var asked = paths.Select(path => (Given: path, Git: IgnorePath(path))).ToList();
        if (asked.Count == 0)
            return [];
        string[] command = ["check-ignore", "-z", "--stdin", "--no-index", "--verbose", "--non-matching"];
        // This command alone refuses to be told that its paths are literal; they are, but for a colon in front.
        var literal = new Dictionary<string, string> { ["GIT_LITERAL_PATHSPECS"] = "0" };
        var result = Start(command, Lines(asked.Select(a => a.Git)), quiet: true, literal, cancellation);
        if (result.ExitCode > 1)
        {
            // Git refuses all when one lies behind a symbolic link or in a submodule; no rule reaches those.
            asked.RemoveAll(a => IsBeyond(a.Git));
            if (asked.Count == 0)
                return [];
            result = Start(command, Lines(asked.Select(a => a.Git)), quiet: true, literal, cancellation);
            if (result.ExitCode > 1)
                throw GitProgram.Failure(Root, command, result);
        }
        var fields = result.Fields();
        var rules = new List<GitIgnoreRule>();
        for (var i = 0; i < asked.Count && i * 4 + 3 < fields.Count; i++)
            if (fields[i * 4 + 2].Length > 0)
                rules.Add(new GitIgnoreRule(asked[i].Given, fields[i * 4],
                    int.Parse(fields[i * 4 + 1], CultureInfo.InvariantCulture), fields[i * 4 + 2]));
        return rules;
    }

    /// <summary>
    /// Puts files into the index as they are now, also those that are gone; one process. Unknown files that do not exist are
    /// passed over. Files are added even when a rule ignores them: they are named one by one.
    /// </summary>
    /// <param name="paths">Files, absolute or Git paths.</param>
    /// <param name="cancellation">Ends git before it has written the index.</param>
    /// <exception cref="DataVersionException">GitFailed, for example when another git process holds the index.</exception>
    public void Stage(IReadOnlyCollection<string> paths, CancellationToken cancellation = default)
    {
        if (paths.Count > 0)
            Run(["update-index", "-z", "--add", "--remove", "--replace", "--stdin"], Lines(paths), cancellation: cancellation);
    }

    /// <summary>What differs from HEAD, in the index or in the work tree; ignored files are left out.</summary>
    /// <param name="paths">Only these and what lies below them; null for the whole work tree.</param>
    /// <param name="untracked">Also list the files that Git does not know.</param>
    /// <param name="cancellation">Ends git.</param>
    public IReadOnlyList<GitChange> Changes(IReadOnlyCollection<string>? paths = null, bool untracked = true,
        CancellationToken cancellation = default)
    {
        var changes = new List<GitChange>();
        var groups = paths is null ? [[]] : CommandLines(paths.Select(ToGitPath));
        foreach (var group in groups)
        {
            var fields = Run(["status", "--porcelain=v2", "-z", "--no-renames", "--ignore-submodules=all",
                untracked ? "--untracked-files=all" : "--untracked-files=no", "--", .. group], cancellation: cancellation).Fields();
            foreach (var field in fields)
                if (ParseChange(field) is { } change)
                    changes.Add(change);
        }
        return changes;
    }

    /// <summary>Whether any of these paths differs from HEAD or is unknown to Git.</summary>
    public bool HasChanges(IReadOnlyCollection<string>? paths = null, CancellationToken cancellation = default) =>
        Changes(paths, untracked: true, cancellation).Count > 0;

    // "1 XY sub mH mI mW hH hI path", "u XY sub m1 m2 m3 mW h1 h2 h3 path", "? path" (format: git-status, porcelain v2).
    private static GitChange? ParseChange(string field)
    {
        if (field.StartsWith("? ", StringComparison.Ordinal))
            return new GitChange(field[2..], '?', '?', null);
        if (field.StartsWith("1 ", StringComparison.Ordinal) && field.Split(' ', 9) is { Length: 9 } ordinary)
            return new GitChange(ordinary[8], ordinary[1][0], ordinary[1][1], ordinary[7].All(static c => c == '0') ? null : ordinary[7]);
        if (field.StartsWith("u ", StringComparison.Ordinal) && field.Split(' ', 11) is { Length: 11 } unmerged)
            return new GitChange(unmerged[10], unmerged[1][0], unmerged[1][1], null) { IsUnmerged = true };
        return null;
    }

    private string IgnorePath(string path)
    {
        var name = ToGitPath(path);
        if (name.StartsWith(':'))
            name = "./" + name;
        return Path.EndsInDirectorySeparator(path) && !name.EndsWith('/') ? name + "/" : name;
    }

    private bool IsBeyond(string gitPath)
    {
        for (var end = gitPath.LastIndexOf('/', Math.Max(0, gitPath.Length - 2)); end > 0; end = gitPath.LastIndexOf('/', end - 1))
        {
            var folder = ToAbsolutePath(gitPath[..end]);
            if (new DirectoryInfo(folder).LinkTarget is not null || Path.Exists(Path.Combine(folder, ".git")))
                return true;
        }
        return false;
    }
}
