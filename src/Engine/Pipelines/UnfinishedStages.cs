using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Stages whose last run here did not end well: what lies in the place of their outputs is half-made and worth nothing. Kept in
/// <c>.dvc/tmp/dataversion/unfinished</c>, per line an address, the run that began it, and what files it left; lost, such outputs are
/// stored before they are replaced, which costs space.
/// </summary>
internal sealed class UnfinishedStages
{
    private readonly string path;
    private readonly Dictionary<string, (string Run, string Left)> runs = new(StringComparer.Ordinal);
    private bool changed;

    private UnfinishedStages(string path) => this.path = path;

    public static UnfinishedStages Load(RepositoryLayout layout)
    {
        var stages = new UnfinishedStages(Path.Join(layout.StateFolder, "unfinished"));
        try
        {
            if (File.Exists(stages.path))
                foreach (var line in File.ReadAllLines(stages.path))
                    if (line.Split('\t') is [var address, var run, var left])
                        stages.runs[address] = (run, left);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It only saves space.
        }
        return stages;
    }

    /// <summary>Remembers a stage that was begun by a run and not finished.</summary>
    /// <param name="address">The stage.</param>
    /// <param name="run">The run.</param>
    /// <param name="left">Which files it left, see <see cref="StageOutputs.FilesOf"/>; empty when the run was killed and could not look.</param>
    public void Add(string address, string run, string left) => (runs[address], changed) = ((run, left), true);

    /// <summary>Forgets a stage and says which files it left; null when it was not among them.</summary>
    /// <exception cref="DataVersionException">RepositoryBusy: a command that the killed run started still runs and may write the outputs.</exception>
    public string? Remove(string address)
    {
        if (!runs.TryGetValue(address, out var known))
            return null;
        if (ProcessTree.Marked(known.Run, stage: null) is { Count: > 0 } alive)
            throw new DataVersionException(DataErrorKind.RepositoryBusy,
                $"The stage '{address}' cannot begin: commands of an earlier run, which was killed, are still running (PID {string.Join(", ", alive)}).", address,
                "Wait until they end, or end them, and run Invoke-Stage again.");
        changed = true;
        runs.Remove(address);
        return known.Left;
    }

    public void Save()
    {
        if (!changed)
            return;
        try
        {
            AtomicFile.Write(path, string.Concat(runs.Select(pair => $"{pair.Key}\t{pair.Value.Run}\t{pair.Value.Left}\n")), durable: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It only saves space.
        }
    }
}
