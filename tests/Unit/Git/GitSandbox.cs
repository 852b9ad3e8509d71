using System.Diagnostics;
using System.Text;
using DataVersion.Engine.Git;

namespace DataVersion.Tests.Git;

/// <summary>A Git repository in a temporary folder, with an environment that does not depend on the machine.</summary>
internal sealed class GitSandbox : IDisposable
{
    static GitSandbox()
    {
        // The engine's own git processes inherit these from the test process.
        Environment.SetEnvironmentVariable("GIT_CONFIG_GLOBAL", OperatingSystem.IsWindows() ? "NUL" : "/dev/null");
        Environment.SetEnvironmentVariable("GIT_CONFIG_NOSYSTEM", "1");
        foreach (var role in (string[])["AUTHOR", "COMMITTER"])
        {
            Environment.SetEnvironmentVariable($"GIT_{role}_NAME", "Zoë Tester");
            Environment.SetEnvironmentVariable($"GIT_{role}_EMAIL", "zoe@example.org");
        }
    }

    private readonly string parent;
    private GitRepository? repository;

    public GitSandbox(bool initialise = true)
    {
        parent = Directory.CreateTempSubdirectory("dv git [1] ").FullName;
        Root = Path.Combine(parent, "work");
        Directory.CreateDirectory(Root);
        if (initialise)
            Git("init", "-q", "-b", "main");
    }

    public string Root { get; }

    public GitRepository Repository => repository ??= GitRepository.Open(Root);

    public string PathOf(string name) => Path.Combine(Root, name);

    public string Write(string name, string text)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>Adds everything (ignored files excepted) and commits.</summary>
    public string Commit(string message)
    {
        Git("add", "-A");
        Git("commit", "-q", "--allow-empty", "-m", message);
        return Git("rev-parse", "HEAD");
    }

    public string Git(params string[] arguments) => GitIn(Root, null, arguments);

    /// <summary>Commits everything with this date for author and committer.</summary>
    public string CommitAt(string date, string message)
    {
        Git("add", "-A");
        Run(Root, null, ["commit", "-q", "-m", message, "--date", date], start => start.Environment["GIT_COMMITTER_DATE"] = date);
        return Git("rev-parse", "HEAD");
    }

    public static string GitIn(string folder, byte[]? input, params string[] arguments) => Run(folder, input, arguments, static _ => { });

    private static string Run(string folder, byte[]? input, string[] arguments, Action<ProcessStartInfo> change)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        start.Environment["GIT_CONFIG_COUNT"] = "1";
        start.Environment["GIT_CONFIG_KEY_0"] = "protocol.file.allow";
        start.Environment["GIT_CONFIG_VALUE_0"] = "always";
        change(start);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        if (input is not null)
            process.StandardInput.BaseStream.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"git {string.Join(' ', arguments)}: {error.Result}");
        return output.TrimEnd('\n');
    }

    /// <summary>Every file and its content, <c>.git</c> left out, plus HEAD and the status: what must not change.</summary>
    public string Picture()
    {
        var text = new StringBuilder();
        foreach (var file in Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            if (!file.StartsWith(PathOf(".git"), StringComparison.Ordinal) || file.EndsWith(".gitignore", StringComparison.Ordinal))
                text.Append(Path.GetRelativePath(Root, file)).Append('=').Append(File.ReadAllText(file)).Append('\n');
        return text.Append(File.ReadAllText(PathOf(".git/HEAD"))).Append(Git("status", "--porcelain", "--ignored")).ToString();
    }

    public string Beside(string name) => Path.Combine(parent, name);

    public void Dispose()
    {
        repository?.Dispose();
        foreach (var file in Directory.EnumerateFiles(parent, "*", SearchOption.AllDirectories))
            if (new FileInfo(file) is { LinkTarget: null, IsReadOnly: true } info)
                info.IsReadOnly = false;
        Directory.Delete(parent, recursive: true);
    }
}
