using System.Management.Automation;
using DataVersion.Engine;
using DataVersion.Engine.Pipelines;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets.Hosting;

/// <summary>
/// The base of every cmdlet that works in a repository: finds it from the session's location (never from the process's
/// current directory) or from <c>-Repository</c>, and resolves the paths that a user types.
/// </summary>
/// <remarks>
/// How a leaf is written. It is <c>sealed</c>, in a file of its own, <c>AddDataFileCommand</c> in
/// <c>AddDataFileCommand.cs</c>, in the folder of its noun, with <c>[Cmdlet]</c>, <c>[OutputType]</c>, and
/// <c>SupportsShouldProcess</c> when it changes something; <c>docs/en-US/Verb-Noun.md</c> holds its help.
/// <code>
/// [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
/// [SupportsWildcards, ArgumentCompleter(typeof(TrackedPathCompleter))]
/// public string[] Path { get; set; } = [];
///
/// [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
/// [Alias("PSPath", "FullName")]
/// public string[] LiteralPath { get; set; } = [];
///
/// // only where the engine takes the repository's lock:
/// [Parameter, ValidateRange(-1, int.MaxValue)]
/// public int LockTimeout { get; set; } = DefaultLockTimeout;
///
/// protected override void ProcessRecord() => paths.Collect(Path, LiteralPath);        // collect only
///
/// protected override void EndProcessing()                                              // one engine call
/// {
///     using var repository = OpenRepository(FindRepository());
///     var targets = ResolvePaths(requested, () => TrackedPaths(repository));           // errors are written per item
///     var plan = RunPumped(context => engine.Plan(targets, context));                  // in the background
///     if (!ShouldProcess(...)) return;                                                 // on the pipeline thread
///     RunPumped((CmdletPump pump) => engine.Apply(plan, pump.Context,
///         outcome => { if (outcome.Error is null) pump.WriteObject(outcome.Result); else pump.WriteError(outcome.Error, outcome.Path); }));
/// }
/// </code>
/// Everything that an engine call throws out of <c>RunPumped</c> ends the command with a proper error record. Nothing but
/// <c>RunPumped</c> may start threads, and only <see cref="CmdletPump"/> may be touched from them.
/// </remarks>
public abstract class RepositoryCmdlet : DataCmdlet
{
    /// <summary>How long to wait for another process that holds the repository, in seconds; as long as DVC waits.</summary>
    internal const int DefaultLockTimeout = 3;

    /// <summary>A folder of the repository to work on, instead of the one of the current location.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Repository { get; set; }

    /// <summary>The session's location in the file system: what relative paths are relative to.</summary>
    private protected string CurrentFolder => SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>The repository of this command.</summary>
    /// <remarks>Ends the command with <see cref="DataErrorKind.RepositoryNotFound"/> when there is none.</remarks>
    private protected RepositoryLayout FindRepository()
    {
        try
        {
            return RepositoryDiscovery.Find(StartFolder());
        }
        catch (DataVersionException missing)
        {
            Fail(missing, Repository);
            throw;
        }
    }

    /// <summary>The repository, or null when there is none and the user did not name one.</summary>
    private protected RepositoryLayout? TryFindRepository() =>
        Repository is null ? RepositoryDiscovery.TryFind(StartFolder()) : FindRepository();

    /// <summary>Opens the repository; ends the command with a proper error when its configuration is not valid.</summary>
    private protected Engine.Repository OpenRepository(RepositoryLayout layout)
    {
        var repository = RunPumped(_ => Engine.Repository.Open(layout));
        repository.Command = MyInvocation.MyCommand.Name;
        return repository;
    }

    /// <summary>Absolute paths of everything that is tracked: what wildcards match besides files that exist.</summary>
    private protected static IEnumerable<string> TrackedPaths(Engine.Repository repository) =>
        repository.Index.Outputs.Where(o => !o.IsExternal).Select(o => repository.Layout.ToAbsolute(o.Path));

