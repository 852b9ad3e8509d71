using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>What a run would do with a stage, as far as that is known before it.</summary>
public enum PlannedAction
{
    /// <summary>Nothing: it is up to date.</summary>
    None,
    /// <summary>Run its commands.</summary>
    Run,
    /// <summary>Run its commands, unless the stages before it make what they made before.</summary>
    RunIfChanged,
    /// <summary>Bring the outputs of an earlier run back from the cache.</summary>
    Restore,
    /// <summary>Record changed data (a <c>.dvc</c> file).</summary>
    Record,
    /// <summary>Look whether its data is there (a frozen stage, an import).</summary>
    Verify,
}

/// <summary>A stage of a plan.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Action">What would be done.</param>
/// <param name="Reasons">Why; empty when nothing would be done.</param>
public sealed record PlannedStage(StageDefinition Stage, PlannedAction Action, IReadOnlyList<StageReason> Reasons);

/// <summary>What a run of stages would do, in its order: pure data.</summary>
/// <param name="Stages">Every selected stage; what a stage reads comes before it.</param>
/// <param name="Graph">What depends on what.</param>
/// <param name="Problems">Stages whose state cannot be found out, with the error; they fail when their turn comes.</param>
public sealed record RunPlan(IReadOnlyList<PlannedStage> Stages, StageGraph Graph, IReadOnlyDictionary<string, DataVersionException> Problems);
