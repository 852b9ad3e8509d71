using System.Collections;
using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Cmdlets;

/// <summary>Writes a stage into the dvc.yaml of the current folder; it is not run.</summary>
[Cmdlet(VerbsCommon.Add, "Stage", SupportsShouldProcess = true)]
[OutputType(typeof(Stage))]
public sealed class AddStageCommand : RepositoryCmdlet
{
    /// <summary>The name of the stage.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The command line; several are run one after the other.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string[] Command { get; set; } = [];

    /// <summary>Files and folders that the command reads, and URLs.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspacePathCompleter))]
    public string[] Dependency { get; set; } = [];

    /// <summary>Files and folders that the command makes; the cache keeps them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspacePathCompleter))]
    public string[] Output { get; set; } = [];

    /// <summary>Files and folders that the command makes and the cache does not keep.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspacePathCompleter))]
    public string[] OutputNoCache { get; set; } = [];

    /// <summary>Outputs that are not removed before the command runs.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspacePathCompleter))]
    public string[] OutputPersist { get; set; } = [];

    /// <summary>Outputs that are not removed before the command runs and that the cache does not keep.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspacePathCompleter))]
    public string[] OutputPersistNoCache { get; set; } = [];

    /// <summary>Metrics files that the command makes; the cache keeps them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspacePathCompleter))]
    public string[] Metric { get; set; } = [];

    /// <summary>Metrics files that the cache does not keep.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspacePathCompleter))]
    public string[] MetricNoCache { get; set; } = [];

    /// <summary>Plots files and folders that the command makes; the cache keeps them.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspacePathCompleter))]
    public string[] Plot { get; set; } = [];

    /// <summary>Plots files and folders that the cache does not keep.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(WorkspacePathCompleter))]
    public string[] PlotNoCache { get; set; } = [];

    /// <summary>Parameters that the command reads: keys of params.yaml, file:key,key of another file, file: for all of a file.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ParameterKeyCompleter))]
    public string[] Parameter { get; set; } = [];

    /// <summary>The folder that the command runs in and that its paths are relative to; the current one when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? WorkingDirectory { get; set; }

    /// <summary>A description to record.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>Anything else to record.</summary>
    [Parameter]
    public Hashtable? Meta { get; set; }

    /// <summary>Run the stage every time.</summary>
    [Parameter]
    public SwitchParameter AlwaysChanged { get; set; }

    /// <summary>Do not run the stage when what it reads changes.</summary>
    [Parameter]
    public SwitchParameter Frozen { get; set; }

    /// <summary>Replace a stage of the same name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write the stage.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var draft = new StageDraft
        {
            Name = Name, Command = Command, Dependencies = Dependency, Parameters = Parameter, Description = Description, AlwaysChanged = AlwaysChanged,
            Frozen = Frozen, WorkingDirectory = WorkingDirectory is null ? null : ResolveLiteral(WorkingDirectory), Meta = Meta is null ? null : YamlNode.From(Meta),
            Outputs =
            [
                .. Output.Select(path => new DraftOutput(path)),
                .. OutputNoCache.Select(path => new DraftOutput(path, UseCache: false)),
                .. OutputPersist.Select(path => new DraftOutput(path, Persist: true)),
                .. OutputPersistNoCache.Select(path => new DraftOutput(path, UseCache: false, Persist: true)),
                .. Metric.Select(path => new DraftOutput(path, OutputKind.Metric)),
                .. MetricNoCache.Select(path => new DraftOutput(path, OutputKind.Metric, UseCache: false)),
                .. Plot.Select(path => new DraftOutput(path, OutputKind.Plot)),
                .. PlotNoCache.Select(path => new DraftOutput(path, OutputKind.Plot, UseCache: false)),
            ],
        };
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        var plan = RunPumped(_ => StageAddition.Plan(repository, FolderIn(layout), draft, Force));
        if (!ShouldProcess(plan.Stage.Address, plan.Replaces ? "Replace the stage" : "Add the stage"))
            return;
        RunPumped((CmdletPump _) => StageAddition.Run(repository, plan));
        if (PassThru)
            WriteObject(StageView.Of(plan.Stage, layout));
    }
}
