namespace DataVersion.Engine.Remotes;

/// <summary>How many bytes of content may be in memory at a time; whoever wants more waits, in order of arrival.</summary>
internal sealed class MemoryBudget
{
    private readonly Lock gate = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Turn)> waiting = [];
    private readonly long total;
    private long free;

    /// <summary>Makes a budget.</summary>
    /// <param name="total">Bytes in all. Somebody who wants more than that gets everything.</param>
    public MemoryBudget(long total) => this.total = free = total;

    /// <summary>Waits for bytes. What it returns gives them back.</summary>
    public async Task<IDisposable> TakeAsync(long bytes, CancellationToken cancellation)
    {
        bytes = Math.Min(bytes, total);
        LinkedListNode<(long Bytes, TaskCompletionSource Turn)> node;
        lock (gate)
        {
            if (waiting.Count == 0 && bytes <= free)
            {
                free -= bytes;
                return new Share(this, bytes);
            }
            node = waiting.AddLast((bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }
        await using (cancellation.Register(() =>
        {
            lock (gate)
            {
                if (node.List is null)
                    return;
                waiting.Remove(node);
                Admit();
            }
            node.Value.Turn.TrySetCanceled(cancellation);
        }).ConfigureAwait(false))
            if (TransferThread.IsCurrent)
                node.Value.Turn.Task.GetAwaiter().GetResult();
            else
                await node.Value.Turn.Task.ConfigureAwait(false);
        return new Share(this, bytes);
    }

    private void Give(long bytes)
    {
        lock (gate)
        {
            free += bytes;
            Admit();
        }
    }

    private void Admit()
    {
        while (waiting.First is { } first && first.Value.Bytes <= free)
        {
            waiting.RemoveFirst();
            free -= first.Value.Bytes;
            first.Value.Turn.SetResult();
        }
    }

    private sealed class Share(MemoryBudget budget, long bytes) : IDisposable
    {
        private long held = bytes;

        public void Dispose() => budget.Give(Interlocked.Exchange(ref held, 0));
    }
}
