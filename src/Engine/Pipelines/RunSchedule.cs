using System.Diagnostics.CodeAnalysis;
using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Which stage is next: the first in the order of the plan whose producers have ended and whose share of the machine is free. A stage
/// says in <c>meta: {dataversion: {mutex: [gpu0], cpu: 4}}</c> what it does not share and how many of the places it takes.
/// </summary>
internal sealed class RunSchedule
{
    private readonly Dictionary<string, int> rank = new(StringComparer.Ordinal);
    private readonly RunPlan plan;
    private readonly int[] waitsFor;
    private readonly List<int>[] consumers, producers;
    private readonly StageOutcome?[] outcomes;
    private readonly SortedSet<int> ready = [];
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);
    private readonly int places;
    private int used;

    public RunSchedule(RunPlan plan, int places)
    {
        (this.plan, this.places) = (plan, places);
        var count = plan.Stages.Count;
        (waitsFor, outcomes) = (new int[count], new StageOutcome?[count]);
        (consumers, producers) = (new List<int>[count], new List<int>[count]);
        for (var i = 0; i < count; i++)
            (rank[plan.Stages[i].Stage.Address], consumers[i], producers[i]) = (i, [], []);
        for (var i = 0; i < count; i++)
        {
            foreach (var producer in plan.Graph.RunsAfter(plan.Stages[i].Stage))
                if (rank.TryGetValue(producer.Address, out var before) && before != i)
                {
                    consumers[before].Add(i);
                    producers[i].Add(before);
                }
            waitsFor[i] = producers[i].Count;
            if (waitsFor[i] == 0)
                ready.Add(i);
        }
    }

    /// <summary>How many stages have ended.</summary>
    public int Ended { get; private set; }

    /// <summary>The place of a stage in the order of the plan.</summary>
    public int RankOf(PlannedStage planned) => rank[planned.Stage.Address];

    /// <summary>The next stage, if one can begin; its share is taken until <see cref="End"/>.</summary>
    /// <param name="running">How many are running: one at least always runs, whatever it says it needs.</param>
    /// <param name="next">The stage.</param>
    public bool TryTake(int running, [NotNullWhen(true)] out PlannedStage? next)
    {
        next = null;
        if (running > 0 && used >= places)
            return false;
        foreach (var i in ready)
        {
            var (mutexes, cost) = ShareOf(plan.Stages[i].Stage);
            if (running > 0 && (used + cost > places || taken.Overlaps(mutexes)))
                continue;
            ready.Remove(i);
            used += cost;
            taken.UnionWith(mutexes);
            next = plan.Stages[i];
            return true;
        }
        return false;
    }

    /// <summary>A stage has ended.</summary>
    public void End(PlannedStage planned, StageOutcome outcome)
    {
        var i = RankOf(planned);
        if (outcomes[i] is not null)
            return;
        outcomes[i] = outcome;
        Ended++;
        Free(planned);
        foreach (var consumer in consumers[i])
            if (--waitsFor[consumer] == 0)
                ready.Add(consumer);
    }

    /// <summary>Gives the share of a stage back.</summary>
    private void Free(PlannedStage planned)
    {
        var (mutexes, cost) = ShareOf(planned.Stage);
        used -= cost;
        taken.ExceptWith(mutexes);
    }

    /// <summary>A stage that this one depends on and that failed or was not run; null when there is none.</summary>
    public StageDefinition? FailedBefore(PlannedStage planned)
    {
        foreach (var producer in producers[RankOf(planned)])
            if (outcomes[producer] is StageOutcome.Failed or StageOutcome.Skipped)
                return plan.Stages[producer].Stage;
        return null;
    }

    /// <summary>True when a stage that this one depends on did something, so that this one must be looked at again.</summary>
    public bool ChangedBefore(PlannedStage planned)
    {
        foreach (var producer in producers[RankOf(planned)])
            if (outcomes[producer] is not (StageOutcome.Unchanged or StageOutcome.Verified))
                return true;
        return false;
    }

    private (IEnumerable<string> Mutexes, int Cost) ShareOf(StageDefinition stage)
    {
        if ((stage.Meta as YamlMap)?["dataversion"] is not YamlMap ours)
            return ([], 1);
        IEnumerable<string> mutexes = ours["mutex"] switch
        {
            YamlSequence list => list.Items.OfType<YamlScalar>().Select(item => item.SourceText),
            YamlScalar { Kind: not YamlScalarKind.Null } one => [one.SourceText],
            _ => [],
        };
        var cost = (ours["cpu"] as YamlScalar)?.Value is long cpu ? (int)Math.Clamp(cpu, 1, places) : 1;
        return (mutexes, cost);
    }
}
