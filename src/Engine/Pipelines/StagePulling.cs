using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>Brings the data that a stage lacks, what it makes or what it reads, instead of running it or failing for it.</summary>
internal sealed class StagePulling(StageGraph graph, RunOptions options, StageRecords records, StageInspector inspector, StageOutputs outputs, OperationContext context)
{
    /// <summary>Brings what can be had, and says why the stage would run then.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="reasons">Why it would run now.</param>
    /// <param name="made">Hashes of paths that stages made in this run.</param>
    public List<StageReason> Pull(StageDefinition stage, IReadOnlyList<StageReason> reasons, IReadOnlyDictionary<string, ContentHash?> made)
    {
        var wanted = new List<TrackedOutput>();
        foreach (var reason in reasons)
            if (reason.Kind is StageReasonKind.OutputMissing or StageReasonKind.OutputNotInCache)
                wanted.AddRange(OutputsOf(stage).Where(output => output.Path == reason.Path));
            else if (reason.Kind == StageReasonKind.DependencyMissing)
                wanted.AddRange(graph.ProducersOf(stage).SelectMany(OutputsOf).Where(output => Overlap(output.Path, reason.Path!)));
        wanted.RemoveAll(output => output.Hash is null);
        if (wanted.Count == 0)
            return [.. reasons];
        options.Fetch?.Invoke(wanted);
        outputs.Bring(wanted);
        return inspector.Reasons(stage, records.Of(stage), made, context);
    }

    private IEnumerable<TrackedOutput> OutputsOf(StageDefinition owner) => owner.Outputs.Where(output => output is { IsExternal: false, Flags.UseCache: true })
        .Select(output => StageOutputs.ToTracked(owner, output, records.Of(owner)?.Outputs.Find(entry => entry.Path == output.Text) ?? owner.RecordedOutput(output.Text)));

    private static bool Overlap(string left, string right) => left == right
        || left.StartsWith(right + "/", StringComparison.Ordinal) || right.StartsWith(left + "/", StringComparison.Ordinal);
}
