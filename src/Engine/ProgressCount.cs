namespace DataVersion.Engine;

/// <summary>Counts items and bytes from several threads and passes samples on.</summary>
internal sealed class ProgressCount(string activity, long itemsTotal, long bytesTotal, OperationContext context)
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, bool> begun = new(StringComparer.Ordinal);
    private long items;
    private long bytes;

    /// <summary>An item is in flight, for work that does several at a time.</summary>
    public void ItemBegun(string item) => begun[item] = true;

    /// <summary>Some bytes of the item at hand are done.</summary>
    public void AddBytes(long count)
    {
        var done = Interlocked.Add(ref bytes, count);
        // Each mebibyte of large files, which are hashed in pieces; small ones are told by their end.
        if (count >= 1 << 18 && done >> 20 != (done - count) >> 20)
            context.Progress(new OperationProgress(activity, Interlocked.Read(ref items), itemsTotal, done, bytesTotal, InFlight(null)));
    }

    /// <summary>An item is done.</summary>
    public void ItemDone(string? item)
    {
        if (item is not null && !begun.IsEmpty)
            begun.TryRemove(item, out _);
        context.Progress(new OperationProgress(activity, Interlocked.Increment(ref items), itemsTotal, Interlocked.Read(ref bytes), bytesTotal, InFlight(item)));
    }

    private string? InFlight(string? item) => begun.IsEmpty ? item : string.Join(", ", begun.Take(4).Select(b => b.Key));
}
