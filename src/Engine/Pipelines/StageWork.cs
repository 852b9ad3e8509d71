using System.Diagnostics;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Pipelines.Templating;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// What is done for one stage before its commands start and after they have ended. All of it happens on one thread, with the
/// repository's lock held.
/// </summary>
internal sealed class StageWork
{
    private readonly Repository repository;
    private readonly RunPlan plan;
    private readonly RunOptions options;
    private readonly StageRecords records;
    private readonly RunJournal journal;
    private readonly RunLogs logs;
    private readonly OperationContext context;
    private readonly PathContents contents;
    private readonly Dictionary<string, ContentHash?> made = new(StringComparer.Ordinal);
    private readonly HashSet<string> parameterFiles, dependencies;
    private readonly UnfinishedStages unfinished;
    private readonly string command, run = Guid.NewGuid().ToString("N");
    private IReadOnlySet<string> trackedByGit = new HashSet<string>();
    private IDisposable? endedMarks;
    private StageInspector inspector;
    private StageInputs inputs;
    private StageOutputs outputs;
    private StageRestoring restoring;
    private StageRecording recording;

    public StageWork(Repository repository, RunPlan plan, RunOptions options, StageRecords records, RunJournal journal, RunLogs logs, OperationContext context)
    {
        (this.repository, this.plan, this.options, this.records) = (repository, plan, options, records);
        (this.journal, this.logs, this.context, command) = (journal, logs, context, repository.Command);
        contents = new PathContents(repository);
        parameterFiles = [.. plan.Stages.SelectMany(planned => planned.Stage.Parameters).Select(file => file.Path)];
        dependencies = [.. plan.Stages.SelectMany(planned => planned.Stage.Dependencies).Select(path => path.Path)];
        unfinished = UnfinishedStages.Load(repository.Layout);
        ReadParameters();
    }

    /// <summary>What is done once, before the first stage: Git says what it tracks and ignores.</summary>
    public void Prepare()
    {
        var stages = plan.Stages.Where(planned => planned.Action is PlannedAction.Run or PlannedAction.RunIfChanged or PlannedAction.Restore)
            .Select(planned => planned.Stage).ToList();
        if (stages.Count == 0)
            return;
        logs.Prune();
        if (repository.Git is not { } git)
            return;
        var lockFiles = stages.Where(stage => stage.Document is null).Select(stage => MetadataPath.Join(MetadataPath.FolderOf(stage.MetadataPath), LockFile.FileName)).Distinct().ToList();
        var ignored = git.Ignored([.. lockFiles.Select(repository.Layout.ToAbsolute)]);
        if (lockFiles.Find(path => ignored.Contains(repository.Layout.ToAbsolute(path))) is { } lost)
            throw new DataVersionException(DataErrorKind.PathIgnored, $"Git ignores '{lost}', so nobody would know what the stages made.", lost,
                $"Take the rule away; 'git check-ignore -v {lost}' shows it.");
        trackedByGit = git.Tracked([.. stages.SelectMany(stage => stage.Outputs).Where(output => output is { IsExternal: false, Flags.UseCache: true })
            .Select(output => repository.Layout.ToAbsolute(output.Path))]);
    }

    /// <summary>Begins a stage.</summary>
    /// <param name="planned">The stage.</param>
    /// <param name="rank">Its place in the order of the run.</param>
    /// <param name="lookAgain">A stage before it changed something since it was planned.</param>
    /// <param name="events">Receives the output of its commands.</param>
    /// <param name="end">What became of it, when there is nothing to wait for.</param>
    /// <returns>The running commands; null when it has ended.</returns>
    public StageTask? Begin(PlannedStage planned, int rank, bool lookAgain, RunEvents events, out StageEnd end)
    {
        var (stage, clock) = (planned.Stage, Stopwatch.StartNew());
        IDisposable? marks = null;
        IReadOnlyList<StageReason> reasons = planned.Reasons;
        repository.Command = $"{command} {stage.Address}";
        try
        {
            reasons = ReasonsNow(planned, lookAgain);
            var lacked = reasons;
            if (options.Pull)
                reasons = new StagePulling(plan.Graph, options, records, inspector, outputs, context).Pull(stage, reasons, made);
            if (reasons.Count == 0 && !(StageSettling.IsFollowed(stage, options) && !stage.Dependencies.Any(path => PathContents.IsLocal(path))))
            {
                end = new StageEnd(StageResults.Of(stage, lacked.Count > 0 ? StageOutcome.Pulled : StageOutcome.Unchanged, lacked, clock));
                return null;
            }
            if (!stage.HasCommand || stage.Frozen)
            {
                end = new StageEnd(StageResults.Of(stage, new StageSettling(repository, options, records, inputs, recording, context).Settle(stage, reasons, rank), reasons, clock));
                Forget(stage);
                return null;
            }
            RefuseWhatCannotBeKept(stage);
            marks = repository.LockPaths(LocalPaths(stage.Dependencies), LocalPaths(stage.Outputs), context, endedMarks);
            var given = inputs.Of(stage, records.Of(stage));
            if (restoring.Find(stage, records.Of(stage), () => given, reasons) is { } earlier)
            {
                outputs.Restore(stage, earlier);
                end = Record(stage, given, rank, StageOutcome.Restored, reasons, clock, null);
                return null;
            }
            end = default;
            var task = Start(planned, rank, reasons, given, marks, clock, events);
            marks = null;
            return task;
        }
        catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
        {
            end = Fail(stage, reasons, clock, Files.FileErrors.Describe(error, stage.Address, "run"), null, null);
            return null;
        }
        finally
        {
            marks?.Dispose();
            repository.Command = command;
        }
    }