    /// <summary>
    /// What the user named, as paths from the root; null when nothing was named, empty when nothing of it could be resolved
    /// (errors were written), or when a pipeline was to bring paths and brought none: that must not mean everything.
    /// </summary>
    private protected string[]? RequestedInRepository(Engine.Repository repository, RequestedPaths requested)
    {
        if (requested.IsEmpty)
            return MyInvocation.ExpectingInput ? [] : null;
        var paths = new List<string>();
        foreach (var absolute in ResolvePaths(requested, () => TrackedPaths(repository)))
            if (repository.Layout.ToRelative(absolute) is { } path)
                paths.Add(path);
            else
                WriteError(Outside(repository.Layout, absolute), absolute);
        // A wildcard matches data and its .dvc file; both mean the data.
        var named = paths.ToHashSet(StringComparer.Ordinal);
        paths.RemoveAll(p => p.EndsWith(".dvc", StringComparison.Ordinal) && named.Contains(p[..^4])
            && repository.Index.Find(p[..^4])?.MetadataPath == p);
        return [.. paths];
    }

    /// <summary>
    /// The stages that the user named, relative to the current folder or to <c>-Repository</c>; null when nothing was named,
    /// empty when nothing of it could be found (errors were written), or when a pipeline was to bring stages and brought none.
    /// </summary>
    private protected IReadOnlyList<StageDefinition>? Requested(StageSelection selection, RequestedStages requested, bool recurse = false) =>
        requested.IsEmpty ? MyInvocation.ExpectingInput ? [] : null : requested.Resolve(selection, recurse, (error, name) => WriteError(error, name));

    /// <summary>What names of stages mean here.</summary>
    private protected StageSelection SelectionOf(StageSet set, RepositoryLayout layout) => new(set, FolderIn(layout));

    /// <summary>The folder that names are relative to, from the root: the current one, or that of <c>-Repository</c>.</summary>
    private protected string FolderIn(RepositoryLayout layout) => layout.ToRelative(StartFolder()) ?? "";

    /// <summary>
    /// Ends the command when <c>-Revision</c> was typed with nothing in it (a variable that was never set): it must not mean
    /// the workspace. Objects of a pipeline may have none.
    /// </summary>
    private protected void RefuseEmptyRevision(string? revision)
    {
        if (string.IsNullOrEmpty(revision) && MyInvocation.BoundParameters.ContainsKey("Revision"))
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-Revision is empty.", null, "Name a branch, tag or commit, or leave -Revision out."));
    }

    /// <summary>
    /// The path from the root, with <c>/</c>; of a <c>.dvc</c> file too: the engine takes it for what it describes.
    /// Ends the command when it lies outside.
    /// </summary>
    private protected string ToRepositoryPath(RepositoryLayout layout, string absolute)
    {
        var relative = layout.ToRelative(absolute);
        if (relative is null)
            Fail(Outside(layout, absolute), absolute);
        return relative!;
    }

    private static DataVersionException Outside(RepositoryLayout layout, string absolute) => new(DataErrorKind.PathOutsideRepository,
        $"'{absolute}' lies outside the repository '{layout.Root}'.", absolute, "Name a path inside the repository, or another repository with -Repository.");

    /// <summary>Absolute path of something the user typed that is taken literally; it need not exist.</summary>
    /// <exception cref="DataVersionException">It is not a path of the file system.</exception>
    private protected string ResolveLiteral(string path) => PathResolver.Literal(SessionState.Path, path);

    /// <summary>
    /// Absolute paths of what the user typed, each once, in order. Wildcards match existing files and the tracked paths;
    /// a path without wildcards is taken as it is, whether it exists or not.
    /// </summary>
    /// <param name="requested">What <c>-Path</c> and <c>-LiteralPath</c> brought.</param>
    /// <param name="tracked">Absolute paths of tracked data, asked for only when there is a wildcard.</param>
    /// <returns>What could be resolved; a non-terminating error is written for everything else.</returns>
    private protected IReadOnlyList<string> ResolvePaths(RequestedPaths requested, Func<IEnumerable<string>>? tracked = null)
    {
        var resolver = new PathResolver(SessionState.Path, tracked);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var result = new List<string>();
        foreach (var (path, isLiteral) in requested)
        {
            try
            {
                foreach (var found in isLiteral ? [ResolveLiteral(path)] : resolver.Resolve(path))
                    if (seen.Add(found))
                        result.Add(found);
            }
            catch (Exception failure) when (failure is DataVersionException or RuntimeException and not PipelineStoppedException)
            {
                WriteError(failure, path);
            }
        }
        return result;
    }

    /// <summary>A wait in seconds as the engine takes it; -1 means for ever.</summary>
    private protected static TimeSpan Patience(int seconds) =>
        seconds < 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds);

    private string StartFolder() => Repository is null ? CurrentFolder : ResolveLiteral(Repository);
}
