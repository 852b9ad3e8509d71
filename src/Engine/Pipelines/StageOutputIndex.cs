namespace DataVersion.Engine.Pipelines;

/// <summary>The outputs of many stages, found by path: those at a path, those that contain it, those inside it.</summary>
internal sealed class StageOutputIndex
{
    private readonly string[] keys;
    private readonly int[] sorted;

    /// <summary>Sorts the outputs; costs n log n once, a search costs log n and what it finds.</summary>
    /// <param name="stages">The stages.</param>
    public StageOutputIndex(IReadOnlyList<StageDefinition> stages)
    {
        var all = new List<(int Stage, StageOutputPath Path)>(stages.Count);
        for (var i = 0; i < stages.Count; i++)
            foreach (var output in stages[i].Outputs)
                all.Add((i, output));
        Outputs = all;
        sorted = new int[all.Count];
        keys = new string[all.Count];
        for (var i = 0; i < sorted.Length; i++)
            (sorted[i], keys[i]) = (i, KeyOf(all[i].Path.Path));
        // Equal paths stay in the order of the stages.
        Array.Sort(sorted, (x, y) => string.CompareOrdinal(keys[x], keys[y]) is var order && order != 0 ? order : x - y);
        keys = Array.ConvertAll(sorted, i => keys[i]);
    }

    /// <summary>All outputs in the order of the stages, each with the number of its stage.</summary>
    public IReadOnlyList<(int Stage, StageOutputPath Path)> Outputs { get; }

    /// <summary>
    /// Numbers of the outputs at a path, above and below it: first those that contain it, from the outermost, then the
    /// others in the order of the stages.
    /// </summary>
    public IReadOnlyList<int> Overlapping(string path)
    {
        var key = KeyOf(path);
        List<int>? found = null;
        for (var slash = key.IndexOf('\0'); slash >= 0; slash = key.IndexOf('\0', slash + 1))
        {
            var outer = key[..slash];
            for (var i = LowerBound(outer); i < keys.Length && keys[i] == outer; i++)
                (found ??= []).Add(sorted[i]);
        }
        var above = found?.Count ?? 0;
        for (var i = LowerBound(key); i < keys.Length && keys[i].StartsWith(key, StringComparison.Ordinal); i++)
            if (keys[i].Length == key.Length || keys[i][key.Length] == '\0')
                (found ??= []).Add(sorted[i]);
            else
                break;
        if (found is null)
            return [];
        found.Sort(above, found.Count - above, null);
        return found;
    }

    /// <summary>The first two outputs of which one is, or lies in, the other; by number, the outer one first. Null when there are none.</summary>
    public (int Outer, int Inner)? FirstConflict()
    {
        for (var i = 1; i < keys.Length; i++)
            if (keys[i].StartsWith(keys[i - 1], StringComparison.Ordinal) && (keys[i].Length == keys[i - 1].Length || keys[i][keys[i - 1].Length] == '\0'))
                return (sorted[i - 1], sorted[i]);
        return null;
    }

    // With the separator below every other character, what lies in a folder follows directly on the folder.
    private static string KeyOf(string path) => path.Replace('/', '\0');

    private int LowerBound(string key)
    {
        var (low, high) = (0, keys.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (string.CompareOrdinal(keys[middle], key) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
