namespace DataVersion.Tests.Fixtures;

/// <summary>A step of a capability that we do not have yet: its recorded effect is put in place instead.</summary>
/// <param name="Case">Name of the case.</param>
/// <param name="Step">Number of the step.</param>
/// <param name="Reason">Why it is not carried out.</param>
/// <param name="Effects">What it left behind; nothing when it only looked.</param>
internal sealed record Substitution(string Case, int Step, string Reason, params Effect[] Effects);

/// <summary>Which cases and steps belong to capabilities that are still to come. What is not named here is carried out.</summary>
internal static class FixtureScope
{
    private const string Metrics = "metrics, plots and the comparison of parameters come later";
    private const string Experiments = "experiments come later";

    private static readonly (string Prefix, string Reason)[] LaterCases =
    [
        ("40-", Metrics), ("41-", Experiments),
    ];

    private static readonly Substitution[] Substitutions =
    [
        new("35-params-files", 27, Metrics),
        new("35-params-files", 28, Metrics),
        new("39-repro-failures", 12, "there is no way to go on as if a stage had not failed; -KeepGoing leaves out what depends on it",
            new FromSnapshot("repo", "3-ignore-errors", "dvc.lock"), new Text("repo/.gitignore", "/a.txt\n/d.txt\n/f.txt\n/c.txt\n/e.txt\n"),
            new FromArchive("repo/c.txt", "repo/e.txt", "repo/.dvc/cache/files/md5/3d", "repo/.dvc/cache/runs/ea", "repo/.dvc/cache/runs/f3")),
        new("43-autostage-hooks", 38, "there is no cmdlet that takes a repository apart", new FromArchive("destroyed")),
    ];

    /// <summary>Why a case cannot be replayed yet; null when it can.</summary>
    public static string? WhyNotReplayed(string name) =>
        LaterCases.FirstOrDefault(later => name.StartsWith(later.Prefix, StringComparison.Ordinal)).Reason;

    /// <summary>What stands in for a step; null when the step is carried out.</summary>
    public static Substitution? SubstitutionOf(string name, int step) =>
        Substitutions.FirstOrDefault(item => item.Case == name && item.Step == step);
}
