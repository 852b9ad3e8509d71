using DataVersion.Engine.Metadata;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// What is recorded of stages during a run: in the journal at once, in <c>dvc.lock</c> at the end. A <c>.dvc</c> file of an old
/// stage is written at once, as nothing else is in it.
/// </summary>
internal sealed class StageRecords(Repository repository, RunJournal journal)
{
    private readonly Dictionary<string, LockedStage> now = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (StageDefinition Stage, int Rank)> unwritten = new(StringComparer.Ordinal);
    private readonly List<(StageDefinition Stage, int Rank)> unignored = [];
    private readonly MetadataUpdate metadata = new(repository);

    /// <summary>The record of a stage as it is now; null when there is none.</summary>
    public LockedStage? Of(StageDefinition stage) => now.GetValueOrDefault(stage.Address) ?? stage.Locked;

    /// <summary>Records a finished stage.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="record">Its record, complete.</param>
    /// <param name="rank">Its place in the order of the run, which is the order of <c>dvc.lock</c>.</param>
    public void Add(StageDefinition stage, LockedStage record, int rank)
    {
        if (stage.Document is { } document)
        {
            WriteDataFile(stage, document, record);
            journal.Written(stage);
        }
        else
        {
            journal.Done(stage, record, Of(stage));
            unwritten[stage.Address] = (stage, rank);
        }
        unignored.Add((stage, rank));
        now[stage.Address] = record;
        FaultPoint.Reach("stage.recorded");
    }

    /// <summary>
    /// Writes what is not in <c>dvc.lock</c> yet, and makes Git ignore what was made. The caller holds the repository's lock.
    /// </summary>
    /// <exception cref="DataVersionException">A file cannot be read or written; what it was to hold stays in the journal.</exception>
    public void Write()
    {
        Ignore();
        foreach (var file in unwritten.Values.GroupBy(item => item.Stage.MetadataPath).ToList())
        {
            var path = MetadataPath.Join(MetadataPath.FolderOf(file.Key), LockFile.FileName);
            var absolute = repository.Layout.ToAbsolute(path);
            // Read again: while commands ran, another process may have recorded other stages.
            var text = File.Exists(absolute) ? File.ReadAllText(absolute) : null;
            var old = text is null ? null : LockFile.Parse(text, path);
            foreach (var item in file)
                KeepVersions(now[item.Stage.Address], old?.FindStage(now[item.Stage.Address].Name));
            var changed = file.OrderBy(item => item.Rank).Select(item => now[item.Stage.Address])
                .Where(record => old?.FindStage(record.Name) is not { } known || !YamlNode.SameValue(known.ToNode(), record.ToNode())).ToList();
            if (changed.Count > 0)
                metadata.Write(path, LockFile.WithStages(text, changed, path));
            foreach (var item in file)
                unwritten.Remove(item.Stage.Address);
        }
        metadata.Flush();
        FaultPoint.Reach("run.written");
    }

    // What a remote has of an output is true as long as the run made the same again.
    private static void KeepVersions(LockedStage record, LockedStage? old)
    {
        for (var i = 0; i < record.Outputs.Count; i++)
            if (old?.Outputs.Find(entry => entry.Path == record.Outputs[i].Path) is { } same && same.Hash == record.Outputs[i].Hash
                && (same.Files is { Count: > 0 } || RecordedVersion.Of(same.Cloud, same.VersionId, null) is not null))
                record.Outputs[i] = same;
    }

    /// <summary>Makes Git ignore what was made since the last time.</summary>
    public void Ignore()
    {
        metadata.Ignore([.. unignored.OrderBy(item => item.Rank).SelectMany(item => IgnoredOutputs(item.Stage))]);
        unignored.Clear();
    }

    /// <summary>Puts what was written into Git's index when the user wants that.</summary>
    public void Stage() => metadata.Stage();

    /// <summary>What Git is to ignore of a stage.</summary>
    internal static IEnumerable<string> IgnoredOutputs(StageDefinition stage) =>
        stage.Outputs.Where(output => output is { IsExternal: false, Flags.UseCache: true }).Select(output => output.Path);

    private void WriteDataFile(StageDefinition stage, DataFileDocument document, LockedStage record)
    {
        foreach (var entry in document.Dependencies)
            if (entry.Parameters is not null)
                entry.Parameters = record.Params?[entry.Path] ?? entry.Parameters;
            else
                Take(entry, record.Dependencies.Find(made => made.Path == entry.Path));
        foreach (var entry in document.Outputs)
            Take(entry, record.Outputs.Find(made => made.Path == entry.Path));
        if (document.StageHash is not null || stage.HasCommand)
            document.StageHash = document.ComputeStageHash();
        metadata.Write(stage.MetadataPath, document.ToText());

        static void Take(DataEntry entry, LockEntry? made)
        {
            if (made?.Hash is not { } hash)
                return;
            entry.Record(hash, made.Size, made.FileCount, made.IsExecutable);
        }
    }
}
