using System.Management.Automation;
using DataVersion.Engine;

namespace DataVersion.Cmdlets.Hosting;

/// <summary>
/// The base of every cmdlet: runs work in the background while the pipeline thread writes, cancels it on Ctrl-C, and turns
/// exceptions into error records.
/// </summary>
public abstract class DataCmdlet : PSCmdlet, IDisposable
{
    // PowerShellStandard has no PipelineStopToken, so the cancellation source is ours.
    private readonly CancellationTokenSource stop = new();

    /// <summary>Cancelled when the user stops the command.</summary>
    private protected CancellationToken Cancellation => stop.Token;

    /// <summary>Runs work in the background; the engine's warnings, messages and progress reach the pipeline as they come.</summary>
    /// <returns>What the work returns.</returns>
    private protected T RunPumped<T>(Func<OperationContext, T> work) => RunPumped((CmdletPump pump) => Task.FromResult(work(pump.Context)));

    /// <summary>Runs work in the background that writes objects and errors itself, as they are known.</summary>
    private protected void RunPumped(Action<CmdletPump> work) => RunPumped((CmdletPump pump) =>
    {
        work(pump);
        return Task.FromResult(true);
    });

    /// <summary>Runs asynchronous work in the background that writes objects and errors itself.</summary>
    private protected void RunPumped(Func<CmdletPump, Task> work) => RunPumped(async (CmdletPump pump) =>
    {
        await work(pump).ConfigureAwait(false);
        return true;
    });

    /// <summary>Runs asynchronous work in the background and returns its result.</summary>
    private protected T RunPumped<T>(Func<CmdletPump, Task<T>> work)
    {
        using var running = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var pump = new CmdletPump(this, running.Token);
        try
        {
            return pump.Run(work, running.Cancel);
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception failure) when (!IsFromPowerShell(failure))
        {
            ThrowTerminatingError(ErrorRecordFactory.Create(failure));
            throw;
        }
    }

    /// <summary>
    /// Runs the work of one item of several: what goes wrong with it is written as a non-terminating error, and the others go on.
    /// </summary>
    /// <returns>Whether it succeeded.</returns>
    private protected bool TryRunPumped<T>(object? target, Func<OperationContext, T> work, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T result)
    {
        (result, var failure) = RunPumped<(T?, Exception?)>(context =>
        {
            try
            {
                return (work(context), null);
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                return (default, error);
            }
        });
        if (failure is not null)
            WriteError(failure, target);
        return failure is null;
    }

    /// <summary>Ends the command with the error of an exception.</summary>
    private protected void Fail(Exception exception, object? target = null) =>
        ThrowTerminatingError(ErrorRecordFactory.Create(exception, target));

    /// <summary>Writes what went wrong with one item as a non-terminating error. Pipeline thread only.</summary>
    private protected void WriteError(Exception exception, object? target = null) =>
        WriteError(ErrorRecordFactory.Create(exception, target));

    /// <inheritdoc/>
    protected override void StopProcessing() => stop.Cancel();

    /// <summary>Frees the cancellation source.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            stop.Dispose();
    }

    /// <summary>What a Write call throws to unwind the pipeline goes on as it is (Stop, First 1, a downstream failure).</summary>
    private static bool IsFromPowerShell(Exception exception) =>
        exception is RuntimeException || exception.GetType().Namespace == "System.Management.Automation";
}
