using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Pipelines;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Freezes stages: they are not run when what they read changes.</summary>
[Cmdlet(VerbsCommon.Lock, "Stage", SupportsShouldProcess = true, DefaultParameterSetName = "Name")]
[OutputType(typeof(Stage))]
public sealed class LockStageCommand : RepositoryCmdlet
{
    private readonly RequestedStages requested = new();

    /// <summary>Stages of the current folder's dvc.yaml, folder/dvc.yaml:name, a dvc.yaml, a .dvc file, or an output; wildcards are expanded.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StageNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Stages by their addresses from the root of the repository, as objects carry them.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Target")]
    [Alias("Stage")]
    public string[] Target { get; set; } = [];

    /// <summary>Write the stages.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Name, Target);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        var named = Requested(SelectionOf(RunPumped(_ => repository.LoadStages()), layout), requested) ?? [];
        var failures = new List<PathFailure>();
        var confirmed = StageFreezing.Plan(named, true, failures).Where(stage => ShouldProcess(stage.Address, "Freeze")).ToList();
        failures.AddRange(RunPumped(context => StageFreezing.Run(repository, confirmed, true, context)));
        foreach (var failure in failures)
            WriteError(failure.Error, failure.Path);
        if (!PassThru)
            return;
        var now = RunPumped(_ => repository.LoadStages());
        foreach (var stage in named)
            if (now.Find(stage.Address) is { } found)
                WriteObject(StageView.Of(found, layout));
    }
}
