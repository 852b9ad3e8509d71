namespace DataVersion.Tests.Fixtures;

// Where ours reports something else of the same state.
internal static partial class Deviations
{
    private const string LostFolder = "DVC loses the folder of a .dvc file whose name starts with '#' (see the notes of the case); ours does not.";
    private const string ConfigBooleans = "DVC shows a truth value as it was typed; ours shows what it means. The file keeps the spelling.";
    private const string ResolvedUrl = "DVC lists the reference to another remote as it is written; ours shows where it leads.";
    private const string ListFails = "DVC lists nothing when a manifest is missing; ours lists what it knows.";

    private static IEnumerable<Deviation> Reports =>
    [
        new("04-add-odd-names", "repo: data-status.json", LostFolder)
        {
            Ours = lines => Sorted(ListingText.Without(lines, "/committed/"),
                "/unchanged[] dirs/#hash [1]/", "/unchanged[] dirs/#hash [1]/f", "/unchanged[] odd/#start.txt"),
        },
        new("04-add-odd-names", "repo: data-status-plain.json", LostFolder) { Ours = _ => " {}" },
        new("04-add-odd-names", "repo: diff.json", LostFolder) { Ours = _ => " {}" },
        new("04-add-odd-names", "repo: ls.json", LostFolder)
        {
            Ours = lines => lines.Replace("path: dirs#hash [1]/f, size: null", "path: dirs/#hash [1]/f, size: 3"),
        },
        new("04-add-odd-names", "repo: dag.dot.output", "DVC writes quotes in names as they are, which Graphviz cannot read; ours escapes them.")
        {
            Ours = text => text.Replace("both'\".txt", "both'\\\".txt").Replace("quo\"te", "quo\\\"te"),
        },
        new("18-status-states", "repo: ls.json.exit", ListFails),
        new("22-config-edit", "repo: config-list.txt.output", ConfigBooleans) { Ours = list => list.Replace("TRUE", "true") },
        new("22-config-edit", "repo: config-list-origin.txt.output", ConfigBooleans) { Ours = list => list.Replace("TRUE", "true") },
        .. Each("23-config-remotes", ResolvedUrl, list => list.Replace("remote://s3main/sub/path", "s3://bucket/a/prefix/sub/path"),
            "steps[81].output", "repo: remote-list.txt.output"),
        new("27-gc-scopes", "branches: ls.json.exit", ListFails),
        new("40-metrics-plots", "repo: git-status.txt",
            "It was recorded after the plot reports had written pictures into dvc_plots/, which the archive does not hold."),
    ];

    private static string Sorted(string lines, params string[] further) =>
        string.Join('\n', lines.Split('\n').Concat(further).Order(StringComparer.Ordinal));
}
