using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Git;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Makes a folder a data repository.</summary>
[Cmdlet(VerbsData.Initialize, "DataRepository", SupportsShouldProcess = true)]
[OutputType(typeof(DataRepository))]
public sealed class InitializeDataRepositoryCommand : DataCmdlet
{
    /// <summary>The folder; the current location when not given.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>Make a repository that does not use Git.</summary>
    [Parameter]
    public SwitchParameter NoGit { get; set; }

    /// <summary>Accept a folder that is not the root of the Git work tree.</summary>
    [Parameter]
    public SwitchParameter Subdirectory { get; set; }

    /// <summary>Replace a repository that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var folder = ResolveFolder();
        using var git = NoGit ? null : RunPumped(_ => GitRepository.TryOpen(folder));
        bool IsIgnored(string path) => git is not null && git.Ignored([path], Cancellation).Count > 0;

        var plan = RunPumped(_ => RepositoryInitializer.Plan(folder, NoGit, Subdirectory, Force, IsIgnored));
        if (!ShouldProcess(plan.Layout.Root, plan.Description))
            return;
        WriteObject(RunPumped(context =>
        {
            var outcome = RepositoryInitializer.Apply(plan, IsIgnored);
            if (outcome.FilesToStage.Count > 0)
                git?.Stage(outcome.FilesToStage, context.Cancellation);
            return RepositoryInspection.Inspect(outcome.Layout, context);
        }));
    }

    private string ResolveFolder()
    {
        try
        {
            return Path is null ? SessionState.Path.CurrentFileSystemLocation.ProviderPath : PathResolver.Literal(SessionState.Path, Path);
        }
        catch (DataVersionException wrong)
        {
            Fail(wrong, Path);
            throw;
        }
    }
}
