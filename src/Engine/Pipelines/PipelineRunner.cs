using System.Diagnostics;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Pipelines;

/// <summary>
/// Runs stages: what a stage reads is made before it, what did not change is not run, independent stages run side by side up to
/// the limit. One loop does everything but the commands themselves; while only commands run, the repository is not locked, so that
/// they can use it. Killed at any moment, what was finished is in the journal.
/// </summary>
public sealed class PipelineRunner
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WriteAfter = TimeSpan.FromSeconds(2);

    private readonly Repository repository;
    private readonly RunPlan plan;
    private readonly RunOptions options;
    private readonly RunEvents events;
    private readonly OperationContext context;
    private readonly RunSchedule schedule;
    private readonly List<StageTask> running = [];
    private readonly RunDurations durations;
    private bool failed;

    private PipelineRunner(Repository repository, RunPlan plan, RunOptions options, RunEvents events, OperationContext context)
    {
        (this.repository, this.plan, this.options, this.events, this.context) = (repository, plan, options, events, context);
        schedule = new RunSchedule(plan, options.ThrottleLimit);
        durations = RunDurations.Load(repository.Layout);
    }

    /// <summary>
    /// Runs what was planned. The caller holds the repository's lock, hands it over, and gets it back from
    /// <paramref name="locking"/>.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="plan">The confirmed part of a plan.</param>
    /// <param name="options">The options that the plan was made with.</param>
    /// <param name="events">Receives results and output as they come.</param>
    /// <param name="locking">Takes and gives back the repository's lock.</param>
    /// <param name="context">Cancellation ends the commands with everything they started.</param>
    /// <exception cref="OperationCanceledException">The run was cancelled; what was finished is recorded.</exception>
    /// <exception cref="DataVersionException"><c>dvc.lock</c> could not be written; the journal keeps what it was to hold.</exception>
    public static async Task RunAsync(Repository repository, RunPlan plan, RunOptions options, RunEvents events, RunLock locking, OperationContext context) =>
        await new PipelineRunner(repository, plan, options, events, context).RunAsync(locking).ConfigureAwait(false);

    private async Task RunAsync(RunLock locking)
    {
        using var journal = RunJournal.Begin(repository.Layout);
        var records = new StageRecords(repository, journal);
        var logs = new RunLogs(repository.Layout);
        var work = new StageWork(repository, plan, options, records, journal, logs, context);
        var written = Stopwatch.StartNew();
        var cost = TimeSpan.Zero;
        try
        {
            work.Prepare();
            while (true)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                while ((!failed || options.KeepGoing) && schedule.TryTake(running.Count, out var next))
                    Begin(work, next);
                work.ReleaseMarks();
                if (running.Count == 0)
                    break;
                await locking.ReleaseWhileAsync(WaitAsync, context).ConfigureAwait(false);
                foreach (var task in running.Where(task => task.Ended.IsCompleted).ToList())
                {
                    running.Remove(task);
                    End(task, await work.FinishAsync(task).ConfigureAwait(false));
                }
                // The order of new stages in dvc.lock is that of the run, so with several at a time it is written once.
                if (options.ThrottleLimit == 1 && written.Elapsed > WriteAfter + 20 * cost)
                {
                    var before = written.Elapsed;
                    records.Write();
                    cost = written.Elapsed - before;
                    written.Restart();
                }
            }
        }
        finally
        {
            await StopAsync(work, locking).ConfigureAwait(false);
            work.Complete();
            records.Write();
            records.Stage();
            journal.Complete();
            durations.Save();
            repository.Reload();
        }
    }

    private async Task WaitAsync()
    {
        StartAll();
        var ended = Task.WhenAny(running.Select(task => task.Ended));
        while (await Task.WhenAny(ended, Task.Delay(Tick, CancellationToken.None)).ConfigureAwait(false) != ended)
        {
            foreach (var task in running)
                task.Log.Flush();
            context.Progress(new OperationProgress("Running stages", schedule.Ended, plan.Stages.Count, 0, 0,
                string.Join(", ", running.Select(task => durations.Describe(task.Stage.Address, task.Clock.Elapsed)))));
        }
    }

    private void StartAll()
    {
        foreach (var task in running)
            task.Start();
    }

    private void Begin(StageWork work, PlannedStage planned)
    {
        if (schedule.FailedBefore(planned) is { } culprit)
            End(planned, StageResults.Skipped(planned, culprit));
        else if (work.Begin(planned, schedule.RankOf(planned), schedule.ChangedBefore(planned), events, out var end) is { } task)
            running.Add(task);
        else
            End(planned, end);
    }

    private void End(StageTask task, StageEnd end)
    {
        if (end.Result.Outcome == StageOutcome.Ran)
            durations.Set(task.Stage.Address, task.Clock.Elapsed);
        End(task.Planned, end);
    }

    private void End(PlannedStage planned, StageEnd end)
    {
        schedule.End(planned, end.Result.Outcome);
        failed |= end.Result.Outcome == StageOutcome.Failed;
        events.Ended(end.Result, end.Error);
        context.Progress(new OperationProgress("Running stages", schedule.Ended, plan.Stages.Count, 0, 0, planned.Stage.Address));
    }

    /// <summary>Waits for commands that are being stopped, and says of each stage that it was not finished.</summary>
    private async Task StopAsync(StageWork work, RunLock locking)
    {
        work.ReleaseMarks();
        if (running.Count == 0)
            return;
        await locking.ReleaseWhileAsync(() =>
        {
            StartAll();
            return Task.WhenAll(running.Select(task => task.Ended)).ContinueWith(static _ => { }, TaskScheduler.Default);
        }, context).ConfigureAwait(false);
        foreach (var task in running)
            events.Ended((await work.FinishAsync(task).ConfigureAwait(false)).Result, null);
        running.Clear();
        work.ReleaseMarks();
    }
}
