using DataVersion.Engine.Hashing.Lanes;

namespace DataVersion.Engine.Hashing;

/// <summary>How a batch of files is best hashed: in which order, and which of them in the lanes of a vector.</summary>
/// <param name="Order">The order in which to begin them; null for their own.</param>
/// <param name="MostInLane">Longest file that goes into a lane; -1 when lanes are not worth while. In a lane a file is
/// hashed half as fast as alone, but up to sixteen are hashed at a time.</param>
/// <param name="TotalBytes">Bytes in all; 0 when not known.</param>
/// <param name="Width">Width of the lanes.</param>
internal sealed record HashPlan(int[]? Order, long MostInLane, long TotalBytes, LaneWidth Width)
{
    /// <summary>Take lanes from the first byte on, not only when their code is worth compiling: for tests.</summary>
    public bool AtOnce { get; init; }

    // Files from this size on are begun first, longest first, so that none is left over at the end. Others are taken in
    // their own order, which is that of their folders.
    private const long Large = 8L << 20;

    // A worker that has fewer files than this to itself hashes as fast one after the other.
    private const int FilesOfWorker = 3;

    /// <summary>Files go one by one.</summary>
    public static HashPlan Alone { get; } = new(null, -1, 0, LaneWidth.One);

    /// <summary>Looks at a batch.</summary>
    /// <param name="count">Number of files.</param>
    /// <param name="workers">Workers; 0 or less means one for each processor.</param>
    /// <param name="sizeOf">The length of a file if known, else -1.</param>
    public static HashPlan Of(int count, int workers, Func<int, long> sizeOf)
    {
        List<(int Index, long Size)>? large = null;
        long total = 0;
        for (var i = 0; i < count; i++)
        {
            var size = sizeOf(i);
            if (size >= Large)
                (large ??= []).Add((i, size));
            total = total < 0 || size < 0 ? -1 : total + size;
        }
        var shares = FilesOfWorker * (workers > 0 ? workers : Environment.ProcessorCount);
        // A file that is longer than its share would still run when all the others are done.
        var most = count < shares ? -1 : Math.Max(2 * Large, total / shares);
        return new HashPlan(InOrder(count, large), most, Math.Max(total, 0), Md5Lanes.Widest);
    }

    private static int[]? InOrder(int count, List<(int Index, long Size)>? large)
    {
        if (large is null || count == 1)
            return null;
        large.Sort(static (x, y) => y.Size.CompareTo(x.Size));
        var order = new int[count];
        var next = 0;
        var isLarge = new bool[count];
        foreach (var (index, _) in large)
        {
            order[next++] = index;
            isLarge[index] = true;
        }
        for (var i = 0; i < count; i++)
            if (!isLarge[i])
                order[next++] = i;
        return order;
    }
}
