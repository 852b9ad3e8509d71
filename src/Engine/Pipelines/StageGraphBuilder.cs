using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>Finds who makes what a stage reads, and refuses what cannot be (DVC spec 6.1, 7.9).</summary>
internal sealed class StageGraphBuilder(IReadOnlyList<StageDefinition> stages)
{
    private readonly StageOutputIndex outputs = new(stages);

    /// <summary>The outputs of the stages.</summary>
    public StageOutputIndex Outputs => outputs;

    /// <summary>Of each stage the numbers of those that make what it reads, in the order in which it names them.</summary>
    /// <exception cref="DataVersionException">OutputConflict; StageCycle.</exception>
    public int[][] Build()
    {
        CheckOutputs();
        var producers = new int[stages.Count][];
        var seen = new HashSet<int>();
        var found = new List<int>();
        for (var i = 0; i < producers.Length; i++)
        {
            seen.Clear();
            found.Clear();
            foreach (var path in Inputs(stages[i]))
                foreach (var output in outputs.Overlapping(path))
                    if (seen.Add(outputs.Outputs[output].Stage))
                        found.Add(outputs.Outputs[output].Stage);
            producers[i] = found.Count == 0 ? [] : [.. found];
        }
        CheckCycles(producers);
        return producers;
    }

    /// <summary>The paths that a stage reads and that other stages may make: dependencies, then files of parameters.</summary>
    public static IEnumerable<string> Inputs(StageDefinition stage) => stage.Kind == StageKind.RepositoryImport
        ? [] : stage.Dependencies.Where(path => !path.IsDataset).Select(path => path.Path).Concat(stage.Parameters.Select(file => file.Path));

    private void CheckOutputs()
    {
        if (outputs.FirstConflict() is { } conflict)
        {
            var (outer, inner) = (outputs.Outputs[conflict.Outer], outputs.Outputs[conflict.Inner]);
            throw outer.Path.Path == inner.Path.Path
                ? Conflict(inner.Path.Path, outer.Stage == inner.Stage
                    ? $"{Place(outer)} names the output '{outer.Path.Path}' twice, again on line {LineOf(inner)}."
                    : $"'{outer.Path.Path}' is an output of two stages: of {Place(outer)} and of {Place(inner)}.")
                : Conflict(inner.Path.Path,
                    $"The outputs of stages lie inside each other: '{inner.Path.Path}' of {Place(inner)} inside '{outer.Path.Path}' of {Place(outer)}.");
        }
        foreach (var file in stages.Select(stage => stage.MetadataPath).Distinct(StringComparer.Ordinal))
            foreach (var output in outputs.Overlapping(file))
                throw Conflict(file, $"The metadata file '{file}' lies inside '{outputs.Outputs[output].Path.Path}', an output of {Place(outputs.Outputs[output])}.");
    }

    private static DataVersionException Conflict(string path, string message) => new(DataErrorKind.OutputConflict, message, path,
        "Take the output out of one of the stages, or remove one of them with Remove-Stage or Remove-DataFile.");

    private string Place((int Stage, StageOutputPath Path) output) => stages[output.Stage] is var stage && stage.Kind == StageKind.Pipeline
        ? $"'{stage.Address}' ('{stage.MetadataPath}' line {LineOf(output)})" : $"'{stage.MetadataPath}' line {LineOf(output)}";

    private int LineOf((int Stage, StageOutputPath Path) output) =>
        output.Path.Flags.Line > 0 ? output.Path.Flags.Line : stages[output.Stage].Line;

    // Without recursion: a chain may be longer than the stack is deep.
    private void CheckCycles(int[][] producers)
    {
        var state = new byte[producers.Length];
        var path = new List<(int Stage, int Next)>();
        for (var root = 0; root < producers.Length; root++)
        {
            if (state[root] != 0)
                continue;
            path.Add((root, 0));
            state[root] = 1;
            while (path.Count > 0)
            {
                var (stage, next) = path[^1];
                if (next == producers[stage].Length)
                {
                    state[stage] = 2;
                    path.RemoveAt(path.Count - 1);
                    continue;
                }
                path[^1] = (stage, next + 1);
                var producer = producers[stage][next];
                if (state[producer] == 1)
                    throw Cycle([.. path.Select(step => step.Stage).SkipWhile(step => step != producer)]);
                if (state[producer] == 0)
                {
                    state[producer] = 1;
                    path.Add((producer, 0));
                }
            }
        }
    }

    private DataVersionException Cycle(int[] circle)
    {
        var steps = circle.Take(10).Select((stage, i) =>
        {
            var producer = circle[(i + 1) % circle.Length];
            var path = Inputs(stages[stage]).First(path => outputs.Overlapping(path).Any(output => outputs.Outputs[output].Stage == producer));
            return circle.Length == 1 ? $"{stages[stage].Place} reads '{path}' and makes it"
                : $"{stages[stage].Place} reads '{path}', which '{stages[producer].Address}' makes";
        });
        return new DataVersionException(DataErrorKind.StageCycle,
            $"Stages depend on each other in a circle: {string.Join("; ", steps)}{(circle.Length > 10 ? "; ..." : "")}.",
            stages[circle[0]].MetadataPath, "Take one of these dependencies or outputs out of its stage.");
    }
}
