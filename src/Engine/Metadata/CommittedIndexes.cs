namespace DataVersion.Engine.Metadata;

/// <summary>
/// The indexes of the commits that were read last in this process. What a commit says never changes, so each status of a
/// session need not read it anew. Thread-safe.
/// </summary>
internal static class CommittedIndexes
{
    private const int Kept = 2;
    // A session is not to hold on to very much.
    private const int MostOutputs = 50_000;

    private static readonly Lock Gate = new();
    private static readonly List<Known> Latest = [];

    /// <summary>What decides about the content: Git's objects, the folder of the repository, the commit.</summary>
    private sealed record Key(string Objects, string Root, string Commit);

    private sealed record Known(Key Key, DataIndex Index);

    /// <summary>The index of a commit; read when it is not known.</summary>
    /// <param name="objects">The folder with Git's objects.</param>
    /// <param name="root">The folder of the repository.</param>
    /// <param name="commit">The full name of the commit.</param>
    /// <param name="read">Reads it; what it throws is not kept.</param>
    public static DataIndex Get(string objects, string root, string commit, Func<DataIndex> read)
    {
        var key = new Key(objects, root, commit);
        lock (Gate)
            if (Latest.FindIndex(known => known.Key == key) is >= 0 and var at)
                return Latest[at].Index;
        var index = read();
        if (index.Outputs.Count + index.StaleOutputs.Count <= MostOutputs)
            lock (Gate)
            {
                Latest.RemoveAll(known => known.Key == key);
                if (Latest.Count == Kept)
                    Latest.RemoveAt(0);
                Latest.Add(new Known(key, index));
            }
        return index;
    }
}
