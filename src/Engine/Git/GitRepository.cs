using System.Text;

namespace DataVersion.Engine.Git;

/// <summary>
/// A Git work tree, used through the <c>git</c> program (2.30 or newer). Paths that go in are absolute or relative to
/// <see cref="Root"/> with <c>/</c> ("Git paths"); paths that come out are Git paths, or the very strings that went in.
/// No call starts a process per file. Not tied to the current directory or to variables such as GIT_DIR.
/// </summary>
public sealed partial class GitRepository : IDisposable
{
    private readonly Lock gate = new();
    private GitObjectReader? objects;
    private int processCount;

    private GitRepository(string root, string gitDirectory, string commonDirectory)
    {
        Root = root;
        GitDirectory = gitDirectory;
        CommonDirectory = commonDirectory;
    }

    /// <summary>The root of the work tree, absolute, spelled as the folder it was opened with.</summary>
    public string Root { get; }

    /// <summary>The folder with HEAD and the index of this work tree (<c>.git</c>, or a folder below <c>.git/worktrees</c> or <c>.git/modules</c>).</summary>
    public string GitDirectory { get; }

    /// <summary>The folder with objects, branches, tags and configuration; shared by all work trees of the repository.</summary>
    public string CommonDirectory { get; }

    /// <summary>A rebase is going on: Git checks out commit after commit.</summary>
    public bool IsRebasing => Directory.Exists(Path.Combine(GitDirectory, "rebase-merge"));

    /// <summary>The reader of commits, trees and blobs: one process for the life of this object, started when it is first used.</summary>
    public GitObjectReader Objects
    {
        get
        {
            lock (gate)
                return objects ??= new GitObjectReader(this);
        }
    }

    /// <summary>How many git processes were started for this repository so far; tests watch that it does not grow with the data.</summary>
    internal int ProcessCount => Volatile.Read(ref processCount);

