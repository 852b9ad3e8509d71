namespace DataVersion.Benchmarks.Workflows;

/// <summary>DVC itself.</summary>
internal sealed class DvcContender(string folder, Setting setting) : Contender(ProgramName, folder, setting)
{
    /// <summary>Its name.</summary>
    public const string ProgramName = "dvc";

    /// <inheritdoc/>
    public override string? CommandOf(Step step) => step switch
    {
        Step.Add => Setting.Dataset.Tracked == TrackedAs.Folder ? "dvc add -q data" : "dvc add -q data/*.bin",
        Step.Status => "dvc status -q",
        Step.Checkout => "dvc checkout -q",
        Step.Switch => $"git checkout -q v{Target} && dvc checkout -q",
        Step.Push => "dvc push -q",
        Step.Fetch => "dvc fetch -q",
        _ => null,
    };

    // Its table of hashes in a place of its own, so that runs do not know of each other.
    /// <inheritdoc/>
    protected override IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>
    {
        ["DVC_SITE_CACHE_DIR"] = Path.Combine(Folder, "site"),
    };

    /// <inheritdoc/>
    protected override void Initialize()
    {
        // One start of the program instead of four.
        Bash($"rm -rf '{Folder}/site' && dvc init -q");
        File.AppendAllText(Path.Combine(Repository, ".dvc", "config"), $"""
            [core]
                remote = store
                check_update = false
            [cache]
                type = {Setting.Link}
            ['remote "store"']
                url = {Remote}

            """);
    }

    /// <inheritdoc/>
    protected override Measurement Run(Step step) => Bash(CommandOf(step)!);
}
