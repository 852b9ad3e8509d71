using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Git;

namespace DataVersion.Cmdlets;

/// <summary>Makes Git keep data in step: on checkout, commit, push and merge.</summary>
[Cmdlet(VerbsLifecycle.Install, "DataHook", SupportsShouldProcess = true)]
[OutputType(typeof(DataHook))]
public sealed class InstallDataHookCommand : RepositoryCmdlet
{
    /// <summary>Which hooks; all when not given.</summary>
    [Parameter(Position = 0)]
    [ValidateSet(GitHooks.PostCheckout, GitHooks.PreCommit, GitHooks.PrePush, GitHooks.MergeDriver)]
    public string[]? Name { get; set; }

    /// <summary>Replace the hooks that dvc install wrote.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Add the hooks to the configuration of the tool pre-commit instead of writing scripts.</summary>
    [Parameter]
    public SwitchParameter PreCommitTool { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        var hooks = RunPumped(_ => new GitHooks(repository.RequireGit(), repository.Layout.Root));
        var names = RunPumped(context => hooks.List(PreCommitTool, context.Cancellation)).Where(hook => IsChosen(hook, Name)
            && ShouldProcess(hook.Path, $"Install the hook '{hook.Name}'")).Select(hook => hook.Name).ToHashSet(StringComparer.Ordinal);
        if (names.Count == 0)
            return;
        var installed = RunPumped(context => hooks.Install(ModuleFolder(), Force, names, PreCommitTool, context.Cancellation));
        if (names.Contains(GitHooks.MergeDriver) && !RunPumped(context => hooks.UsesMergeDriver(context.Cancellation)))
            WriteWarning($"Git does not use the merge driver yet: add the line '{GitHooks.AttributesLine}' to '.gitattributes' and commit it.");
        if (PreCommitTool && RunPumped(context => hooks.NotCalledByTool(installed, context.Cancellation)) is { Count: > 0 } silent)
            WriteWarning("Git does not call pre-commit for all of them yet: run 'pre-commit install "
                + string.Join(' ', silent.Select(name => "--hook-type " + name)) + "' in each clone.");
        WriteObject(installed, enumerateCollection: true);
    }

    /// <summary>Whether the user means this hook.</summary>
    internal static bool IsChosen(DataHook hook, string[]? names) => names is null || names.Contains(hook.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The folder this module was loaded from, so that the hooks find it wherever it lies; null when it is not laid out as a module.</summary>
    private string? ModuleFolder() =>
        MyInvocation.MyCommand is CmdletInfo { Module.ModuleBase: { Length: > 0 } folder }
        && File.Exists(System.IO.Path.Combine(folder, "DataVersion.psd1")) ? folder : null;
}
