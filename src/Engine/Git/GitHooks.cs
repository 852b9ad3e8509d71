using DataVersion.Engine.Files;

namespace DataVersion.Engine.Git;

/// <summary>
/// Installs, finds and removes the hooks and the merge driver of a work tree. Hooks go where Git looks for them
/// (<c>core.hooksPath</c>, linked work trees), or into the configuration of the tool pre-commit; what is not ours is left alone.
/// </summary>
public sealed class GitHooks
{
    /// <summary>The line of <c>.gitattributes</c> that makes Git use the merge driver.</summary>
    public const string AttributesLine = "*.dvc merge=dvc";

    /// <summary>The hook after a checkout: brings the data of the commit.</summary>
    public const string PostCheckout = "post-checkout";

    /// <summary>The hook before a commit: shows what it will not record.</summary>
    public const string PreCommit = "pre-commit";

    /// <summary>The hook before a push: pushes the data.</summary>
    public const string PrePush = "pre-push";

    /// <summary>The merge driver for <c>.dvc</c> files.</summary>
    public const string MergeDriver = "merge-driver";

    private const string DriverKey = "merge.dvc.driver";
    private const string DriverName = "merge.dvc.name";
    private const int LargestHook = 1 << 20;

    private readonly GitRepository git;
    private readonly string folder;
    private readonly PreCommitConfig tool;

    /// <summary>The hooks of a work tree, for the data repository at a folder in it.</summary>
    /// <param name="git">The work tree.</param>
    /// <param name="repositoryRoot">The absolute folder of the data repository.</param>
    public GitHooks(GitRepository git, string repositoryRoot)
    {
        (this.git, folder) = (git, git.ToGitPath(repositoryRoot));
        tool = new PreCommitConfig(ToolFile, folder);
    }

    /// <summary>Whether hooks shall do nothing: Git was started by a switch of ours, which takes care of the data itself.</summary>
    public static bool AreSkipped => Environment.GetEnvironmentVariable(GitRepository.SkipHooksVariable) == "1";

    /// <summary>The three hooks and the merge driver, whether they are there or not.</summary>
    /// <param name="preCommitTool">The hooks of the tool pre-commit instead of the scripts.</param>
    /// <param name="cancellation">Ends the git processes.</param>
    /// <exception cref="MetadataFormatException">The configuration of the tool cannot be read.</exception>
    public IReadOnlyList<DataHook> List(bool preCommitTool = false, CancellationToken cancellation = default) =>
        [.. preCommitTool ? tool.List() : Scripts(cancellation), Driver(cancellation)];

    private List<DataHook> Scripts(CancellationToken cancellation)
    {
        var hooks = new List<DataHook>();
        var directory = HooksFolder(cancellation);
        foreach (var name in HookScript.Names)
        {
            var path = Path.Combine(directory, name);
            var file = new FileInfo(path);
            if (file.LinkTarget is null && !Path.Exists(path))
                hooks.Add(new DataHook(name, path, DataHookState.NotInstalled, null));
            else if (!file.Exists || file.Length > LargestHook)
                hooks.Add(new DataHook(name, path, DataHookState.Foreign, null));
            else if (File.ReadAllText(path) is var text)
                hooks.Add(new DataHook(name, path, HookScript.StateOf(name, text), text));
        }
        return hooks;
    }

    private DataHook Driver(CancellationToken cancellation)
    {
        var driver = git.Run(["config", "--local", "-z", "--get", DriverKey], acceptable: 1, cancellation: cancellation).Fields();
        return driver.Count == 0
            ? new DataHook(MergeDriver, DriverKey, DataHookState.NotInstalled, null)
            : new DataHook(MergeDriver, DriverKey, HookScript.StateOfDriver(driver[0]), driver[0]);
    }

