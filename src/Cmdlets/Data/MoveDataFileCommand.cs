using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Moves tracked data together with its metadata.</summary>
[Cmdlet(VerbsCommon.Move, "DataFile", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(DataFile))]
public sealed class MoveDataFileCommand : RepositoryCmdlet
{
    /// <summary>The tracked path or its .dvc file; a wildcard must match one path.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string Path { get; set; } = "";

    /// <summary>The tracked path, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string? LiteralPath { get; set; }

    /// <summary>Where it goes; a folder that exists takes it in.</summary>
    [Parameter(Position = 1, Mandatory = true)]
    public string Destination { get; set; } = "";

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var requested = new RequestedPaths();
        requested.Collect(LiteralPath is null ? [Path] : null, LiteralPath is null ? null : [LiteralPath]);
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var sources = RequestedInRepository(repository, requested);
        if (sources is null or [])
            return;
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        var destination = ToRepositoryPath(layout, ResolveLiteral(Destination));
        foreach (var source in sources)
            if (TryRunPumped(layout.ToAbsolute(source), _ => MoveOperation.Plan(repository, source, destination), out var plan)
                && ShouldProcess($"{plan.Output.Path} -> {plan.Destination}", "Move tracked data")
                && TryRunPumped(layout.ToAbsolute(source), context => MoveOperation.Run(repository, plan, context), out var moved))
                WriteObject(moved);
    }
}
