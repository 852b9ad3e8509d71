using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using DataVersion.Engine.Files;
using DataVersion.Engine.Git;
using DataVersion.Engine.Remotes;

namespace DataVersion.Engine.Imports;

/// <summary>
/// Clones of repositories that data is imported from: made by <c>git</c> in the folder for temporary files, without a work tree
/// of files, one for each address and process, and removed when the process ends. What a killed process left goes with the next
/// clone that is made.
/// </summary>
internal static class GitClones
{
    private const string Prefix = "dataversion-clone-";

    private static readonly ConcurrentDictionary<string, Lazy<string>> Clones = new(StringComparer.Ordinal);

    static GitClones() => AppDomain.CurrentDomain.ProcessExit += static (_, _) => RemoveAll();

    /// <summary>Gives the folder of a clone that has a revision, as far as the address has it.</summary>
    /// <param name="url">What <c>git clone</c> takes.</param>
    /// <param name="revision">A branch, tag or commit; null for the default branch.</param>
    /// <param name="context">Cancellation.</param>
    /// <exception cref="DataVersionException">GitFailed: the address cannot be cloned.</exception>
    public static string Get(string url, string? revision, OperationContext context)
    {
        var isNew = false;
        var entry = Clones.GetOrAdd(url, key => new Lazy<string>(() =>
        {
            isNew = true;
            return Clone(key, context);
        }));
        string folder;
        try
        {
            folder = entry.Value;
        }
        catch
        {
            Clones.TryRemove(url, out _);
            throw;
        }
        // Branches and tags move; a commit that is here does not.
        if (!isNew && !(IsFullName(revision) && Has(folder, revision!, context)))
            Run(folder, ["fetch", "--quiet", "--force", "--tags", "--prune", "origin"], url, context);
        return folder;
    }

    /// <summary>Asks an address for the commit of a branch or tag (null: of the default branch), without cloning it.</summary>
    /// <returns>The commit; null when the address has no such branch or tag.</returns>
    public static string? AskFor(string url, string? revision, OperationContext context)
    {
        var lines = Run(Path.GetTempPath(), ["ls-remote", "--", url], url, context).Text.Split('\n');
        // A peeled tag is the commit that the tag means.
        string[] names = revision is null ? ["HEAD"] : [$"refs/tags/{revision}^{{}}", $"refs/tags/{revision}", $"refs/heads/{revision}", revision];
        foreach (var name in names)
            if (lines.FirstOrDefault(line => line.EndsWith("\t" + name, StringComparison.Ordinal)) is { } found)
                return found[..found.IndexOf('\t')];
        return null;
    }

    /// <summary>True for the full name of a commit.</summary>
    public static bool IsFullName(string? revision) => revision is { Length: 40 or 64 } && revision.All(char.IsAsciiHexDigit);

    private static string Clone(string url, OperationContext context)
    {
        Sweep();
        var folder = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture,
            $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(folder);
        try
        {
            Run(folder, ["clone", "--quiet", "--no-checkout", "--", url, "source"], url, context);
            return Path.Combine(folder, "source");
        }
        catch
        {
            FileRemoval.TryFolder(folder);
            throw;
        }
    }

    private static bool Has(string folder, string commit, OperationContext context) =>
        GitProgram.Run(folder, ["cat-file", "-e", commit + "^{commit}"], default, quiet: true, null, context.Cancellation).ExitCode == 0;

    private static GitResult Run(string folder, string[] arguments, string url, OperationContext context)
    {
        var result = GitProgram.Run(folder, arguments, default, quiet: true, null, context.Cancellation);
        if (result.ExitCode == 0)
            return result;
        var reason = result.Error.Trim().Replace(url, RemoteSecrets.Hide(url), StringComparison.Ordinal);
        throw new DataVersionException(DataErrorKind.GitFailed, $"The repository '{RemoteSecrets.Hide(url)}' cannot be read: {(reason.Length > 0 ? reason : "git gave no reason.")}",
            RemoteSecrets.Hide(url), "Check the address, and that 'git ls-remote' can reach it with your credentials.");
    }

    private static void Sweep()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
            if (int.TryParse(Path.GetFileName(folder).AsSpan(Prefix.Length).ToString().Split('-')[0], out var process) && !IsAlive(process))
                FileRemoval.TryFolder(folder);
    }

    private static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void RemoveAll()
    {
        foreach (var clone in Clones.Values)
            if (clone.IsValueCreated)
                FileRemoval.TryFolder(Path.GetDirectoryName(clone.Value)!);
    }
}
