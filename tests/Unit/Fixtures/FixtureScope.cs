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
    private const string Pipelines = "stages are run and edited by the pipeline cmdlets, which come later";
    private const string Imports = "imports come later";
    private const string Metrics = "metrics and plots come later";
    private const string Experiments = "experiments come later";

    private static readonly (string Prefix, string Reason)[] LaterCases =
    [
        ("21-", Pipelines), ("29-", Imports), ("30-", Imports), ("31-", Pipelines), ("32-", Pipelines), ("33-", Pipelines),
        ("34-", Pipelines), ("35-", Pipelines), ("36-", Pipelines), ("37-", Pipelines), ("38-", Pipelines), ("39-", Pipelines),
        ("40-", Metrics), ("41-", Experiments),
    ];

    private static readonly Substitution[] Substitutions =
    [
        new("15-shared-cache", 33, Pipelines, new FromArchive("one/dvc.lock", "one/upper.txt", "one/.gitignore",
            "shared-cache/files/md5/63", "shared-cache/runs")),
        new("20-legacy-migrate", 25, Pipelines),
        new("20-legacy-migrate", 33, Pipelines),
        new("26-run-cache-remote", 11, Pipelines,
            new FromGit("repo", "one", "dvc.lock", ".gitignore", "m.json"),
            new Text("repo/head.txt", "a\n"),
            new FromArchive("repo/sorted.txt", "repo/.dvc/cache/files/md5/60", "repo/.dvc/cache/files/md5/c0",
                "repo/.dvc/cache/files/md5/dd", "repo/.dvc/cache/runs/71", "repo/.dvc/cache/runs/b7")),
        new("26-run-cache-remote", 16, Pipelines,
            new FromArchive("repo/dvc.lock", "repo/m.json", "repo/head.txt", "repo/.dvc/cache/files/md5/d6/151fba476968f7588db1cc822d6a24",
                "repo/.dvc/cache/runs/35")),
        new("26-run-cache-remote", 25, Pipelines),
        new("26-run-cache-remote", 31, Pipelines,
            new FromSnapshot("clone", "5-clone-repro", "dvc.lock"),
            new FromArchive("clone/m.json", "clone/head.txt", "clone/.dvc/cache/files/md5/60", "clone/.dvc/cache/files/md5/c0")),
        new("26-run-cache-remote", 37, Pipelines, new FromArchive("clone/.dvc/cache/files", "clone/in.txt", "clone/sorted.txt", "clone/head.txt")),
        new("27-gc-scopes", 97, Pipelines, new FromArchive("repo/dvc.lock", "repo/u.txt", "repo/.gitignore",
            "repo/.dvc/cache/files/md5/1f", "repo/.dvc/cache/runs")),
        new("43-autostage-hooks", 15, Pipelines,
            new FromGit("repo", "HEAD~1", "dvc.lock"), new GitCommand("repo", "add", "dvc.lock"),
            new FromArchive("repo/u.txt", "repo/m.json", "repo/.dvc/cache/runs", "repo/.dvc/cache/files/md5/89", "repo/.dvc/cache/files/md5/bf")),
        new("43-autostage-hooks", 38, "there is no cmdlet that takes a repository apart", new FromArchive("destroyed")),
        new("45-yaml-reading", 30, Pipelines, new FromSnapshot("repo", "6-repro", "dvc.lock"),
            new FromArchive("repo/.gitignore", "repo/base.txt", "repo/derived.txt", "repo/.dvc/cache/runs",
                "repo/.dvc/cache/files/md5/ce", "repo/.dvc/cache/files/md5/3e")),
        new("45-yaml-reading", 32, Pipelines),
    ];

    /// <summary>Why a case cannot be replayed yet; null when it can.</summary>
    public static string? WhyNotReplayed(string name) =>
        LaterCases.FirstOrDefault(later => name.StartsWith(later.Prefix, StringComparison.Ordinal)).Reason;

    /// <summary>What stands in for a step; null when the step is carried out.</summary>
    public static Substitution? SubstitutionOf(string name, int step) =>
        Substitutions.FirstOrDefault(item => item.Case == name && item.Step == step);
}