    /// <summary>Installs them, or none when one of them would replace what is not ours; ours are written anew.</summary>
    /// <param name="modulePath">The module's folder or its <c>.psd1</c>, so that the hooks find it; null: by its name.</param>
    /// <param name="replaceDvc">Replace the hooks that <c>dvc install</c> wrote, which do the same.</param>
    /// <param name="names">Which ones; null for all four.</param>
    /// <param name="preCommitTool">Add the hooks to the configuration of the tool pre-commit instead of writing scripts.</param>
    /// <param name="cancellation">Looked at before the first is written.</param>
    /// <exception cref="DataVersionException">HookExists, naming the hooks; MetadataInvalid for the configuration of the tool.</exception>
    public IReadOnlyList<DataHook> Install(string? modulePath, bool replaceDvc = false, IReadOnlySet<string>? names = null,
        bool preCommitTool = false, CancellationToken cancellation = default)
    {
        var present = List(preCommitTool, cancellation).Where(hook => names?.Contains(hook.Name) ?? true).ToList();
        var others = present.Where(h => h.State == DataHookState.Foreign || h.State == DataHookState.Dvc && !replaceDvc).ToList();
        if (others.Count > 0)
            throw new DataVersionException(DataErrorKind.HookExists,
                $"{others.Count} hook(s) exist that are not ours: " + string.Join(", ", others.Select(h => $"'{h.Path}'").Distinct()) + ". Nothing was installed.",
                others[0].Path, others.TrueForAll(h => h.State == DataHookState.Dvc)
                    ? "They are DVC's own: remove them, or use -Force to replace them."
                    : "Remove them, or call Invoke-DataHook from them, and try again.");
        cancellation.ThrowIfCancellationRequested();
        var module = modulePath is null ? null : Directory.Exists(modulePath) ? Path.Combine(modulePath, "DataVersion.psd1") : modulePath;
        var hooks = present.FindAll(static hook => hook.Path != DriverKey);
        if (preCommitTool)
            tool.Install([.. hooks.Select(static hook => hook.Name)]);
        else
            WriteScripts(hooks, module, cancellation);
        if (present.Exists(static hook => hook.Path == DriverKey))
        {
            Configure("--replace-all", DriverName, "DataVersion merge driver");
            Configure("--replace-all", DriverKey, HookScript.MergeDriver(module));
        }
        return [.. List(preCommitTool, cancellation).Where(hook => names?.Contains(hook.Name) ?? true)];
    }

    private void WriteScripts(List<DataHook> hooks, string? module, CancellationToken cancellation)
    {
        try
        {
            foreach (var hook in hooks)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(hook.Path)!);
                AtomicFile.Write(hook.Path, HookScript.Hook(hook.Name, folder, module));
                if (!OperatingSystem.IsWindows())
                    File.SetUnixFileMode(hook.Path, File.GetUnixFileMode(hook.Path)
                        | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new DataVersionException(cause is IOException ? DataErrorKind.InputOutput : DataErrorKind.AccessDenied,
                $"The hooks cannot be written to '{HooksFolder(cancellation)}': {cause.Message}", HooksFolder(cancellation),
                "Look at 'git config core.hooksPath' and at the permissions of that folder.", cause);
        }
    }

    /// <summary>Those that are ours: scripts, hooks of the tool pre-commit, the merge driver.</summary>
    public IReadOnlyList<DataHook> Installed(CancellationToken cancellation = default) =>
        [.. Scripts(cancellation).Concat(tool.List()).Append(Driver(cancellation)).Where(static hook => hook.State == DataHookState.Installed)];

    /// <summary>Removes those that are ours.</summary>
    /// <param name="chosen">Which ones of <see cref="Installed"/>; null for all.</param>
    /// <param name="cancellation">Looked at before the first is removed.</param>
    /// <returns>The ones that were removed.</returns>
    public IReadOnlyList<DataHook> Uninstall(IReadOnlyCollection<DataHook>? chosen = null, CancellationToken cancellation = default)
    {
        var ours = chosen ?? Installed(cancellation);
        cancellation.ThrowIfCancellationRequested();
        foreach (var hook in ours)
            if (hook.Path == DriverKey)
                Configure("--remove-section", "merge.dvc");
            else if (hook.Path != ToolFile)
                File.Delete(hook.Path);
        if (ours.Where(hook => hook.Path == ToolFile).Select(static hook => hook.Name).ToList() is { Count: > 0 } names)
            tool.Uninstall(names);
        return [.. ours.Select(static hook => hook with { State = DataHookState.NotInstalled, Command = null })];
    }

    /// <summary>Those for which Git does not call the tool pre-commit; it has to be installed for each.</summary>
    /// <param name="hooks">What <see cref="Install"/> gave for the tool.</param>
    /// <param name="cancellation">Ends the git process.</param>
    public IReadOnlyList<string> NotCalledByTool(IEnumerable<DataHook> hooks, CancellationToken cancellation = default)
    {
        var called = Scripts(cancellation).Where(static hook => hook.Command?.Contains("pre-commit.com", StringComparison.Ordinal) is true)
            .Select(static hook => hook.Name).ToHashSet();
        return [.. hooks.Where(hook => hook.Path == ToolFile && !called.Contains(hook.Name)).Select(static hook => hook.Name)];
    }

    /// <summary>Whether <c>.gitattributes</c> makes Git use the merge driver for <c>.dvc</c> files; if not, the user adds <see cref="AttributesLine"/>.</summary>
    public bool UsesMergeDriver(CancellationToken cancellation = default)
    {
        var sample = folder == "." ? "sample.dvc" : folder + "/sample.dvc";
        return git.Run(["check-attr", "-z", "merge", "--", sample], cancellation: cancellation).Fields() is [_, _, "dvc", ..];
    }

    private string ToolFile => Path.Combine(git.Root, PreCommitConfig.FileName);

    private string HooksFolder(CancellationToken cancellation) =>
        Path.GetFullPath(git.Run(["rev-parse", "--git-path", "hooks"], cancellation: cancellation).Text, git.Root);

    private void Configure(params string[] arguments) => git.Run(["config", "--local", .. arguments]);
}
