namespace DataVersion.Engine.Repositories;

/// <summary>Finds what a person may have meant by a name that does not exist.</summary>
internal static class NearestName
{
    /// <summary>" Did you mean 'x'?" for the nearest candidate, "" when none is near.</summary>
    public static string Hint(string word, IEnumerable<string> candidates)
    {
        var (best, distance) = ("", Math.Max(2, word.Length / 3) + 1);
        foreach (var candidate in candidates)
            if (Distance(word, candidate) is var d && d < distance)
                (best, distance) = (candidate, d);
        return best.Length == 0 ? "" : $" Did you mean '{best}'?";
    }

    // Insertions, deletions and replacements that turn one word into the other.
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)));
        }
        return row[^1];
    }
}
