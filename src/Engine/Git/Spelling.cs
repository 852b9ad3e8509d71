namespace DataVersion.Engine.Git;

/// <summary>How far two names are apart, to suggest the one that was meant.</summary>
internal static class Spelling
{
    /// <summary>How many letters must be inserted, deleted or replaced, case aside (Levenshtein).</summary>
    public static int Distance(string left, string right)
    {
        if (Math.Abs(left.Length - right.Length) > 64 || left.Length > 256)
            return int.MaxValue;
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
            row[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var above = row[j];
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]);
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                diagonal = above;
            }
        }
        return row[^1];
    }
}
