using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Makes linked files private and writable, so that they can be edited.</summary>
[Cmdlet(VerbsSecurity.Unprotect, "DataFile", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(LinkResult))]
public sealed class UnprotectDataFileCommand : RepositoryCmdlet
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
        var problems = new List<PathFailure>();
        var found = RunPumped(_ => OutputScope.Of(repository.Index, paths, problems));
        foreach (var problem in problems)
            WriteError(problem.Error, problem.Path);
        var scope = found.Where(s => ShouldProcess(s.Output.Path, "Make private copies")).ToList();
        RunPumped((CmdletPump pump) =>
        {
            foreach (var item in scope)
                foreach (var failure in WorkspaceProtection.Unprotect(repository, item.Output, item.Inner, pump.WriteObject, pump.Context))
                    pump.WriteError(failure.Error, failure.Path);
        });
    }
}
