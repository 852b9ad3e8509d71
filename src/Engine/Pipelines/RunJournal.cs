using System.Text;
using System.Text.Json;
using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// What a run of stages has finished, one line per event, so that <c>dvc.lock</c> need not be written after each stage and yet
/// nothing is forgotten: a killed run's journal is carried into <c>dvc.lock</c> by the next command. One file per run, in
/// <c>.dvc/tmp/dataversion/journal</c>; its owner keeps it locked, so whoever can lock it knows that the owner is gone. Lines are
/// JSON; a line that was torn by the kill does not count.
/// </summary>
internal sealed class RunJournal : IDisposable
{
    private readonly string path;
    private readonly IDisposable guard;
    private readonly FileStream stream;

    private RunJournal(string path, IDisposable guard)
    {
        (this.path, this.guard) = (path, guard);
        stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1);
    }

    /// <summary>Begins a journal. The caller holds the repository's lock.</summary>
    /// <exception cref="IOException">The file cannot be made.</exception>
    public static RunJournal Begin(RepositoryLayout layout)
    {
        var folder = FolderOf(layout);
        Directory.CreateDirectory(folder);
        var path = Path.Join(folder, $"{DateTime.UtcNow:yyyyMMddTHHmmssfff}-{Environment.ProcessId}.jsonl");
        return new RunJournal(path, FileLock.TryTake(path + ".lock") ?? throw new IOException($"'{path}.lock' is in use."));
    }

    /// <summary>A stage begins: until it is done its outputs are worth nothing.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="run">The run that its commands are marked with.</param>
    public void Started(StageDefinition stage, string run) => Append(new Line("start", stage.MetadataPath, stage.Name, run, null));

    /// <summary>A stage is done.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="record">What <c>dvc.lock</c> is to say of it.</param>
    /// <param name="replaced">What <c>dvc.lock</c> says now; null when nothing.</param>
    public void Done(StageDefinition stage, LockedStage record, LockedStage? replaced) =>
        Append(new Line("done", stage.MetadataPath, stage.Name, YamlWriter.Write((YamlMap)YamlCopy.WithoutLook(record.ToNode())), DigestOf(replaced)));

    /// <summary>A stage is done, and its own file says so.</summary>
    public void Written(StageDefinition stage) => Append(new Line("done", stage.MetadataPath, stage.Name, null, null));

    /// <summary>A stage ended without a result.</summary>
    public void Failed(StageDefinition stage) => Append(new Line("fail", stage.MetadataPath, stage.Name, null, null));

    /// <summary>Everything is in <c>dvc.lock</c>: the journal goes.</summary>
    public void Complete()
    {
        FileRemoval.Try(path);
        Dispose();
        FileRemoval.Try(path + ".lock");
    }

    /// <summary>Lets go of the journal without taking it away.</summary>
    public void Dispose()
    {
        stream.Dispose();
        guard.Dispose();
    }

    /// <summary>
    /// Carries the journals of killed runs into <c>dvc.lock</c>. The caller holds the repository's lock. A stage of which
    /// <c>dvc.lock</c> says something else by now stays as it is: somebody ran it since.
    /// </summary>
    public static void Replay(Repository repository, OperationContext context)
    {
        var folder = FolderOf(repository.Layout);
        if (!Directory.Exists(folder))
            return;
        foreach (var journal in Directory.GetFiles(folder, "*.jsonl").Order(StringComparer.Ordinal))
        {
            using (var owner = FileLock.TryTake(journal + ".lock"))
            {
                if (owner is null)
                    continue;
                try
                {
                    Replay(repository, Read(journal), context);
                }
                catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
                {
                    context.Warn($"What a killed run of stages had finished could not be recorded, it stays in '{journal}': {error.Message}");
                    continue;
                }
                FaultPoint.Reach("journal.replayed");
                FileRemoval.Try(journal);
            }
            FileRemoval.Try(journal + ".lock");
        }
    }

    private static void Replay(Repository repository, List<Line> lines, OperationContext context)
    {
        var open = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
            if (line.Event == "start")
                open[AddressOf(line)] = line.Record ?? "";
            else if (line.Event == "done")
                open.Remove(AddressOf(line));
        if (open.Count > 0)
        {
            var unfinished = UnfinishedStages.Load(repository.Layout);
            foreach (var (address, run) in open)
                unfinished.Add(address, run, "");
            unfinished.Save();
        }
        var replayed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in lines.Where(line => line is { Event: "done", Record: not null }).GroupBy(line => line.File))
        {
            var lockPath = MetadataPath.Join(MetadataPath.FolderOf(file.Key), LockFile.FileName);
            var absolute = repository.Layout.ToAbsolute(lockPath);
            var text = File.Exists(absolute) ? File.ReadAllText(absolute) : null;
            var now = text is null ? null : LockFile.Parse(text, lockPath);
            var records = new List<LockedStage>();
            foreach (var line in file.Reverse().DistinctBy(line => line.Stage).Reverse())
                // The first line of a stage knows what the run found, the last one what it made.
                if (DigestOf(now?.FindStage(line.Stage)) == file.First(first => first.Stage == line.Stage).Replaced && Parse(line) is { } record)
                    records.Add(record);
            if (records.Count == 0)
                continue;
            AtomicFile.Write(absolute, LockFile.WithStages(text, records, lockPath));
            replayed.UnionWith(records.Select(record => StageSet.AddressOf(file.Key, record.Name)));
            context.Trace($"{records.Count} stage(s) that a killed run had finished were recorded in '{lockPath}'.");
        }
        if (replayed.Count > 0)
            new MetadataUpdate(repository).Ignore([.. repository.LoadStages([]).Stages.Where(stage => replayed.Contains(stage.Address)).SelectMany(StageRecords.IgnoredOutputs)]);
    }

    private static LockedStage? Parse(Line line)
    {
        try
        {
            return LockedStage.Parse(new MetadataSchema(line.Stage), new YamlScalar(line.Stage), YamlReader.Parse(line.Record!, line.Stage)!);
        }
        catch (DataVersionException)
        {
            return null;
        }
    }

    private static List<Line> Read(string path)
    {
        var lines = new List<Line>();
        foreach (var text in File.ReadLines(path))
            try
            {
                using var json = JsonDocument.Parse(text);
                var root = json.RootElement;
                lines.Add(new Line(root.GetProperty("event").GetString()!, root.GetProperty("file").GetString()!, root.GetProperty("stage").GetString()!,
                    root.TryGetProperty("record", out var record) ? record.GetString() : null,
                    root.TryGetProperty("replaced", out var replaced) ? replaced.GetString() : null));
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
            {
                // Torn by the kill, so it was not yet true.
            }
        return lines;
    }

    private static string AddressOf(Line line) => MetadataPath.IsDataFile(line.File) ? line.Stage : StageSet.AddressOf(line.File, line.Stage);

    private static string FolderOf(RepositoryLayout layout) => Path.Join(layout.StateFolder, "journal");

    private static string? DigestOf(LockedStage? record) => record is null ? null : PythonJson.ToText(record.ToNode());

    private void Append(Line line)
    {
        var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("event", line.Event);
            json.WriteString("file", line.File);
            json.WriteString("stage", line.Stage);
            if (line.Record is not null)
                json.WriteString("record", line.Record);
            if (line.Replaced is not null)
                json.WriteString("replaced", line.Replaced);
            json.WriteEndObject();
        }
        buffer.WriteByte((byte)'\n');
        // One write per line, so that a kill leaves whole lines.
        stream.Write(buffer.GetBuffer(), 0, (int)buffer.Length);
        stream.Flush();
    }

    private sealed record Line(string Event, string File, string Stage, string? Record, string? Replaced);
}
