namespace DataVersion.Tests.Fixtures;

/// <summary>A place where we do not compare with the recording, or expect something else, on purpose.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Item">What differs: a step (<c>steps[12]</c>), a listing, a snapshot or a report, as the harness names it.</param>
/// <param name="Reason">Why.</param>
internal sealed record Deviation(string Case, string Item, string Reason)
{
    /// <summary>What ours is instead, where the harness can assert it: applied to the recorded text.</summary>
    public Func<string, string>? Ours { get; init; }
}

/// <summary>Every known difference to the recordings in one table. What is not here must be equal.</summary>
internal static class Deviations
{
    private const string DataPathsName = "a path may name the data or its .dvc file, so the step would succeed with ours";

    private const string ConfigBooleans = "DVC shows a truth value as it was typed; ours shows what it means. The file keeps the spelling.";

    private const string LostFolder = "DVC loses the folder of a .dvc file whose name starts with '#' (see the notes of the case); ours does not.";

    private const string OwnDriver = "the merge driver is ours; it calls PowerShell";

    private static readonly Deviation[] Table =
    [
        new("04-add-odd-names", "repo: data-status.json", LostFolder)
        {
            Ours = lines => Unchanged(WithoutLines(lines, "/committed/"), "dirs/#hash [1]/", "dirs/#hash [1]/f", "odd/#start.txt"),
        },
        new("04-add-odd-names", "repo: data-status-plain.json", LostFolder) { Ours = _ => " {}" },
        new("04-add-odd-names", "repo: diff.json", LostFolder) { Ours = _ => " {}" },
        new("04-add-odd-names", "repo: ls.json", LostFolder) { Ours = lines => lines.Replace("dirs#hash [1]/f", "dirs/#hash [1]/f") },
        .. Enumerable.Select<string, Deviation>(
            ["steps[30] snapshot 4-subdirectory", "steps[34] snapshot 5-two-targets", "steps[37] snapshot 6-remove-subdirectory",
             "steps[40] snapshot 7-never-existed", "steps[43] snapshot 8-commit-file", "repo:"],
            state => new("08-granular", state == "repo:" ? "repo: cache.txt" : state + ".cache.txt",
                "DVC stores manifests that nothing names: of the part alone, and of the state between two parts.")
            { Ours = lines => WithoutLines(lines, "3ff005fab7b13fdad4e9665b9c67a047.dir", "7a6adb23ff16c7b9ba236804fc015d1d.dir") }),
        new("09-re-add-fields", "steps[10]", "DVC 3 has no --desc; Add-DataFile has -Description, so there is no unknown option to refuse."),
        new("16-remove-move", "steps[26]", $"DVC refuses the data's name; for ours {DataPathsName}."),
        new("22-config-edit", "repo: config-list.txt.output", ConfigBooleans) { Ours = list => list.Replace("TRUE", "true") },
        new("22-config-edit", "repo: config-list-origin.txt.output", ConfigBooleans) { Ours = list => list.Replace("TRUE", "true") },
        .. RemoteDeviations.Table,
        new("42-merge-driver", "steps[7].output", OwnDriver),
        new("43-autostage-hooks", "steps[30]", "hooks of ours are written anew, so there is nothing to refuse"),
        new("43-autostage-hooks", "steps[31].output", OwnDriver),
        new("40-metrics-plots", "repo: git-status.txt",
            "It was recorded after the plot reports had written pictures into dvc_plots/, which the archive does not hold."),
    ];

    /// <summary>The deviations of a case.</summary>
    public static IReadOnlyList<Deviation> Of(string name) => [.. Table.Where(deviation => deviation.Case == name)];

    private static string WithoutLines(string text, params string[] parts) =>
        string.Join('\n', text.Split('\n').Where(line => !parts.Any(part => line.Contains(part, StringComparison.Ordinal))));

    private static string Unchanged(string lines, params string[] paths) =>
        string.Join('\n', lines.Split('\n').Concat(paths.Select(path => "/unchanged[] " + path)).Order(StringComparer.Ordinal));
}
