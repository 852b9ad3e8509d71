namespace DataVersion.Benchmarks.Workflows;

/// <summary>The shipped module, in a session that is warm from a tiny repository, or in a new shell for each command.</summary>
internal sealed class DataVersionContender : Contender
{
    /// <summary>Name of the one in a session.</summary>
    public const string InSession = "DataVersion";

    /// <summary>Name of the one in new shells.</summary>
    public const string FromColdShell = "DataVersion, new shell";

    private readonly BuiltModule module;
    private readonly string shell;
    private readonly bool cold;
    private readonly PowerShellSession session;

    /// <summary>Starts the session.</summary>
    public DataVersionContender(string folder, Setting setting, BuiltModule module, string shell, bool cold)
        : base(cold ? FromColdShell : InSession, folder, setting)
    {
        (this.module, this.shell, this.cold) = (module, shell, cold);
        session = new(module, shell);
        if (!cold)
            Warm();
    }

    /// <summary>The process of the session.</summary>
    public int ProcessId => session.ProcessId;

    /// <inheritdoc/>
    public override string? CommandOf(Step step) => step switch
    {
        Step.Add => Setting.Dataset.Tracked == TrackedAs.Folder ? "Add-DataFile data" : "Add-DataFile data/*.bin",
        Step.Status => "Get-DataStatus",
        Step.Checkout => "Switch-DataVersion",
        Step.Switch => $"Switch-DataVersion v{Target}",
        Step.Push => "Sync-DataRemote -Direction Push",
        Step.Fetch => "Sync-DataRemote -Direction Fetch",
        _ => null,
    };

    /// <inheritdoc/>
    public override void Dispose() => session.Dispose();

    /// <inheritdoc/>
    protected override void Initialize()
    {
        session.Run($"Set-Location '{Repository}'");
        session.Run(Configuration(Setting.Link, Remote));
    }

    /// <inheritdoc/>
    protected override Measurement Run(Step step) => cold
        ? Bash(module.BashCommand(shell, $"$ErrorActionPreference = 'Stop'; Import-Module $ModuleManifest; $null = {CommandOf(step)}"))
        : session.Run(CommandOf(step)!);

    // Everything once with twenty files, so that what is measured is the command and not the compilation of it.
    private void Warm()
    {
        var tiny = new Dataset("warm-up", 20, 1_000);
        var repository = Path.Combine(Folder, "warm-up");
        Directory.CreateDirectory(repository);
        Shell.Run($"rm -rf {repository} && mkdir -p {repository} && cd {repository} && git init -q "
            + "&& git config user.name bench && git config user.email bench@example.invalid", Path.GetTempPath());
        DatasetFolder.Write(Path.Combine(repository, "data"), tiny, Enumerable.Range(0, tiny.Files), 0);
        session.Run($"Set-Location '{repository}'");
        session.Run(Configuration(Setting.Link, Path.Combine(repository, ".remote")));
        session.Run("Add-DataFile data; git add -A .; git commit -q -m v1; git tag v1");
        DatasetFolder.Write(Path.Combine(repository, "data"), tiny, [0], 1);
        session.Run("Add-DataFile data; git add -A .; git commit -q -m v2; git tag v2; Get-DataStatus; "
            + "Switch-DataVersion v1; Switch-DataVersion v2; Sync-DataRemote -Direction Push; Sync-DataRemote -Direction Push");
        Directory.Delete(Path.Combine(repository, ".dvc", "cache", "files"), recursive: true);
        session.Run("Sync-DataRemote -Direction Fetch; Sync-DataRemote -Direction Fetch");
        Directory.Delete(Path.Combine(repository, "data"), recursive: true);
        session.Run("Switch-DataVersion; Add-DataFile data; Get-DataStatus");
    }

    private static string Configuration(string link, string remote) =>
        $"Initialize-DataRepository; Set-DataConfig cache.type {link}; Add-DataRemote store '{remote}' -Default";
}
