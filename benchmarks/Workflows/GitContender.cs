namespace DataVersion.Benchmarks.Workflows;

/// <summary>Git LFS: as much as it has of the same, with a bare repository in a folder as remote.</summary>
internal sealed class GitLfsContender(string folder, Setting setting) : Contender("git lfs", folder, setting)
{
    /// <inheritdoc/>
    public override string? CommandOf(Step step) => step switch
    {
        Step.Add => "git add data",
        Step.Status => "git status --porcelain",
        Step.Checkout => "git checkout -q -- data",
        Step.Switch => $"git checkout -q v{Target}",
        Step.Push => "git lfs push --all origin",
        Step.Fetch => "git lfs fetch --all origin",
        _ => null,
    };

    /// <inheritdoc/>
    protected override void Initialize() =>
        Bash($"git init -q --bare '{Remote}' && git remote add origin '{Remote}' && git lfs install --local && git lfs track '*.bin' && git add .gitattributes");

    /// <inheritdoc/>
    public override bool Has(Step step) => step is not (Step.DeleteCache or Step.DeleteRemote);

    /// <inheritdoc/>
    protected override Measurement Run(Step step) => Bash(CommandOf(step)!);
}

/// <summary>Git-annex: the same, with a special remote in a folder.</summary>
internal sealed class GitAnnexContender(string folder, Setting setting) : Contender("git annex", folder, setting)
{
    /// <inheritdoc/>
    public override string? CommandOf(Step step) => step switch
    {
        Step.Add => "git annex add --quiet data",
        Step.Status => "git annex status",
        Step.Checkout => "git checkout -q -- data",
        Step.Switch => $"git checkout -q v{Target}",
        Step.Push => "git annex copy --quiet --all --to store",
        _ => null,
    };

    /// <inheritdoc/>
    public override bool Has(Step step) => step is not (Step.DeleteCache or Step.DeleteRemote or Step.Fetch);

    /// <inheritdoc/>
    protected override void Initialize() => Bash($"git annex init -q bench && git config annex.backend MD5 "
        + $"&& git annex initremote --quiet store type=directory directory='{Remote}' encryption=none");

    /// <inheritdoc/>
    protected override Measurement Run(Step step) => Bash(CommandOf(step)!);
}