    /// <summary>
    /// Finds the work tree that holds a folder, going up. A plain <c>.git</c> folder is recognised without a process; a
    /// <c>.git</c> file (linked work trees, submodules) or a configured work tree asks git once.
    /// </summary>
    /// <param name="folder">An absolute path of an existing folder.</param>
    /// <returns>The work tree, or null when the folder is in none.</returns>
    public static GitRepository? TryOpen(string folder)
    {
        for (var at = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)); at is not null; at = Path.GetDirectoryName(at))
        {
            var mark = Path.Combine(at, ".git");
            if (Directory.Exists(mark))
            {
                // Git takes a folder for a repository when these three are there, and goes on upwards otherwise.
                if (!Path.Exists(Path.Combine(mark, "HEAD")) || !Directory.Exists(Path.Combine(mark, "objects"))
                    || !Path.Exists(Path.Combine(mark, "refs")))
                    continue;
                return ConfiguresWorkTree(mark) ? Ask(at, textualRoot: false) : new GitRepository(at, mark, mark);
            }
            if (File.Exists(mark))
                return Ask(at, textualRoot: true);
        }
        return null;
    }

    /// <summary>As <see cref="TryOpen"/>, but a folder without Git is an error.</summary>
    /// <exception cref="DataVersionException">GitNotFound: no work tree holds the folder.</exception>
    public static GitRepository Open(string folder) => TryOpen(folder) ?? throw new DataVersionException(DataErrorKind.GitNotFound,
        $"'{folder}' is not inside a Git repository.", folder, "Run 'git init' in the project's folder first.");

    /// <summary>Runs one git command in <see cref="Root"/> and waits for it.</summary>
    /// <param name="arguments">The arguments, one by one; nothing is quoted or expanded. Paths are taken literally.</param>
    /// <param name="input">What it reads from standard input.</param>
    /// <param name="acceptable">The largest exit code that is an answer and not a failure.</param>
    /// <param name="cancellation">Kills the process.</param>
    /// <exception cref="DataVersionException">GitFailed, with what git wrote to standard error.</exception>
    public GitResult Run(IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input = default, int acceptable = 0,
        CancellationToken cancellation = default)
    {
        var result = Start(arguments, input, quiet: true, null, cancellation);
        return result.ExitCode >= 0 && result.ExitCode <= acceptable ? result : throw GitProgram.Failure(Root, arguments, result);
    }

    /// <summary>The Git path of a file: relative to <see cref="Root"/>, with <c>/</c>; <c>.</c> for the root itself.</summary>
    /// <exception cref="DataVersionException">PathOutsideRepository.</exception>
    public string ToGitPath(string path)
    {
        if (!Path.IsPathFullyQualified(path))
            return path;
        var relative = Path.GetRelativePath(Root, path);
        if (relative == ".." || relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal)
            || Path.IsPathFullyQualified(relative))
            throw new DataVersionException(DataErrorKind.PathOutsideRepository,
                $"'{path}' lies outside the Git repository '{Root}'.", path);
        return Path.DirectorySeparatorChar == '/' ? relative : relative.Replace(Path.DirectorySeparatorChar, '/');
    }

    /// <summary>The absolute path of a Git path.</summary>
    public string ToAbsolutePath(string gitPath) => gitPath is "." or "" ? Root : Path.Combine(Root,
        Path.DirectorySeparatorChar == '/' ? gitPath : gitPath.Replace('/', Path.DirectorySeparatorChar));

    /// <summary>Ends the object reader.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            objects?.Dispose();
            objects = null;
        }
    }

    internal GitResult Start(IReadOnlyList<string> arguments, ReadOnlyMemory<byte> input, bool quiet,
        IReadOnlyDictionary<string, string>? environment, CancellationToken cancellation)
    {
        CountProcess();
        return GitProgram.Run(Root, arguments, input, quiet, environment, cancellation);
    }

    internal void CountProcess() => Interlocked.Increment(ref processCount);

    /// <summary>Paths as git reads them with <c>-z --stdin</c>.</summary>
    private byte[] Lines(IEnumerable<string> paths)
    {
        var text = new StringBuilder();
        foreach (var path in paths)
            text.Append(ToGitPath(path)).Append('\0');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>
    /// Cuts paths into groups that fit on a command line (for commands that read no list of paths): a group has up to
    /// some 200 KB on Unix and 24 KB on Windows.
    /// </summary>
    private static IEnumerable<List<string>> CommandLines(IEnumerable<string> paths)
    {
        var limit = OperatingSystem.IsWindows() ? 24_000 : 200_000;
        var group = new List<string>();
        var length = 0;
        foreach (var path in paths)
        {
            var size = Encoding.UTF8.GetByteCount(path) + 3;
            if (group.Count > 0 && length + size > limit)
            {
                yield return group;
                group = [];
                length = 0;
            }
            group.Add(path);
            length += size;
        }
        if (group.Count > 0)
            yield return group;
    }

    private static bool ConfiguresWorkTree(string gitDirectory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(gitDirectory, "config")).Contains("worktree", StringComparison.OrdinalIgnoreCase)
                || File.Exists(Path.Combine(gitDirectory, "config.worktree"));
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // git answers with resolved symbolic links; where the root is known by its .git file the spelling of the caller is kept,
    // so that paths below it compare as text.
    private static GitRepository? Ask(string folder, bool textualRoot)
    {
        string[] arguments = ["rev-parse", "--show-toplevel", "--git-dir", "--git-common-dir"];
        var result = GitProgram.Run(folder, arguments, default, quiet: true, null, default);
        if (result.ExitCode != 0)
            throw GitProgram.Failure(folder, arguments, result);
        var lines = result.Text.Split('\n');
        if (lines.Length < 3)
            throw GitProgram.Failure(folder, arguments, result);
        var root = textualRoot ? folder : Path.GetFullPath(lines[0], folder);
        return new GitRepository(root, Path.GetFullPath(lines[^2], folder), Path.GetFullPath(lines[^1], folder)) { processCount = 1 };
    }
}
