using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Cmdlets;

/// <summary>Says why stages would run: each cause is an object.</summary>
[Cmdlet(VerbsCommon.Get, "StageReason", DefaultParameterSetName = "Name")]
[OutputType(typeof(StageReason))]
public sealed class GetStageReasonCommand : RepositoryCmdlet
{
    private readonly RequestedStages requested = new();

    /// <summary>Stages to look at; without a name all of the repository. What they depend on is looked at too.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StageNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Stages by their addresses from the root of the repository, as objects carry them.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Target")]
    [Alias("Stage")]
    public string[]? Target { get; set; }

    /// <summary>Folders mean the stages in them and below them.</summary>
    [Parameter(ParameterSetName = "Name")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Only the named stages, without what they depend on.</summary>
    [Parameter]
    public SwitchParameter SingleItem { get; set; }

    /// <summary>Data that is in neither workspace nor cache is no reason.</summary>
    [Parameter]
    public SwitchParameter AllowMissing { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Name, Target);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var graph = RunPumped(_ => StageGraph.Build(repository.LoadStages()));
        var targets = Requested(SelectionOf(graph.Set, layout), requested, Recurse) ?? graph.Stages;
        var order = graph.Order(targets, SingleItem ? StageScope.Single : StageScope.Upstream);
        var plan = RunPumped(context => RunPlanner.Plan(repository, graph, order, new RunOptions { AllowMissing = AllowMissing }, context));
        foreach (var planned in plan.Stages)
        {
            if (plan.Problems.TryGetValue(planned.Stage.Address, out var problem))
                WriteError(problem, planned.Stage.Address);
            foreach (var reason in planned.Reasons)
                WriteObject(reason);
        }
    }
}
