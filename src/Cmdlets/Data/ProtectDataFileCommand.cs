using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Connects unchanged files to the cache again by the configured kind of link.</summary>
[Cmdlet(VerbsSecurity.Protect, "DataFile", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(LinkResult))]
public sealed class ProtectDataFileCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>Tracked paths or paths inside tracked folders; wildcards are expanded.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Tracked paths or paths inside tracked folders, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Path, LiteralPath);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        var paths = RequestedInRepository(repository, requested);
        if (paths is [])
            return;
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        var options = new CheckoutOptions { Paths = paths, Relink = true };
        var plan = RunPumped(context => CheckoutPlanner.Plan(repository, repository.Index, options, context));
        // Only files that hold the recorded content are linked; missing ones are for Switch-DataVersion, others in a folder for Add-DataFile.
        foreach (var changed in plan.Steps.Where(s => s.Change == WorkspaceChange.Modified))
            WriteError(new DataVersionException(DataErrorKind.DataChanged, $"'{changed.Path}' has changed, so it was left alone.", changed.Path,
                "Record it with Add-DataFile or Save-DataFile, or bring the recorded content back with Switch-DataVersion -Force -Path."), changed.Path);
        foreach (var failure in plan.Failures.Where(f => f.Error.Kind != DataErrorKind.ObjectMissing || System.IO.Path.Exists(repository.Layout.ToAbsolute(f.Path))))
            WriteError(failure.Error, failure.Path);
        plan = plan with { Steps = [.. plan.Steps.Where(s => s.Change == WorkspaceChange.Relinked && ShouldProcess(s.Path, "Link to the cache"))], EmptyFolders = [], Unsaved = [], Failures = [] };
        RunPumped((CmdletPump pump) =>
        {
            foreach (var failure in CheckoutRunner.Run(repository, plan, options,
                result => pump.WriteObject(result with { Change = WorkspaceChange.Protected }), pump.Context))
                pump.WriteError(failure.Error, failure.Path);
        });
    }
}
