using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Pipelines;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Removes stages from dvc.yaml and dvc.lock; what they made stays unless -DeleteData is given.</summary>
[Cmdlet(VerbsCommon.Remove, "Stage", SupportsShouldProcess = true, DefaultParameterSetName = "Name")]
[OutputType(typeof(Stage))]
public sealed class RemoveStageCommand : RepositoryCmdlet
{
    private readonly RequestedStages requested = new();

    /// <summary>Stages of the current folder's dvc.yaml, or folder/dvc.yaml:name; wildcards are expanded.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StageNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Stages by their addresses from the root of the repository, as objects carry them.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Target")]
    [Alias("Stage")]
    public string[] Target { get; set; } = [];

    /// <summary>Delete what the stages made from the workspace too; its content stays in the cache.</summary>
    [Parameter]
    public SwitchParameter DeleteData { get; set; }

    /// <summary>Delete data even when its content is in no cache.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write what was removed.</summary>
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
        var confirmed = StageRemoval.Plan(named, failures)
            .Where(stage => ShouldProcess(stage.Address, DeleteData ? "Remove the stage and delete what it made" : "Remove the stage")).ToList();
        RunPumped((CmdletPump pump) =>
        {
            foreach (var failure in failures.Concat(StageRemoval.Run(repository, confirmed, DeleteData, Force, stage =>
            {
                if (PassThru)
                    pump.WriteObject(StageView.Of(stage, layout));
            }, pump.Context)))
                pump.WriteError(failure.Error, failure.Path);
        });
    }
}
