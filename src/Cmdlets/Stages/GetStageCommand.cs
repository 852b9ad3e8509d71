using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Cmdlets;

/// <summary>Lists stages with their commands, what they read and what they make.</summary>
[Cmdlet(VerbsCommon.Get, "Stage", DefaultParameterSetName = "Name")]
[OutputType(typeof(Stage))]
public sealed class GetStageCommand : RepositoryCmdlet
{
    private readonly RequestedStages requested = new();

    /// <summary>Stages of the current folder's dvc.yaml, folder/dvc.yaml:name, a dvc.yaml, a .dvc file, or an output; wildcards are expanded.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StageNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Stages by their addresses from the root of the repository, as objects carry them.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Target")]
    [Alias("Stage")]
    public string[]? Target { get; set; }

    /// <summary>The stages of the folders below too; a name may then be a folder.</summary>
    [Parameter(ParameterSetName = "Name")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Do not look whether the stages would run: no file is looked at.</summary>
    [Parameter]
    public SwitchParameter NoState { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Name, Target);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var problems = new List<DataVersionException>();
        var set = RunPumped(_ => repository.LoadStages(problems));
        var selection = SelectionOf(set, layout);
        // One bad file hides its own stages only.
        foreach (var problem in problems)
            WriteError(problem, problem.Path);
        var stages = Requested(selection, requested, Recurse) ?? selection.Default(Recurse);
        var states = NoState || stages.Count == 0 ? null : StatesOf(repository, set, stages);
        foreach (var stage in stages)
            WriteObject(StageView.Of(stage, layout) with { State = states?.GetValueOrDefault(stage.Address) ?? StageState.Unknown });
    }

    private Dictionary<string, StageState>? StatesOf(Engine.Repository repository, StageSet set, IReadOnlyList<StageDefinition> stages)
    {
        // Stages that contradict each other can be listed all the same.
        if (!TryRunPumped(null, _ => StageGraph.Build(set), out var graph))
            return null;
        return RunPumped(context => RunPlanner.StatesOf(RunPlanner.Plan(repository, graph, graph.Order(stages), new RunOptions(), context)));
    }
}
