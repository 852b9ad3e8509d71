namespace DataVersion;

/// <summary>
/// What went wrong, as a stable name: it is the id of every error record of the module and a heading of docs/errors.md.
/// Names are never reused for another meaning.
/// </summary>
public enum DataErrorKind
{
    /// <summary>No <c>.dvc</c> folder here or above.</summary>
    RepositoryNotFound,
    /// <summary>There is a repository already.</summary>
    RepositoryExists,
    /// <summary>The folder is not inside a Git repository and -NoGit was not given.</summary>
    GitNotFound,
    /// <summary>The git program failed or cannot be started.</summary>
    GitFailed,
    /// <summary>A revision that Git does not know.</summary>
    RevisionNotFound,
    /// <summary>A configuration file or value that is not valid.</summary>
    ConfigurationInvalid,
    /// <summary>A configuration section, option or remote that does not exist.</summary>
    ConfigurationNotFound,
    /// <summary>A .dvc, dvc.yaml or dvc.lock file that cannot be read; carries line and column.</summary>
    MetadataInvalid,
    /// <summary>A hash that is not 32 hexadecimal digits, or an unknown algorithm.</summary>
    HashInvalid,
    /// <summary>Two metadata files claim the same or overlapping outputs.</summary>
    OutputConflict,
    /// <summary>The path is tracked by Git, so it cannot be tracked as data.</summary>
    TrackedByGit,
    /// <summary>The path does not exist.</summary>
    PathNotFound,
    /// <summary>The path lies outside the repository.</summary>
    PathOutsideRepository,
    /// <summary>The path is not tracked.</summary>
    PathNotTracked,
    /// <summary>The path is ignored by .dvcignore.</summary>
    PathIgnored,
    /// <summary>The path cannot be used: a name that metadata cannot hold, a symbolic link to a folder, a special file.</summary>
    PathUnsupported,
    /// <summary>Something that is not ours is in the way.</summary>
    PathExists,
    /// <summary>Files whose content is not in the cache would be overwritten or deleted.</summary>
    UnsavedData,
    /// <summary>Recorded data changed and -Force was not given.</summary>
    DataChanged,
    /// <summary>An object is in neither cache nor remote.</summary>
    ObjectMissing,
    /// <summary>The bytes of an object do not match its name.</summary>
    ObjectCorrupt,
    /// <summary>A directory manifest that cannot be read or that climbs out of its folder.</summary>
    ManifestInvalid,
    /// <summary>A file changed while it was read.</summary>
    FileChangedDuringRead,
    /// <summary>None of the configured link kinds works.</summary>
    LinkFailed,
    /// <summary>Another process holds the repository.</summary>
    RepositoryBusy,
    /// <summary>Switching would lose changes that Git has not recorded.</summary>
    GitChangesInTheWay,
    /// <summary>A remote that cannot be reached or used.</summary>
    RemoteFailed,
    /// <summary>No remote was named and there is no default one.</summary>
    RemoteNotFound,
    /// <summary>Some objects could not be transferred.</summary>
    TransferFailed,
    /// <summary>The disk is full.</summary>
    DiskFull,
    /// <summary>The operating system denied access.</summary>
    AccessDenied,
    /// <summary>Reading or writing failed.</summary>
    InputOutput,
    /// <summary>The arguments do not fit together.</summary>
    ArgumentInvalid,
    /// <summary>A merge that needs a person.</summary>
    MergeConflict,
    /// <summary>A hook of the same name exists.</summary>
    HookExists,
    /// <summary>No stage of that name.</summary>
    StageNotFound,
    /// <summary>A stage of that name exists.</summary>
    StageExists,
    /// <summary>A stage with templates cannot be edited by a command.</summary>
    StageTemplated,
    /// <summary>Stages depend on each other in a circle.</summary>
    StageCycle,
    /// <summary>A command of a stage failed.</summary>
    StageFailed,
    /// <summary>A stage was not run, because a stage before it failed.</summary>
    StageSkipped,
    /// <summary>Something that a stage reads does not exist.</summary>
    DependencyMissing,
    /// <summary>A stage ran without making one of its outputs.</summary>
    OutputMissing,
}
