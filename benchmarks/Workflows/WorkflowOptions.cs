using System.Globalization;

namespace DataVersion.Benchmarks.Workflows;

/// <summary>What to measure, as typed.</summary>
internal sealed class WorkflowOptions
{
    /// <summary>What a person may type.</summary>
    public const string Usage = """
        workflows [options]    commands from end to end, beside the floor of the machine and other programs
          --dataset names      of many-100k, many-10k, tiny, large, huge, single, million, small; name:0.1 scales that one
          --operation names    of add, add-unchanged, add-changed, status, checkout, switch, push, push-nothing, fetch,
                               fetch-nothing, start-up
          --link kinds         of reflink, hardlink, symlink, copy
          --filesystem names   ext4, btrfs (both in a file mounted for the run where need be, as root), or a folder
          --scale f            smaller data sets: fewer files, of the large ones smaller files (1)
          --rounds n           of all participants in turn (3)
          --cold               with an empty page cache, as root
          --peers              git lfs and git annex too, where they are on PATH
          --no-dvc             DVC not, which else is there when it is on PATH
          --strace             counts system calls instead of time
          --shell name         host (of this repository) or pwsh
          --work folder        where the data sets and repositories are made
          --output file        the report; benchmarks/results/<date>.md
        Names are separated by commas or spaces.
        """;

    /// <summary>Data sets, scaled.</summary>
    public List<Dataset> Datasets { get; private set; } = [];

    /// <summary>Operations.</summary>
    public IReadOnlyList<Operation> Operations { get; private set; } = Operation.All;

    /// <summary>Link kinds; none are those of the file system.</summary>
    public IReadOnlyList<string> Links { get; private set; } = [];

    /// <summary>ext4, btrfs or folders.</summary>
    public IReadOnlyList<string> FileSystems { get; private set; } = Environment.UserName == "root" ? ["ext4", "btrfs"] : ["ext4"];

    /// <summary>How often everything is measured.</summary>
    public int Rounds { get; private set; } = 3;

    /// <summary>The page cache is emptied before each measurement.</summary>
    public bool Cold { get; private set; }

    /// <summary>git lfs and git annex are measured too.</summary>
    public bool Peers { get; private set; }

    /// <summary>DVC is left out.</summary>
    public bool NoDvc { get; private set; }

    /// <summary>System calls are counted, nothing is timed.</summary>
    public bool CountSystemCalls { get; private set; }

    /// <summary>host or pwsh.</summary>
    public string Shell { get; private set; } = "host";

    /// <summary>Where everything is made.</summary>
    public string Work { get; private set; } = Path.Combine(Path.GetTempPath(), "dataversion-benchmark");

    /// <summary>The report.</summary>
    public string Output { get; private set; } = "";

    /// <summary>Understands what was typed.</summary>
    /// <exception cref="ArgumentException">It cannot be understood.</exception>
    public static WorkflowOptions Parse(string[] arguments)
    {
        var options = new WorkflowOptions();
        var scale = 1.0;
        var datasets = Dataset.All.Select(d => d.Name).ToArray();
        for (var i = 0; i < arguments.Length; i++)
        {
            string Value() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value.");
            string[] Names() => Value().Split([',', ' '], StringSplitOptions.RemoveEmptyEntries);
            switch (arguments[i])
            {
                case "--dataset": datasets = Names(); break;
                case "--operation": options.Operations = [.. Names().Select(Operation.Named)]; break;
                case "--link": options.Links = Names(); break;
                case "--filesystem": options.FileSystems = Names(); break;
                case "--scale": scale = Number(Value()); break;
                case "--rounds": options.Rounds = Math.Max(1, (int)Number(Value())); break;
                case "--cold": options.Cold = true; break;
                case "--peers": options.Peers = true; break;
                case "--no-dvc": options.NoDvc = true; break;
                case "--strace": options.CountSystemCalls = true; break;
                case "--shell": options.Shell = Value(); break;
                case "--work": options.Work = Path.GetFullPath(Value()); break;
                case "--output": options.Output = Path.GetFullPath(Value()); break;
                default: throw new ArgumentException($"'{arguments[i]}' is not an option.");
            }
        }
        foreach (var name in datasets)
            options.Datasets.Add(name.Split(':') is [var shape, var factor]
                ? Dataset.Named(shape).Scaled(Number(factor)) : Dataset.Named(name).Scaled(scale));
        if (options.Links.Except(LinkKinds.All).FirstOrDefault() is { } unknown)
            throw new ArgumentException($"'{unknown}' is not a link kind.");
        if (options.Shell is not ("host" or "pwsh"))
            throw new ArgumentException("--shell is host or pwsh.");
        return options;
    }

    private static double Number(string text) => double.TryParse(text, CultureInfo.InvariantCulture, out var number) && number > 0
        ? number : throw new ArgumentException($"'{text}' is not a positive number.");
}
