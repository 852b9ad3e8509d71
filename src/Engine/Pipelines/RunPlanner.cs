using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Says which stages would run and why. All files are looked at in one batch; what a stage that runs will make is not known, so what
/// comes after it may turn out to be up to date.
/// </summary>
public static class RunPlanner
{
    private static readonly IReadOnlyDictionary<string, ContentHash?> NothingMade = new Dictionary<string, ContentHash?>();

    /// <summary>Plans a run. Changes nothing.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="graph">What depends on what.</param>
    /// <param name="order">The selected stages; what a stage reads comes before it.</param>
    /// <param name="options">What the user asked for.</param>
    /// <param name="context">Cancellation and progress.</param>
    public static RunPlan Plan(Repository repository, StageGraph graph, IReadOnlyList<StageDefinition> order, RunOptions options, OperationContext context) =>
        Plan(repository, graph, order, options, new PathContents(repository), repository.ReadParameters(), context);

    /// <summary>The state of each stage of a plan, by address.</summary>
    public static Dictionary<string, StageState> StatesOf(RunPlan plan) => plan.Stages.ToDictionary(planned => planned.Stage.Address, planned => planned switch
    {
        _ when plan.Problems.ContainsKey(planned.Stage.Address) => StageState.Unknown,
        { Reasons.Count: 0 } => StageState.UpToDate,
        _ when planned.Reasons.Any(reason => reason.Kind == StageReasonKind.NeverRun) => StageState.NeverRun,
        _ => StageState.Changed,
    }, StringComparer.Ordinal);

    internal static RunPlan Plan(Repository repository, StageGraph graph, IReadOnlyList<StageDefinition> order, RunOptions options, PathContents contents,
        ParameterFiles parameters, OperationContext context)
    {
        var inspector = new StageInspector(repository, parameters, contents, options.AllowMissing);
        contents.Look(order.SelectMany(stage => StageInspector.PathsOf(stage, stage.Locked)), context);
        var planned = new List<PlannedStage>(order.Count);
        var running = new HashSet<string>(StringComparer.Ordinal);
        var problems = new Dictionary<string, DataVersionException>(StringComparer.Ordinal);
        var records = new StageInputs(contents, parameters, context);
        foreach (var stage in order)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            try
            {
                var reasons = inspector.Reasons(stage, stage.Locked, NothingMade, context);
                if (options.Force && stage.HasCommand && !stage.Frozen)
                    reasons.Insert(0, new StageReason { Target = stage.Address, Kind = StageReasonKind.Forced });
                var isOwn = reasons.Count > 0;
                foreach (var producer in graph.RunsAfter(stage).Where(producer => running.Contains(producer.Address)))
                        reasons.Add(new StageReason { Target = stage.Address, Kind = StageReasonKind.UpstreamChanged, Path = producer.Address });
                var action = ActionOf(stage, reasons, isOwn);
                if (action == PlannedAction.Run && !options.Force && reasons.TrueForAll(reason => reason.Kind != StageReasonKind.UpstreamChanged)
                    && new StageRestoring(repository, inspector, options).Find(stage, stage.Locked, () => records.Of(stage, stage.Locked), reasons) is not null)
                    action = PlannedAction.Restore;
                if (action is PlannedAction.Run or PlannedAction.RunIfChanged)
                    running.Add(stage.Address);
                planned.Add(new PlannedStage(stage, action, reasons));
            }
            catch (DataVersionException error)
            {
                problems[stage.Address] = error;
                planned.Add(new PlannedStage(stage, PlannedAction.Run, []));
            }
        }
        return new RunPlan(planned, graph, problems);
    }

    private static PlannedAction ActionOf(StageDefinition stage, List<StageReason> reasons, bool isOwn)
    {
        if (reasons.Count == 0)
            return PlannedAction.None;
        if (stage.HasCommand && !stage.Frozen)
            return isOwn ? PlannedAction.Run : PlannedAction.RunIfChanged;
        return stage.Kind == StageKind.Data && reasons.Exists(reason => reason.Kind is StageReasonKind.OutputModified or StageReasonKind.OutputNew
            or StageReasonKind.OutputNotInCache && reason.NewValue is not null) ? PlannedAction.Record : PlannedAction.Verify;
    }
}
