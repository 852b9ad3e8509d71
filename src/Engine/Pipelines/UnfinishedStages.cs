using DataVersion.Engine.Files;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Stages whose last run here did not end well: what lies in the place of their outputs is half-made and worth nothing. Kept in
/// <c>.dvc/tmp/dataversion/unfinished</c>, one address per line; lost, such outputs are stored before they are replaced, which costs space.
/// </summary>
internal sealed class UnfinishedStages
{
    private readonly string path;
    private readonly HashSet<string> addresses;
    private bool changed;

    private UnfinishedStages(string path, IEnumerable<string> addresses) => (this.path, this.addresses) = (path, [.. addresses]);

    public static UnfinishedStages Load(RepositoryLayout layout)
    {
        var path = Path.Join(layout.StateFolder, "unfinished");
        try
        {
            return new UnfinishedStages(path, File.Exists(path) ? File.ReadAllLines(path) : []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return new UnfinishedStages(path, []);
        }
    }

    public void Add(string address) => changed |= addresses.Add(address);

    /// <summary>Forgets a stage; true when it was among them.</summary>
    public bool Remove(string address)
    {
        var was = addresses.Remove(address);
        changed |= was;
        return was;
    }

    public void Save()
    {
        if (!changed)
            return;
        try
        {
            AtomicFile.Write(path, string.Join('\n', addresses.Order(StringComparer.Ordinal)), durable: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It only saves space.
        }
    }
}
