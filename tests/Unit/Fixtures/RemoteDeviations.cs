namespace DataVersion.Tests.Fixtures;

/// <summary>Where pushing, fetching and looking at remotes is meant to differ from DVC.</summary>
internal static class RemoteDeviations
{
    private const string HolesAreSeen = "DVC takes a manifest on the remote as proof of its files; ours looks at each file, sees the hole and fills it.";

    private const string StatusChangesNothing = "DVC's status of a remote fetches manifests into the cache; ours changes nothing.";

    private const string NoStrays = "DVC leaves temporary files behind, and the manifest in the cache; ours does not.";

    private const string LostObject = "0444\t4\t11f367cca671a8444ee81da6110ab94c\tfiles/md5/11/f367cca671a8444ee81da6110ab94c";

    public static readonly Deviation[] Table =
    [
        new("11-add-out-remote", "steps[24] snapshot before-pull.cache.txt", NoStrays) { Ours = WithoutStrays },
        new("11-add-out-remote", "steps[24] snapshot before-pull.remote.txt", NoStrays) { Ours = WithoutStrays },
        new("11-add-out-remote", "repo: cache.txt", NoStrays) { Ours = WithoutStrays },
        new("11-add-out-remote", "remote-tree.txt", NoStrays) { Ours = WithoutStrays },
        new("24-push-pull", "steps[43] snapshot 4-clone-one-file.cache.txt", StatusChangesNothing)
        {
            Ours = text => Without(text, "files/md5/de/b43995c472e0cc1a9e0df9cd7cb866.dir"),
        },
        new("24-push-pull", "steps[44].json", StatusChangesNothing)
        {
            Ours = lines => string.Join('\n', lines.Replace("/not_in_cache[] e/only", "/not_in_cache[] e/").Split('\n')
                .Where(line => line != "/uncommitted/deleted[] e/only").Order(StringComparer.Ordinal)),
        },
        new("24-push-pull", "steps[62].json", HolesAreSeen) { Ours = json => json.Replace("/d/2 \"deleted\"", "/d/2 \"missing\"") },
        new("24-push-pull", "steps[65].exit", "DVC fails at the hole that it did not see; for ours it is missing, which -AllowMissing allows."),
        new("24-push-pull", "steps[67] snapshot 10-push-repairs.remote.txt", HolesAreSeen) { Ours = text => With(text, LostObject) },
        new("24-push-pull", "steps[68].exit", HolesAreSeen),
        new("24-push-pull", "clone: cache.txt", HolesAreSeen) { Ours = text => With(text, LostObject) },
        new("24-push-pull", "clone: workspace.txt", HolesAreSeen)
        {
            Ours = text => With(With(text, "f\t0644\tcopy\t4\t11f367cca671a8444ee81da6110ab94c\td/2"), "f\t0644\tcopy\t2\t9a8ad92c50cae39aa2c5604fd0ab6d8c\tf.txt"),
        },
        new("24-push-pull", "remote-tree.txt", HolesAreSeen) { Ours = text => With(text, LostObject) },
        new("24-push-pull", "repo: cloud-status.json", HolesAreSeen) { Ours = _ => "/d/2 \"new\"" },
        new("24-push-pull", "clone: cloud-status.json", HolesAreSeen) { Ours = json => json.Replace("/d/2 \"deleted\"", "/d/2 \"missing\"") },
        new("25-remote-outputs", "steps[23].json", "DVC leaves out outputs with a remote of their own unless it is named; ours asks that remote.")
        {
            Ours = lines => string.Join('\n', lines.Split('\n')
                .Concat(["/b.txt \"new\"", "/d \"new\"", "/d/1 \"new\"", "/d/2 \"new\""]).Order(StringComparer.Ordinal)),
        },
        new("25-remote-outputs", "steps[24].exit", "DVC only warns when an object is on neither side; ours is an error unless -AllowMissing is given."),
    ];

    private static string WithoutStrays(string text) => Without(text, ".tmp", "files/md5/82/1d5c03742f6df5d5ffb5f6a0e2e070.dir");

    private static string Without(string text, params string[] endings) =>
        string.Join('\n', text.Split('\n').Where(line => !endings.Any(ending => line.EndsWith(ending, StringComparison.Ordinal))));

    // Listings are in the order of the paths, which are the last column.
    private static string With(string text, string line)
    {
        var lines = text.Split('\n').ToList();
        var place = lines.FindIndex(l => l.Length == 0 || (!l.StartsWith('#') && string.CompareOrdinal(PathOf(l), PathOf(line)) > 0));
        lines.Insert(place < 0 ? lines.Count : place, line);
        return string.Join('\n', lines);
    }

    private static string PathOf(string line) => line[(line.LastIndexOf('\t') + 1)..];
}
