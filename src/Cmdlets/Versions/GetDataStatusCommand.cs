using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Compares HEAD, the metadata, the workspace and the cache, in one list.</summary>
[Cmdlet(VerbsCommon.Get, "DataStatus", DefaultParameterSetName = "Path")]
[OutputType(typeof(DataStatus))]
public sealed class GetDataStatusCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>Only these tracked paths, paths inside them, or folders above them.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The same, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Compare the files inside tracked folders too.</summary>
    [Parameter]
    public SwitchParameter Granular { get; set; }

    /// <summary>List files that neither Git nor the repository tracks.</summary>
    [Parameter]
    public SwitchParameter Untracked { get; set; }

    /// <summary>List what does not differ.</summary>
    [Parameter]
    public SwitchParameter IncludeUnchanged { get; set; }

    /// <summary>Ask the sources of imports, too, whether they have changed.</summary>
    [Parameter]
    public SwitchParameter IncludeUpdates { get; set; }

    /// <summary>Compare the cache with the remote, file by file, instead of HEAD, metadata and workspace.</summary>
    [Parameter]
    public SwitchParameter Cloud { get; set; }

    /// <summary>List what the remote lacks, too.</summary>
    [Parameter]
    public SwitchParameter NotInRemote { get; set; }

    /// <summary>The remote for -Cloud and -NotInRemote; without it the one of each output.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string? Remote { get; set; }

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
        if (Cloud || NotInRemote || Remote is not null)
            ReadRemotes(repository, paths);
        if (Cloud || (Remote is not null && !NotInRemote))
            return;
        var options = new StatusOptions { Paths = paths, Granular = Granular, Untracked = Untracked, Unchanged = IncludeUnchanged };
        var problems = new List<PathFailure>();
        WriteObject(RunPumped(context => StatusReader.Read(repository, options, context, problems)), enumerateCollection: true);
        if (IncludeUpdates)
            WriteObject(RunPumped(async (CmdletPump pump) =>
            {
                var access = new RemoteAccess(this);
                await using var origins = new ImportOrigins(repository, remote => access.Open(remote, pump));
                return await ImportStatusReader.ReadAsync(repository, paths, origins, problems, pump.Context).ConfigureAwait(false);
            }), enumerateCollection: true);
        foreach (var problem in problems)
            WriteError(problem.Error, problem.Path);
    }

    private void ReadRemotes(Repository repository, string[]? paths)
    {
        var options = new RemoteStatusOptions
        {
            // -Remote alone means -Cloud, as with dvc status -r.
            Paths = paths, Remote = Remote, Cloud = Cloud || !NotInRemote, NotInRemote = NotInRemote, Granular = Granular,
        };
        var access = new RemoteAccess(this);
        WriteObject(RunPumped((CmdletPump pump) => RemoteStatusReader.ReadAsync(repository, options, remote => access.OpenAny(remote, pump), pump.Context)),
            enumerateCollection: true);
    }
}
