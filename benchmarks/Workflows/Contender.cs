namespace DataVersion.Benchmarks.Workflows;

/// <summary>A program with a repository of its own, which it brings through the steps of an operation.</summary>
/// <param name="name">For reports.</param>
/// <param name="folder">For everything that it makes; is emptied.</param>
/// <param name="setting">What is measured on.</param>
internal abstract class Contender(string name, string folder, Setting setting) : IDisposable
{
    private int changes;
    private int aside;

    /// <summary>For reports.</summary>
    public string Name { get; } = name;

    /// <summary>Folder with everything of it.</summary>
    public string Folder { get; } = folder;

    /// <summary>What is measured on.</summary>
    public Setting Setting { get; } = setting;

    /// <summary>Its repository.</summary>
    public string Repository => Path.Combine(Folder, "repository");

    /// <summary>The tracked folder, or the folder of the tracked files.</summary>
    public string Data => Path.Combine(Repository, "data");

    /// <summary>The folder that is its remote.</summary>
    public string Remote => Path.Combine(Folder, "remote");

    /// <summary>Which version a file has now; those that are not in it have version 0.</summary>
    public Dictionary<int, int> Versions { get; } = [];

    /// <summary>Contents that the cache holds when everything was added.</summary>
    public int Contents { get; private set; }

    /// <summary>Versions that Git knows, by the names v1, v2, ...</summary>
    public int Commits { get; private set; }

    /// <summary>The step is one that this program has.</summary>
    public virtual bool Has(Step step) => true;

    /// <summary>What was typed for the timed step, for the report; null if it was none.</summary>
    public abstract string? CommandOf(Step step);

    /// <summary>
    /// What takes a path away, if it is there. Many files are put aside: ext4 makes new ones slowly where many were deleted.
    /// Large ones would fill the disk. Git-annex protects folders too.
    /// </summary>
    public string Removal(string path) => $"if [ -e '{path}' ]; then " + (Setting.Dataset.IsLarge
        ? $"chmod -R u+w '{path}'; rm -rf '{path}'"
        : $"mkdir -p '{Folder}/aside' && mv '{path}' '{Folder}/aside/{aside++}'") + "; fi";

    /// <summary>Does one step.</summary>
    /// <returns>What it cost, for those that are measured.</returns>
    public Measurement Do(Step step)
    {
        switch (step)
        {
            case Step.Fresh:
                Fresh();
                return default;
            case Step.Change:
                changes++;
                DatasetFolder.Write(Data, Setting.Dataset, Setting.Dataset.ChangedBy(changes), changes);
                foreach (var index in Setting.Dataset.ChangedBy(changes))
                    Versions[index] = changes;
                Contents += Setting.Dataset.Changed;
                return default;
            case Step.Commit:
                Commits++;
                return Bash($"git add -A . && git commit -q -m v{Commits} && git tag v{Commits}");
            case Step.DeleteData:
                return Setting.Dataset.Tracked == TrackedAs.Folder ? Remove("data") : Bash("find data -name '*.bin' -delete");
            case Step.DeleteCache:
                return Remove(".dvc/cache/files");
            case Step.DeleteRemote:
                return Bash($"{Removal(Remote)} && mkdir '{Remote}'");
            case Step.Switch:
                var measured = Run(step);
                Versions.Clear();
                if (Target == 2)
                    foreach (var index in Setting.Dataset.ChangedBy(1))
                        Versions[index] = 1;
                Target = 3 - Target;
                return measured;
            default:
                return Run(step);
        }
    }

    /// <summary>Ends what runs.</summary>
    public virtual void Dispose()
    {
    }

    /// <summary>The version that the next switch goes to.</summary>
    protected int Target { get; private set; } = 1;

    /// <summary>Makes the repository ready after <c>git init</c>.</summary>
    protected abstract void Initialize();

    /// <summary>Does a step that the program does itself.</summary>
    protected abstract Measurement Run(Step step);

    /// <summary>Runs a command in the repository.</summary>
    protected Measurement Bash(string command) => Shell.Run(command, Repository, Variables);

    /// <summary>Environment variables of its commands.</summary>
    protected virtual IReadOnlyDictionary<string, string>? Variables => null;

    private Measurement Remove(string path) => Bash(Removal(path));

    private void Fresh()
    {
        Directory.CreateDirectory(Folder);
        Shell.Run($"{Removal(Repository)}; {Removal(Remote)}; mkdir -p '{Repository}' '{Remote}'", Folder);
        Versions.Clear();
        (changes, Commits, Target, Contents) = (0, 0, 1, Setting.Dataset.Files);
        Bash("git init -q && git config user.name bench && git config user.email bench@example.invalid && git config gc.auto 0");
        Initialize();
        // A clone would not be in memory.
        Bash($"cp -r --reflink=never '{Setting.Source}' data");
    }
}

/// <summary>What the participants of one comparison share.</summary>
/// <param name="Dataset">The data.</param>
/// <param name="Source">Folder with its files.</param>
/// <param name="Link">Link kind as the configuration spells it.</param>
internal sealed record Setting(Dataset Dataset, string Source, string Link);
