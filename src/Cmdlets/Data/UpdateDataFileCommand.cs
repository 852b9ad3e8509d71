using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Brings imported data up to date with its source, and data on a worktree remote with what is there.</summary>
[Cmdlet(VerbsData.Update, "DataFile", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(DataFile))]
public sealed class UpdateDataFileCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>Paths of imports or of data on a worktree remote, or folders above them; all of them when not given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The same, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>The branch, tag or commit of the source repository to follow from now on.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SourceRevisionCompleter))]
    public string? Revision { get; set; }

    /// <summary>Record what the source is now, but bring no data: a pull or another update does.</summary>
    [Parameter]
    public SwitchParameter NoDownload { get; set; }

    /// <summary>Send the data to a remote instead of the cache and the workspace.</summary>
    [Parameter]
    public SwitchParameter ToRemote { get; set; }

    /// <summary>The remote for -ToRemote; the default one if none is named.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string? Remote { get; set; }

    /// <summary>Paths of folders stand for all imports inside; they do so without this switch too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Overwrite files whose content is in no cache.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>User and password for the storage that the data comes from, instead of those that are configured.</summary>
    [Parameter]
    public PSCredential? Credential { get; set; }

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RefuseEmptyRevision(Revision);
        if (ToRemote && NoDownload)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-ToRemote cannot be combined with -NoDownload.", null, "Leave one of them out."));
        if (Remote is not null && !ToRemote)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-Remote says where -ToRemote sends the data, so it needs -ToRemote.", Remote, "Add -ToRemote, or push with Sync-DataRemote."));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Path, LiteralPath);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var paths = RequestedInRepository(repository, requested);
        if (paths is [])
            return;
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        var problems = new List<PathFailure>();
        var items = RunPumped(_ => ImportPlanner.PlanUpdate(repository, paths, Revision, problems));
        foreach (var problem in problems)
            WriteError(problem.Error, problem.Path);
        var trees = RunPumped(_ => WorktreeUpdate.Plan(repository, paths));
        var isForImports = Revision is not null || NoDownload || ToRemote;
        if (isForImports && trees.Count > 0 && !requested.IsEmpty)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, $"-Revision, -NoDownload and -ToRemote are for imports; '{trees[0].Output.Path}' follows the worktree remote '{trees[0].Remote.Name}'.", trees[0].Output.Path, "Leave them out, or name imports only."));
        Update(repository, [.. trees.Where(item => !isForImports && ShouldProcess(item.Output.Path, $"Update from {item.Remote.Name}"))]);
        ImportItem[] confirmed = [.. items.Where(item => ShouldProcess(item.Path, $"Update from {item.Origin}"))];
        if (confirmed.Length == 0)
            return;
        RunPumped(async (CmdletPump pump) =>
        {
            var access = new RemoteAccess(this, Credential);
            await using var origins = new ImportOrigins(repository, source => access.Open(source, pump));
            await using var upload = ToRemote && repository.Configuration.GetRemote(Remote) is var remote ? new ImportUpload(remote, new RemoteAccess(this).Open(remote, pump)) : null;
            // DVC stages what it imports, not what it updates.
            var options = new ImportOptions { NoDownload = NoDownload, Force = Force, Upload = upload, Autostage = false };
            foreach (var failure in await ImportRunner.RunAsync(repository, confirmed, options, origins, pump.WriteObject, pump.Context).ConfigureAwait(false))
                pump.WriteError(failure.Error, failure.Path);
        });
    }

    private void Update(Repository repository, WorktreeItem[] items)
    {
        if (items.Length == 0)
            return;
        RunPumped(async (CmdletPump pump) =>
        {
            var access = new RemoteAccess(this, Credential);
            foreach (var failure in await WorktreeUpdate.RunAsync(repository, items, remote => access.OpenVersions(remote, pump), Force, pump.WriteObject, pump.Context).ConfigureAwait(false))
                pump.WriteError(failure.Error, failure.Path);
        });
    }
}
