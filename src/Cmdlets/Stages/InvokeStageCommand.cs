using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Pipelines;

namespace DataVersion.Cmdlets;

/// <summary>Brings stages up to date: runs what changed and what depends on it, nothing else.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "Stage", SupportsShouldProcess = true, DefaultParameterSetName = "Name")]
[OutputType(typeof(StageResult))]
public sealed class InvokeStageCommand : RepositoryCmdlet
{
    private const StringSplitOptions LineSplitting = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;

    private readonly RequestedStages requested = new();

    /// <summary>Stages to bring up to date, with everything they depend on; without a name all of the current folder's <c>dvc.yaml</c>.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(StageNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Stages by their addresses from the root of the repository, as objects carry them.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "Target")]
    [Alias("Stage")]
    public string[]? Target { get; set; }

    /// <summary>All stages of the repository.</summary>
    [Parameter(ParameterSetName = "Name")]
    public SwitchParameter All { get; set; }

    /// <summary>Folders mean the stages in them and below them.</summary>
    [Parameter(ParameterSetName = "Name")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Run also what has not changed; restore nothing from earlier runs.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Only the named stages, without what they depend on.</summary>
    [Parameter]
    public SwitchParameter SingleItem { get; set; }

    /// <summary>The named stages and what depends on them, instead of what they depend on.</summary>
    [Parameter]
    public SwitchParameter Downstream { get; set; }

    /// <summary>Everything that is connected with the named stages, before and after them.</summary>
    [Parameter]
    public SwitchParameter WholePipeline { get; set; }

    /// <summary>Bring missing data and earlier runs from the remotes first.</summary>
    [Parameter]
    public SwitchParameter Pull { get; set; }

    /// <summary>Data that is in neither workspace nor cache is no reason to run a stage.</summary>
    [Parameter]
    public SwitchParameter AllowMissing { get; set; }

    /// <summary>Record hashes, but store nothing in the cache.</summary>
    [Parameter]
    public SwitchParameter NoCommit { get; set; }

    /// <summary>Run what could be restored from an earlier run; this run is remembered all the same.</summary>
    [Parameter]
    public SwitchParameter NoRunCache { get; set; }

    /// <summary>After a failure go on with what does not depend on it.</summary>
    [Parameter]
    public SwitchParameter KeepGoing { get; set; }

    /// <summary>Most stages at a time; 1, as in DVC, when not given.</summary>
    [Parameter, ValidateRange(1, 1024)]
    public int ThrottleLimit { get; set; } = 1;

    /// <summary>Do not show what the commands write; it is on the results and in the log files all the same.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Name, Target);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        RefuseWhatDoesNotFit();
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        using var locking = RunPumped(context => RunLock.Take(repository, Patience(LockTimeout), context));
        var graph = RunPumped(_ => StageGraph.Build(repository.LoadStages()));
        if (Targets(graph, layout) is not { Count: > 0 } targets)
            return;
        var order = graph.Order(targets, Downstream ? StageScope.Downstream : SingleItem ? StageScope.Single : WholePipeline ? StageScope.Pipeline : StageScope.Upstream);
        var options = new RunOptions
        {
            Force = Force, Pull = Pull, AllowMissing = AllowMissing, NoCommit = NoCommit, NoRunCache = NoRunCache, KeepGoing = KeepGoing,
            ThrottleLimit = ThrottleLimit, ShareInput = true, CurrentFolder = FolderIn(layout),
        };
        if (Pull && !NoRunCache && ShouldProcess(layout.Root, "Fetch earlier runs of stages from the remote"))
            RunPumped(pump => FetchFor(repository, pump).RunsAsync());
        var plan = RunPumped(context => RunPlanner.Plan(repository, graph, order, options, context));
        plan = plan with { Stages = [.. plan.Stages.Where(MayRun)] };
        if (IsWhatIf)
            return;
        RunPumped(pump =>
        {
            var fetch = FetchFor(repository, pump);
            return PipelineRunner.RunAsync(repository, plan, options with { Fetch = Pull ? fetch.Outputs : null, Import = fetch.Import }, EventsOf(pump), locking, pump.Context);
        });
    }

    private void RefuseWhatDoesNotFit()
    {
        (string Name, bool IsGiven)[] all = [("-SingleItem", SingleItem), ("-Downstream", Downstream), ("-WholePipeline", WholePipeline)];
        string[] scopes = [.. all.Where(scope => scope.IsGiven).Select(scope => scope.Name)];
        if (scopes.Length > 1)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, $"{string.Join(" and ", scopes)} do not fit together.", null, "Use one of them."));
        if (All && !requested.IsEmpty)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-All means all stages, so names do not fit to it.", null, "Use -All or names."));
    }

    private bool IsWhatIf => MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given) ? (SwitchParameter)given
        : SessionState.PSVariable.GetValue("WhatIfPreference") is true or SwitchParameter { IsPresent: true };

    private IReadOnlyList<StageDefinition> Targets(StageGraph graph, Engine.Repositories.RepositoryLayout layout)
    {
        var selection = SelectionOf(graph.Set, layout);
        if (All)
            return graph.Set.Stages;
        if (Requested(selection, requested, Recurse) is { } named)
            return named;
        var here = selection.Default(Recurse);
        if (here.Count == 0)
            Fail(new DataVersionException(DataErrorKind.StageNotFound, "There is no stage here: the current folder has no dvc.yaml, or it defines none.", FolderIn(layout),
                "Name a stage, run all stages of the repository with -All, or define one with Add-Stage."));
        return here;
    }

    private bool MayRun(PlannedStage planned)
    {
        if (planned.Action == PlannedAction.None)
            return true;
        var why = string.Join("; ", planned.Reasons);
        var what = planned.Action switch
        {
            PlannedAction.Run => "Run",
            PlannedAction.RunIfChanged => "Run, if the stages before it make something new",
            PlannedAction.Restore => "Restore the outputs of an earlier run",
            PlannedAction.Record => "Record changed data",
            _ => "Look whether its data is there",
        };
        var commands = planned.Action is PlannedAction.Run or PlannedAction.RunIfChanged ? $": {string.Join(" ; ", planned.Stage.CommandTexts.SelectMany(text => text.Split('\n', LineSplitting)))}" : "";
        return ShouldProcess(planned.Stage.Address, $"{what} ({why}){commands}");
    }

    private RunEvents EventsOf(CmdletPump pump) => new()
    {
        Started = stage =>
        {
            if (!Quiet)
                pump.WriteHost($"Running stage '{stage.Address}':\n{string.Join('\n', stage.CommandTexts.Select(command => "> " + command))}");
        },
        Wrote = (stage, text) =>
        {
            if (!Quiet)
                pump.WriteHost(ThrottleLimit == 1 ? text.TrimEnd('\n') : Prefixed(stage.Address, text));
        },
        Ended = (result, error) =>
        {
            pump.WriteObject(result);
            if (error is not null)
                pump.WriteError(error, result.Target);
        },
    };

    private static string Prefixed(string address, string text) =>
        $"[{address}] " + text.TrimEnd('\n').Replace("\n", $"\n[{address}] ", StringComparison.Ordinal);

    private StageFetch FetchFor(Repository repository, CmdletPump pump)
    {
        var access = new RemoteAccess(this);
        return new StageFetch(repository, remote => access.OpenAny(remote, pump), pump.Context);
    }
}
