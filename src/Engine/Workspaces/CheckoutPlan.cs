using DataVersion.Engine.Files;
using DataVersion.Engine.Metadata;

namespace DataVersion.Engine.Workspaces;

/// <summary>What the user asked of a checkout.</summary>
public sealed record CheckoutOptions
{
    /// <summary>Overwrite and delete files whose content is in no cache.</summary>
    public bool Force { get; init; }
    /// <summary>Place unchanged files again when they are connected to the cache in another way than wanted.</summary>
    public bool Relink { get; init; }
    /// <summary>Do not report objects that are in no cache.</summary>
    public bool AllowMissing { get; init; }
    /// <summary>Link kinds in order of preference instead of the configured ones.</summary>
    public IReadOnlyList<LinkKind>? LinkOrder { get; init; }
    /// <summary>Only these paths, relative to the root: tracked paths, paths inside them, or folders above them. Null for all.</summary>
    public IReadOnlyList<string>? Paths { get; init; }
}

/// <summary>One step that makes a file of the workspace match the metadata.</summary>
/// <param name="Change">Added, Modified, Relinked: the object is placed. Deleted: the file goes. ModeChanged: it becomes executable.</param>
/// <param name="Path">Path relative to the root, with <c>/</c>.</param>
/// <param name="Parent">The tracked path it belongs to.</param>
/// <param name="Hash">The content to place; null for a deletion.</param>
/// <param name="ReplacedHash">The content there now; null when nothing is there or it is unknown.</param>
/// <param name="Replaced">Stat of what is there now; it must still be so when the step is carried out.</param>
/// <param name="ReplacesSymlink">The name there now is a symbolic link.</param>
/// <param name="Executable">Recorded as executable.</param>
public sealed record CheckoutStep(WorkspaceChange Change, string Path, string Parent, ContentHash? Hash, ContentHash? ReplacedHash,
    FileStat Replaced, bool ReplacesSymlink, bool Executable)
{
    /// <summary>Stat of the object to place, as it was when it was verified.</summary>
    public FileStat Object { get; init; }
}

/// <summary>What a checkout would do: pure data.</summary>
public sealed record CheckoutPlan
{
    /// <summary>Steps, deletions first.</summary>
    public required IReadOnlyList<CheckoutStep> Steps { get; init; }

    /// <summary>Folders that must exist although no file is placed in them: empty tracked folders.</summary>
    public required IReadOnlyList<string> EmptyFolders { get; init; }

    /// <summary>Files whose content is in no cache and that a step would overwrite or delete; relative to the root.</summary>
    public required IReadOnlyList<string> Unsaved { get; init; }

    /// <summary>What cannot be done: objects that are missing or corrupt, paths in the way.</summary>
    public required IReadOnlyList<PathFailure> Failures { get; init; }

    /// <summary>Tracked outputs the plan looked at.</summary>
    public required IReadOnlyList<TrackedOutput> Outputs { get; init; }

    /// <summary>Tracked paths of an earlier version that are left in the workspace, because they have been changed since.</summary>
    public required IReadOnlyList<string> LeftAlone { get; init; }

    /// <summary>Tracked paths of an earlier version that the plan removes.</summary>
    public required IReadOnlyList<string> Stale { get; init; }

    /// <summary>Tracked paths in which the plan changes something.</summary>
    public IEnumerable<string> WrittenPaths => Steps.Select(static step => step.Parent).Concat(EmptyFolders);

    /// <summary>Files that are right already.</summary>
    public required long UnchangedCount { get; init; }
}