    /// <summary>Records what the commands of a stage made, or that they failed.</summary>
    public async Task<StageEnd> FinishAsync(StageTask task)
    {
        var stage = task.Stage;
        repository.Command = $"{command} {stage.Address}";
        FaultPoint.Reach("stage.ran");
        try
        {
            var commands = await task.Ended.ConfigureAwait(false);
            task.Log.Flush();
            Forget(stage);
            return commands.Succeeded ? Record(stage, task.Inputs, task.Rank, StageOutcome.Ran, task.Reasons, task.Clock, task.Log)
                : Fail(stage, task.Reasons, task.Clock, StageResults.FailureOf(stage, commands, task.Log), commands.ExitCode, task.Log);
        }
        catch (OperationCanceledException)
        {
            journal.Failed(stage);
            unfinished.Add(stage.Address, run, outputs.FilesOf(stage));
            return new StageEnd(StageResults.WithLog(StageResults.Of(stage, StageOutcome.Cancelled, task.Reasons, task.Clock), null, task.Log));
        }
        catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
        {
            return Fail(stage, task.Reasons, task.Clock, Files.FileErrors.Describe(error, stage.Address, "record"), 0, task.Log);
        }
        finally
        {
            task.Log.Dispose();
            ReleaseMarks();
            endedMarks = task.Marks;
            repository.Command = command;
        }
    }

    /// <summary>Takes back the marks of the last stage that ended, unless the next one has taken their place.</summary>
    public void ReleaseMarks()
    {
        endedMarks?.Dispose();
        endedMarks = null;
    }

    /// <summary>What is done once, at the end, however the run ended.</summary>
    public void Complete()
    {
        unfinished.Save();
        repository.Placed.Save();
        repository.Stats.Save();
    }

    private List<StageReason> ReasonsNow(PlannedStage planned, bool lookAgain)
    {
        if (!lookAgain && plan.Problems.TryGetValue(planned.Stage.Address, out var problem))
            throw problem;
        List<StageReason> reasons = lookAgain ? inspector.Reasons(planned.Stage, records.Of(planned.Stage), made, context)
            : [.. planned.Reasons.Where(reason => reason.Kind is not (StageReasonKind.UpstreamChanged or StageReasonKind.Forced))];
        if (options.Force && planned.Stage is { HasCommand: true, Frozen: false })
            reasons.Insert(0, new StageReason { Target = planned.Stage.Address, Kind = StageReasonKind.Forced });
        return reasons;
    }

    private StageTask Start(PlannedStage planned, int rank, IReadOnlyList<StageReason> reasons, LockedStage given, IDisposable? marks, Stopwatch clock, RunEvents events)
    {
        var stage = planned.Stage;
        var folder = contents.AbsoluteOf(stage.Folder);
        if (!Directory.Exists(folder))
            throw new DataVersionException(DataErrorKind.PathNotFound, $"The working directory '{stage.Folder}' of the stage '{stage.Address}' does not exist.",
                stage.Folder, "Make it, or correct 'wdir' of the stage.");
        outputs.Clear(stage, unfinished.Remove(stage.Address));
        journal.Started(stage, run);
        FaultPoint.Reach("stage.started");
        events.Started(stage);
        var log = new StageLog(logs.PathOf(stage), text => events.Wrote(stage, text));
        var process = new StageProcess(stage, folder, repository.Layout.Root, stage.AddressFrom(options.CurrentFolder), run, options.ShareInput && options.ThrottleLimit == 1, log);
        return new StageTask(() => process.RunAsync(context.Cancellation))
        {
            Planned = planned, Rank = rank, Reasons = reasons, Inputs = given, Log = log, Marks = marks, Clock = clock,
        };
    }

