using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Cmdlets;

/// <summary>Shows which stage depends on which.</summary>
[Cmdlet(VerbsCommon.Get, "StageGraph", DefaultParameterSetName = "Name")]
[OutputType(typeof(StageNode), typeof(string))]
public sealed class GetStageGraphCommand : RepositoryCmdlet
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

    /// <summary>Show outputs instead of stages.</summary>
    [Parameter]
    public SwitchParameter Output { get; set; }

    /// <summary>Objects, lines for the console, Mermaid, or DOT.</summary>
    [Parameter]
    public StageGraphFormat As { get; set; }

    /// <summary>Everything that is connected with the named stages, not only what they depend on.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <summary>The named stages and what depends on them, instead of what they depend on.</summary>
    [Parameter]
    public SwitchParameter Downstream { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Name, Target);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Full && Downstream)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-Full and -Downstream do not fit together.", null, "Use one of them."));
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var graph = RunPumped(_ => StageGraph.Build(repository.LoadStages()));
        var named = Requested(SelectionOf(graph.Set, layout), requested);
        var shown = named is null ? graph.Stages : graph.Related(named, Full ? StageScope.Pipeline : Downstream ? StageScope.Downstream : StageScope.Upstream);
        var view = Output ? StageGraphView.OfOutputs(graph, [.. shown], FolderIn(layout)) : StageGraphView.OfStages(graph, [.. shown], FolderIn(layout));
        switch (As)
        {
            case StageGraphFormat.Tree:
                WriteObject(view.ToLines(), enumerateCollection: true);
                break;
            // One text, as a file of that kind holds it; the console ends the last line itself.
            case StageGraphFormat.Mermaid:
                WriteObject(view.ToMermaid().TrimEnd('\n'));
                break;
            case StageGraphFormat.Dot:
                WriteObject(view.ToDot().TrimEnd('\n'));
                break;
            default:
                WriteObject(view.Nodes(), enumerateCollection: true);
                break;
        }
    }
}
