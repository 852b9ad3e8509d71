using System.Text;
using Xunit.Abstractions;

namespace DataVersion.Tests.Fixtures;

/// <summary>Collects what differs between a recording and what is there, in words that can be read.</summary>
internal sealed class StateComparison
{
    private const int MostLines = 40;
    private readonly List<string> differences = [];
    private readonly List<string> notes = [];
    private readonly IReadOnlyList<Deviation> deviations;
    private readonly HashSet<Deviation> met = [];

    /// <summary>Compares for a case, whose deviations are respected.</summary>
    public StateComparison(string name) : this(Deviations.Of(name))
    {
    }

    private StateComparison(IEnumerable<Deviation> deviations) => this.deviations = [.. deviations];

    /// <summary>Compares what DVC itself left: nothing deviates but what was recorded at another time.</summary>
    public static StateComparison OfRecording(string name) => new(Deviations.Of(name).Where(deviation => deviation.Ours is null));

    /// <summary>What was not compared, and why.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Everything that differs; empty when all is as recorded.</summary>
    public IReadOnlyList<string> Differences => differences;

    /// <summary>Reads all files below a folder; names with <c>/</c>.</summary>
    public static SortedDictionary<string, byte[]> ReadFolder(string folder)
    {
        var found = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        if (Directory.Exists(folder))
            foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
                found[Path.GetRelativePath(folder, path).Replace('\\', '/')] = File.ReadAllBytes(path);
        return found;
    }

    /// <summary>Notes a difference that somebody else found.</summary>
    public void Add(string name, string text) => differences.Add($"{name}\n{Indented(text)}");

    /// <summary>Notes something that is not compared.</summary>
    public void Note(string name, string reason) => notes.Add($"not compared: {name}: {reason}");

    /// <summary>The deviation recorded for an item; from then on it counts as met.</summary>
    public Deviation? DeviationOf(string name)
    {
        var found = deviations.FirstOrDefault(deviation => deviation.Item == name);
        if (found is not null && met.Add(found))
            notes.Add($"deviation: {name}: {found.Reason}");
        return found;
    }

    /// <summary>Prints what is not compared, and fails with all differences.</summary>
    public void Verdict(ITestOutputHelper output)
    {
        foreach (var note in notes)
            output.WriteLine(note);
        Assert.True(differences.Count == 0, $"{differences.Count} differences (- recorded, + now):\n" + string.Join('\n', differences));
    }

    /// <summary>Compares two sets of files by name and byte.</summary>
    public void Compare(string prefix, IReadOnlyDictionary<string, byte[]> recorded, IReadOnlyDictionary<string, byte[]> now)
    {
        foreach (var name in recorded.Keys.Union(now.Keys).Order(StringComparer.Ordinal))
        {
            var theirs = recorded.TryGetValue(name, out var before) ? Encoding.UTF8.GetString(before) : null;
            var ours = now.TryGetValue(name, out var after) ? Encoding.UTF8.GetString(after) : null;
            Compare(prefix + name, theirs, ours);
        }
    }

    /// <summary>Compares one text exactly; null stands for a file that is not there.</summary>
    /// <param name="name">The item, as deviations name it.</param>
    /// <param name="recorded">What DVC left.</param>
    /// <param name="now">What we left.</param>
    /// <param name="title">What a reader wants to know besides the item.</param>
    public void Compare(string name, string? recorded, string? now, string? title = null)
    {
        if (DeviationOf(name) is { } deviation)
        {
            if (deviation is { Ours: null, Look: null })
                return;
            if (deviation.Ours is { } ours)
            {
                recorded = ours(recorded ?? "");
                recorded = recorded.Length == 0 ? null : recorded;
            }
            if (deviation.Look is { } look)
                (recorded, now) = (recorded is null ? null : look(recorded), now is null ? null : look(now));
        }
        if (recorded == now)
            return;
        name = title is null ? name : $"{name} {title}";
        if (now is null)
            Add(name, "is missing; expected:\n" + recorded);
        else if (recorded is null)
            Add(name, "is not expected; holds:\n" + now);
        else
            Add(name, Difference(recorded, now));
    }

    /// <summary>The lines of either side that the other has not, "-" recorded and "+" now.</summary>
    public static string Difference(string recorded, string now)
    {
        var before = recorded.Split('\n');
        var after = now.Split('\n');
        var common = Math.Min(before.Length, after.Length);
        var start = 0;
        while (start < common && before[start] == after[start])
            start++;
        var end = 0;
        while (end < common - start && before[^(end + 1)] == after[^(end + 1)])
            end++;
        var removed = before[start..^end];
        var added = after[start..^end];
        var onlyRemoved = Without(removed, added);
        var onlyAdded = Without(added, removed);
        if (onlyRemoved.Count == 0 && onlyAdded.Count == 0)
            return $"same lines in another order, from line {start + 1}:\n"
                + string.Join('\n', removed.Take(6).Select(line => "- " + Visible(line)).Concat(added.Take(6).Select(line => "+ " + Visible(line))));
        return string.Join('\n', onlyRemoved.Select(line => "- " + Visible(line)).Concat(onlyAdded.Select(line => "+ " + Visible(line))).Take(MostLines));
    }

    private static List<string> Without(string[] lines, string[] others)
    {
        var counts = others.GroupBy(line => line).ToDictionary(group => group.Key, group => group.Count());
        var rest = new List<string>();
        foreach (var line in lines)
            if (counts.TryGetValue(line, out var count) && count > 0)
                counts[line] = count - 1;
            else
                rest.Add(line);
        return rest;
    }

    private static string Visible(string line) => line.Replace("\r", "\\r").Replace("\t", "  ");

    private static string Indented(string text) => "    " + text.TrimEnd('\n').Replace("\n", "\n    ");
}