    private StageEnd Record(StageDefinition stage, LockedStage given, int rank, StageOutcome outcome, IReadOnlyList<StageReason> reasons, Stopwatch clock, StageLog? log)
    {
        var taken = recording.Record(stage, given, rank);
        foreach (var (_, _, output) in taken)
            made[output.Path] = output.Hash;
        IgnoreWhatIsRead(stage);
        Forget(stage);
        var result = StageResults.Of(stage, outcome, reasons, clock) with { Outputs = [.. taken.Select(output => output.Output)] };
        return new StageEnd(log is null ? result : StageResults.WithLog(result, 0, log));
    }

    // The .gitignore beside an output may lie in a folder that another stage reads: then it must be as it will stay.
    private void IgnoreWhatIsRead(StageDefinition stage)
    {
        var folders = StageRecords.IgnoredOutputs(stage).Select(MetadataPath.FolderOf).Where(IsRead).Distinct().ToList();
        if (folders.Count == 0)
            return;
        records.Ignore();
        foreach (var folder in folders)
            contents.Forget(MetadataPath.Join(folder, ".gitignore"));
    }

    private bool IsRead(string folder)
    {
        for (; folder.Length > 0; folder = MetadataPath.FolderOf(folder))
            if (dependencies.Contains(folder))
                return true;
        return dependencies.Contains("");
    }

    // A parameters file may be an output of a stage before.
    private void Forget(StageDefinition stage)
    {
        foreach (var output in stage.Outputs)
            contents.Forget(output.Path);
        if (stage.Outputs.Any(output => parameterFiles.Contains(output.Path)
            || parameterFiles.Any(file => file.StartsWith(output.Path + "/", StringComparison.Ordinal))))
            ReadParameters();
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(inspector), nameof(inputs), nameof(outputs), nameof(restoring), nameof(recording))]
    private void ReadParameters()
    {
        var parameters = repository.ReadParameters();
        inspector = new StageInspector(repository, parameters, contents, options.AllowMissing);
        inputs = new StageInputs(contents, parameters, context);
        outputs = new StageOutputs(repository, contents, context);
        restoring = new StageRestoring(repository, inspector, options);
        recording = new StageRecording(repository, records, outputs, options.NoCommit);
    }

    private static IEnumerable<string> LocalPaths(IEnumerable<StagePath> paths) => paths.Where(path => PathContents.IsLocal(path) && !Path.IsPathRooted(path.Path)).Select(path => path.Path);

    private void RefuseWhatCannotBeKept(StageDefinition stage)
    {
        if (stage.Outputs.FirstOrDefault(output => output is { IsExternal: true, Flags.UseCache: true }) is { } outside)
            throw new DataVersionException(DataErrorKind.PathOutsideRepository,
                $"'{outside.Text}', an output of the stage '{stage.Address}', lies outside the repository, so it cannot be kept in the cache.", outside.Text,
                $"Let the command write into the repository, or say 'cache: false' for it in '{stage.MetadataPath}'.");
        foreach (var output in stage.Outputs)
            if (output is { IsExternal: false, Flags.UseCache: true } && trackedByGit.Contains(repository.Layout.ToAbsolute(output.Path)))
                throw new DataVersionException(DataErrorKind.TrackedByGit, $"'{output.Path}', an output of the stage '{stage.Address}', is tracked by Git.", output.Path,
                    $"Take it out of Git, keeping the file: git rm -r --cached '{output.Path}' ; or say 'cache: false' for it in '{stage.MetadataPath}'.");
    }

    private StageEnd Fail(StageDefinition stage, IReadOnlyList<StageReason> reasons, Stopwatch clock, DataVersionException error, int? exitCode, StageLog? log)
    {
        if (log is not null)
        {
            journal.Failed(stage);
            unfinished.Add(stage.Address, run, outputs.FilesOf(stage));
        }
        var result = StageResults.Of(stage, StageOutcome.Failed, reasons, clock) with { Error = error.Message };
        return new StageEnd(log is null ? result : StageResults.WithLog(result, exitCode, log), error);
    }
}
