using System.ComponentModel;
using System.Diagnostics;

namespace DataVersion.Engine.Pipelines;

/// <summary>How the commands of a stage ended.</summary>
/// <param name="ExitCode">Of the last command that ran; null when it could not be started or was stopped.</param>
/// <param name="Command">That command.</param>
/// <param name="Problem">Why it could not be started; null when it could.</param>
internal readonly record struct CommandsEnd(int? ExitCode, string Command, string? Problem)
{
    public bool Succeeded => ExitCode == 0;
}

/// <summary>Runs the commands of one stage, each in a process of its own, until one fails.</summary>
internal sealed class StageProcess(StageDefinition stage, string folder, string root, string address, string run, bool shareInput, StageLog log)
{
    // A process that a command left running may keep the pipe open for ever.
    private static readonly TimeSpan WaitForOutput = TimeSpan.FromMilliseconds(500);

    /// <summary>Runs them; when cancelled, ends them with everything they started.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; nothing of it runs any more.</exception>
    public async Task<CommandsEnd> RunAsync(CancellationToken cancellation)
    {
        var end = new CommandsEnd(0, "", null);
        foreach (var command in StageShell.CommandsOf(stage.Command!))
        {
            cancellation.ThrowIfCancellationRequested();
            end = await RunAsync(command, cancellation).ConfigureAwait(false);
            if (!end.Succeeded)
                break;
        }
        return end;
    }

    private async Task<CommandsEnd> RunAsync(string command, CancellationToken cancellation)
    {
        using var process = new Process { StartInfo = StageShell.StartOf(command, folder, root, address, run, shareInput) };
        try
        {
            process.Start();
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or IOException)
        {
            return new CommandsEnd(null, command, error.Message);
        }
        if (!shareInput)
            process.StandardInput.Close();
        using var reading = new CancellationTokenSource();
        var output = Task.WhenAll(log.ReadAsync(process.StandardOutput.BaseStream, reading.Token), log.ReadAsync(process.StandardError.BaseStream, reading.Token));
        try
        {
            await process.WaitForExitAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await ProcessTree.StopAsync(process, run, address).ConfigureAwait(false);
            reading.CancelAfter(WaitForOutput);
            await Quietly(output).ConfigureAwait(false);
            throw;
        }
        if (await Task.WhenAny(output, Task.Delay(WaitForOutput, CancellationToken.None)).ConfigureAwait(false) != output)
            reading.Cancel();
        await Quietly(output).ConfigureAwait(false);
        return new CommandsEnd(process.ExitCode, command, null);
    }

    private static async Task Quietly(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Nobody writes there any more, or nobody who matters.
        }
    }
}
