namespace DataVersion.Benchmarks.Workflows;

/// <summary>One thing that is done to a repository.</summary>
internal enum Step
{
    /// <summary>A new repository with a remote and a copy of the data.</summary>
    Fresh,

    /// <summary>Tracks the data as it is.</summary>
    Add,

    /// <summary>A commit and a tag of what Git keeps.</summary>
    Commit,

    /// <summary>One per cent of the files get other bytes.</summary>
    Change,

    /// <summary>The data is deleted from the workspace.</summary>
    DeleteData,

    /// <summary>All objects are deleted from the cache.</summary>
    DeleteCache,

    /// <summary>The remote is emptied.</summary>
    DeleteRemote,

    /// <summary>Reports what is not as recorded.</summary>
    Status,

    /// <summary>Brings the data of the present version.</summary>
    Checkout,

    /// <summary>Goes to the other version.</summary>
    Switch,

    /// <summary>Sends to the remote.</summary>
    Push,

    /// <summary>Gets from the remote.</summary>
    Fetch,
}

/// <summary>What is measured: how a repository gets there, once and before each round, and the step that is timed.</summary>
/// <param name="Name">As typed.</param>
/// <param name="Once">Steps before the first round.</param>
/// <param name="EachRound">Steps before each round.</param>
/// <param name="Timed">The step that is measured.</param>
internal sealed record Operation(string Name, Step[] Once, Step[] EachRound, Step Timed)
{
    private static readonly Step[] Tracked = [Step.Fresh, Step.Add, Step.Commit];
    private static readonly Step[] Pushed = [.. Tracked, Step.Push];

    /// <summary>All operations, in the order of a report.</summary>
    public static IReadOnlyList<Operation> All { get; } =
    [
        new("start-up", Tracked, [], Step.Status),
        new("add", [], [Step.Fresh], Step.Add) { OfEachLink = true, AlsoCold = true },
        new("add-unchanged", Tracked, [], Step.Add) { NothingToDo = true },
        new("add-changed", Tracked, [Step.Change], Step.Add) { OfEachLink = true },
        new("status", Tracked, [], Step.Status) { NothingToDo = true, AlsoCold = true },
        new("checkout", Tracked, [Step.DeleteData], Step.Checkout) { OfEachLink = true, AlsoCold = true },
        new("switch", [.. Tracked, Step.Change, Step.Add, Step.Commit], [], Step.Switch) { OfEachLink = true },
        new("push", Tracked, [Step.DeleteRemote], Step.Push),
        new("push-nothing", Pushed, [], Step.Push) { NothingToDo = true },
        new("fetch", Pushed, [Step.DeleteCache], Step.Fetch),
        new("fetch-nothing", Pushed, [], Step.Fetch) { NothingToDo = true },
    ];

    /// <summary>The link kind makes a difference; else it is measured with the first one only.</summary>
    public bool OfEachLink { get; private init; }

    /// <summary>Measured from a new shell too.</summary>
    public bool AlsoCold { get; private init; }

    /// <summary>Everything is as it should be before.</summary>
    public bool NothingToDo { get; private init; }

    /// <summary>Measures shells, not repositories.</summary>
    public bool IsStartUp => Name == "start-up";

    /// <summary>The operation of this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static Operation Named(string name) => All.FirstOrDefault(o => o.Name == name)
        ?? throw new ArgumentException($"'{name}' is not an operation; there are {string.Join(", ", All.Select(o => o.Name))}.");
}
