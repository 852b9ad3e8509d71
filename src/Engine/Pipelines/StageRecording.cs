using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Records what is there of a stage as its run: outputs into the cache, the run into the run cache, both into the metadata. After
/// its commands ran, after an earlier run was restored, for a frozen stage, and when the user says that it is as if it had run.
/// </summary>
internal sealed class StageRecording(Repository repository, StageRecords records, StageOutputs outputs, bool noCommit)
{
    /// <summary>Records a stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="given">What it ran with; gets the outputs.</param>
    /// <param name="rank">Its place in the order of the run.</param>
    /// <param name="noRelink">Leave the files as they are instead of linking them to the cache.</param>
    /// <returns>What it made.</returns>
    /// <exception cref="DataVersionException">An output is missing, cannot be read or stored; nothing was recorded.</exception>
    public IReadOnlyList<TakenOutput> Record(StageDefinition stage, LockedStage given, int rank, bool noRelink = false)
    {
        // DVC keeps no run of a stage that has an ordinary output outside of the cache.
        var keep = !noCommit && RunCache.Admits(stage) && stage.Outputs.All(output => output.Flags.UseCache || output.Flags.Kind != OutputKind.Output);
        var taken = outputs.Take(stage, noCommit, alsoUncached: keep, noRelink);
        given.Outputs.Clear();
        given.Outputs.AddRange(taken.Select(output => output.Entry));
        if (keep)
            new RunCache(repository).Save(given);
        records.Add(stage, given, rank);
        return taken;
    }
}
