using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Ssh;

/// <summary>
/// Threads on which calls to SSH.NET wait. Its calls that block cost a third less processor time than its asynchronous ones,
/// and on the thread pool they would hold up everything else. Threads are made when they are needed and end with this. One that
/// has nothing to do sleeps at once: looking for work in a circle takes the processor from the decryption.
/// </summary>
internal sealed class SshLanes(int most) : IDisposable
{
    private readonly object gate = new();
    private readonly Queue<Action> waiting = new();
    private int threads;
    private int idle;
    private bool isClosed;

    /// <summary>Makes a call on one of the threads.</summary>
    public Task<T> RunAsync<T>(Func<T> call)
    {
        if (TransferThread.IsCurrent)
            return RunHere(call);
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(isClosed, this);
            waiting.Enqueue(() =>
            {
                try
                {
                    done.SetResult(call());
                }
                catch (Exception error)
                {
                    done.SetException(error);
                }
            });
            if (idle >= waiting.Count)
                Monitor.Pulse(gate);
            else if (threads < most)
            {
                threads++;
                new Thread(Work) { IsBackground = true, Name = "DataVersion SSH" }.Start();
            }
        }
        return done.Task;
    }

    private static Task<T> RunHere<T>(Func<T> call)
    {
        try
        {
            return Task.FromResult(call());
        }
        catch (Exception error)
        {
            return Task.FromException<T>(error);
        }
    }

    /// <summary>Lets the threads end when what waits is done.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }
    }

    private void Work()
    {
        while (true)
        {
            Action? call;
            lock (gate)
                while (!waiting.TryDequeue(out call))
                {
                    if (isClosed)
                        return;
                    idle++;
                    Monitor.Wait(gate);
                    idle--;
                }
            call();
        }
    }
}
