using System.Diagnostics;

namespace DataVersion.Engine.Pipelines;

/// <summary>How results and errors of stages are told.</summary>
internal static class StageResults
{
    private const int LinesInError = 10;

    /// <summary>The result of a stage that has just ended.</summary>
    public static StageResult Of(StageDefinition stage, StageOutcome outcome, IReadOnlyList<StageReason> reasons, Stopwatch clock) => new()
    {
        Target = stage.Address, Outcome = outcome, Reasons = reasons, Command = stage.CommandTexts,
        StartTime = DateTimeOffset.Now - clock.Elapsed, Duration = clock.Elapsed,
    };

    /// <summary>The result with what its commands left.</summary>
    public static StageResult WithLog(StageResult result, int? exitCode, StageLog log) =>
        result with { ExitCode = exitCode, Log = log.LastLines, LogPath = log.Path };

    /// <summary>A stage that is not run because of another.</summary>
    public static StageEnd Skipped(PlannedStage planned, StageDefinition culprit) => new(
        Of(planned.Stage, StageOutcome.Skipped, planned.Reasons, Stopwatch.StartNew()) with { Error = $"'{culprit.Address}' failed or was skipped." },
        new DataVersionException(DataErrorKind.StageSkipped, $"The stage '{planned.Stage.Address}' was not run, because '{culprit.Address}', which it depends on, failed.",
            planned.Stage.Address, "Mend that stage and run Invoke-Stage again: what succeeded is not run again."));

    /// <summary>The error of a command that failed, with the last lines that it wrote.</summary>
    public static DataVersionException FailureOf(StageDefinition stage, CommandsEnd commands, StageLog log)
    {
        var lines = log.LastLines;
        var tail = lines.Count == 0 ? "" : "\n" + string.Join('\n', lines.TakeLast(LinesInError));
        return new DataVersionException(DataErrorKind.StageFailed, commands.Problem is { } problem
                ? $"The stage '{stage.Address}' failed: '{commands.Command}' could not be started: {problem}"
                : $"The stage '{stage.Address}' failed: '{commands.Command}' ended with exit code {commands.ExitCode}.{tail}", stage.Address,
            log.Path is null ? "Mend the command and run Invoke-Stage again." : $"All of its output is in '{log.Path}'. Mend the command and run Invoke-Stage again.");
    }
}
