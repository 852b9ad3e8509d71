using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Stages whose last run here did not end well: what lies in the place of their outputs is half-made and worth nothing. Kept in
/// <c>.dvc/tmp/dataversion/unfinished</c>, per line an address and the run that began it; lost, such outputs are stored before they are
/// replaced, which costs space.
/// </summary>
internal sealed class UnfinishedStages
{
    private readonly string path;
    private readonly Dictionary<string, string> runs = new(StringComparer.Ordinal);
    private bool changed;

    private UnfinishedStages(string path) => this.path = path;

    public static UnfinishedStages Load(RepositoryLayout layout)
    {
        var stages = new UnfinishedStages(Path.Join(layout.StateFolder, "unfinished"));
        try
        {
            if (File.Exists(stages.path))
                foreach (var line in File.ReadAllLines(stages.path))
                    if (line.LastIndexOf('\t') is > 0 and var tab)
                        stages.runs[line[..tab]] = line[(tab + 1)..];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It only saves space.
        }
        return stages;
    }

    /// <summary>Remembers a stage that was begun by a run and not finished.</summary>
    public void Add(string address, string run) => (runs[address], changed) = (run, true);

    /// <summary>Forgets a stage; true when it was among them.</summary>
    /// <exception cref="DataVersionException">RepositoryBusy: a command that the killed run started still runs and may write the outputs.</exception>
    public bool Remove(string address)
    {
        if (!runs.TryGetValue(address, out var run))
            return false;
        if (ProcessTree.Marked(run, stage: null) is { Count: > 0 } alive)
            throw new DataVersionException(DataErrorKind.RepositoryBusy,
                $"The stage '{address}' cannot begin: commands of an earlier run, which was killed, are still running (PID {string.Join(", ", alive)}).", address,
                "Wait until they end, or end them, and run Invoke-Stage again.");
        changed = true;
        return runs.Remove(address);
    }

    public void Save()
    {
        if (!changed)
            return;
        try
        {
            AtomicFile.Write(path, string.Concat(runs.Select(pair => $"{pair.Key}\t{pair.Value}\n")), durable: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It only saves space.
        }
    }
}
