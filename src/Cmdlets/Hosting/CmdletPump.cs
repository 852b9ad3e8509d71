using System.Management.Automation;
using System.Runtime.ExceptionServices;
using DataVersion.Engine;

namespace DataVersion.Cmdlets.Hosting;

/// <summary>
/// Carries what a background worker has to say to the pipeline thread, the only thread that may call <c>Write*</c>.
/// Everything arrives in the order it was said; the queue is bounded, so a slow pipeline slows the worker down.
/// All public members may be called from any thread.
/// </summary>
public sealed class CmdletPump
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);

    private readonly PumpQueue queue = new();
    private readonly ProgressSampler progress = new();
    private readonly PSCmdlet cmdlet;
    private readonly CancellationToken cancellation;

    internal CmdletPump(PSCmdlet cmdlet, CancellationToken cancellation)
    {
        this.cmdlet = cmdlet;
        this.cancellation = cancellation;
        Context = new OperationContext
        {
            Cancellation = cancellation,
            Progress = progress.Report,
            Warn = WriteWarning,
            Trace = WriteVerbose,
        };
    }

    /// <summary>What the engine is given: cancellation, progress, warnings and verbose messages end up in the pipeline.</summary>
    public OperationContext Context { get; }

    /// <summary>Writes an object to the pipeline.</summary>
    public void WriteObject(object? value) => Post(() => cmdlet.WriteObject(value));

    /// <summary>Writes a non-terminating error.</summary>
    public void WriteError(ErrorRecord error) => Post(() => cmdlet.WriteError(error));

    /// <summary>Writes what went wrong with one item as a non-terminating error; the others go on.</summary>
    public void WriteError(Exception exception, object? target = null) =>
        WriteError(ErrorRecordFactory.Create(exception, target));

    /// <summary>Writes a warning.</summary>
    public void WriteWarning(string text) => Post(() => cmdlet.WriteWarning(text));

    /// <summary>Writes a verbose message.</summary>
    public void WriteVerbose(string text) => Post(() => cmdlet.WriteVerbose(text));

    /// <summary>Shows text to the person at the screen, as Write-Host does: it is no output, and goes to the information stream.</summary>
    public void WriteHost(string text) => Post(() => cmdlet.WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]));

    /// <summary>Runs a question (ShouldProcess, ShouldContinue) on the pipeline thread and waits for the answer.</summary>
    /// <exception cref="OperationCanceledException">The command was stopped before the answer came.</exception>
    public T Ask<T>(Func<T> question)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(() => answer.SetResult(question()));
        answer.Task.Wait(cancellation);
        return answer.Task.Result;
    }

    /// <summary>
    /// Runs <paramref name="work"/> in the background and pumps until it has ended. When a write throws
    /// (<c>-ErrorAction Stop</c>, <c>Select-Object -First 1</c>, Ctrl-C), the worker is cancelled and awaited before the
    /// exception goes on, so that no half-done work outlives the command.
    /// </summary>
    internal T Run<T>(Func<CmdletPump, Task<T>> work, Action cancel)
    {
        var worker = Task.Run(async () =>
        {
            try
            {
                return await work(this).ConfigureAwait(false);
            }
            finally
            {
                queue.Complete();
            }
        }, CancellationToken.None);
        try
        {
            while (queue.TryTakeAll(Tick, out var actions))
            {
                foreach (var action in actions)
                    action();
                progress.Sample(cmdlet.WriteProgress);
            }
            progress.Complete(cmdlet.WriteProgress);
        }
        catch (Exception failure)
        {
            cancel();
            while (queue.TryTakeAll(Tick, out _))
            {
            }
            // What the worker says about its own cancellation matters to nobody now.
            Task.WhenAny(worker).Wait(CancellationToken.None);
            _ = worker.Exception;
            ExceptionDispatchInfo.Throw(failure);
        }
        return worker.GetAwaiter().GetResult();
    }

    /// <summary>Queues an action; after cancellation nothing is said any more, so that clean-up code never fails here.</summary>
    private void Post(Action action)
    {
        if (!cancellation.IsCancellationRequested)
            queue.Add(action, cancellation);
    }
}
