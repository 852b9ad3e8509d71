using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Git;

namespace DataVersion.Cmdlets;

/// <summary>Removes the hooks that Install-DataHook made; those of others stay.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "DataHook", SupportsShouldProcess = true)]
[OutputType(typeof(DataHook))]
public sealed class UninstallDataHookCommand : RepositoryCmdlet
{
    /// <summary>Which hooks; all when not given.</summary>
    [Parameter(Position = 0)]
    [ValidateSet(GitHooks.PostCheckout, GitHooks.PreCommit, GitHooks.PrePush, GitHooks.MergeDriver)]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        var hooks = RunPumped(_ => new GitHooks(repository.RequireGit(), repository.Layout.Root));
        var chosen = RunPumped(context => hooks.Installed(context.Cancellation)).Where(hook => InstallDataHookCommand.IsChosen(hook, Name)
            && ShouldProcess(hook.Path, $"Remove the hook '{hook.Name}'")).ToList();
        WriteObject(RunPumped(context => hooks.Uninstall(chosen, context.Cancellation)), enumerateCollection: true);
    }
}
