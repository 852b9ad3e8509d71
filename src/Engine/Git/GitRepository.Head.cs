namespace DataVersion.Engine.Git;

public sealed partial class GitRepository
{
    private const string SymbolicPrefix = "ref: ";
    private const string BranchPrefix = "refs/heads/";

    /// <summary>The branch that is checked out; null when HEAD is detached. A branch without a commit has a name too.</summary>
    public string? CurrentBranch()
    {
        var head = ReadSmall(Path.Combine(GitDirectory, "HEAD"));
        if (head is null || UsesRefTable())
        {
            var result = Run(["symbolic-ref", "-q", "HEAD"], acceptable: 1);
            head = result.ExitCode == 0 ? SymbolicPrefix + result.Text : "";
        }
        return head.StartsWith(SymbolicPrefix + BranchPrefix, StringComparison.Ordinal)
            ? head[(SymbolicPrefix + BranchPrefix).Length..] : null;
    }

    /// <summary>The commit that is checked out; null before the first commit. Read from the files of Git where they are simple.</summary>
    public string? HeadCommit()
    {
        if (!UsesRefTable() && ReadSmall(Path.Combine(GitDirectory, "HEAD")) is { } head)
        {
            if (IsObjectId(head))
                return head;
            if (head.StartsWith(SymbolicPrefix + BranchPrefix, StringComparison.Ordinal))
            {
                var name = head[SymbolicPrefix.Length..];
                var value = ReadSmall(Path.Combine(CommonDirectory, name)) ?? Packed(name);
                if (value is null || IsObjectId(value))
                    return value;
            }
        }
        var result = Run(["rev-parse", "-q", "--verify", "HEAD^{commit}"], acceptable: 1);
        return result.ExitCode == 0 ? result.Text : null;
    }

    /// <summary>The other work trees of the repository that have a branch checked out.</summary>
    private bool IsCheckedOutElsewhere(string branch)
    {
        var heads = new List<string> { Path.Combine(CommonDirectory, "HEAD") };
        var linked = Path.Combine(CommonDirectory, "worktrees");
        if (Directory.Exists(linked))
            heads.AddRange(Directory.EnumerateDirectories(linked).Select(static folder => Path.Combine(folder, "HEAD")));
        // A bare repository has a HEAD, but no work tree that could be in the way.
        return heads.Any(head => Path.GetDirectoryName(head) != GitDirectory && ReadSmall(head) == SymbolicPrefix + BranchPrefix + branch
            && (Path.GetDirectoryName(head) != CommonDirectory || File.Exists(Path.Combine(CommonDirectory, "index"))));
    }

    private bool UsesRefTable() => Directory.Exists(Path.Combine(CommonDirectory, "reftable"));

    private string? Packed(string name)
    {
        var file = Path.Combine(CommonDirectory, "packed-refs");
        if (!File.Exists(file))
            return null;
        foreach (var line in File.ReadLines(file))
            if (line.Length > name.Length + 1 && line.EndsWith(name, StringComparison.Ordinal) && line[^(name.Length + 1)] == ' ')
                return line[..^(name.Length + 1)];
        return null;
    }

    private static bool IsObjectId(string text) => text.Length is 40 or 64 && text.All(char.IsAsciiHexDigitLower);

    private static string? ReadSmall(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file).TrimEnd('\n', '\r', ' ') : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
