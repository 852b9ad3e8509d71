using System.Collections;
using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Brings data of any revision out of the cache to another place, without changing the workspace.</summary>
[Cmdlet(VerbsData.Export, "DataFile", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(LinkResult))]
public sealed class ExportDataFileCommand : RepositoryCmdlet
{
    private readonly RequestedVersions requested = new();

    /// <summary>Tracked paths, paths inside tracked folders, or folders above them; with -Source paths in that repository, without wildcards.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
    [Parameter(Position = 0, ParameterSetName = "Source")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>The same, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The name of the copy, or a folder that takes it in.</summary>
    [Parameter(Position = 1, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>The revision; what the workspace's metadata records when not given.</summary>
    // By property only where LiteralPath binds by property: bound in the other set, it would make a string of the object.
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = "Source")]
    [ArgumentCompleter(typeof(SourceRevisionCompleter))]
    public string? Revision { get; set; }

    /// <summary>Another repository (a path or Git address), or without -Path a URL or path of the data itself.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Source")]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    /// <summary>The remote of the source repository that holds the data; its default one if none is named.</summary>
    [Parameter(ParameterSetName = "Source")]
    [ValidateNotNullOrEmpty]
    public string? SourceRemote { get; set; }

    /// <summary>Options: of the remote of the source repository, or without -Path of the storage that the URL names.</summary>
    [Parameter(ParameterSetName = "Source")]
    public IDictionary? Option { get; set; }

    /// <summary>User and password for the storage that the data comes from, instead of those that are configured.</summary>
    [Parameter(ParameterSetName = "Source")]
    public PSCredential? Credential { get; set; }

    /// <summary>A configuration file that is laid over that of the source repository.</summary>
    [Parameter(ParameterSetName = "Source")]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    /// <summary>Overwrite files that are there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RefuseEmptyRevision(Revision);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Revision, Path, LiteralPath);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Source is not null)
        {
            ExportFromSource();
            return;
        }
        using var repository = OpenRepository(FindRepository());
        List<ExportRequest> requests = [.. requested.All.SelectMany(group => (RequestedInRepository(repository, group.Paths) ?? [])
            .Select(path => new ExportRequest(group.Revision, path)))];
        if (requests.Count == 0)
            return;
        var destination = ResolveLiteral(Destination);
        var problems = new List<PathFailure>();
        var steps = RunPumped(_ => ExportOperation.Plan(repository, requests, destination, Force, problems));
        foreach (var problem in problems)
            WriteError(problem.Error, problem.Path);
        if (steps.Count == 0 || !ShouldProcess(destination, $"Export {steps.Count} file(s)"))
            return;
        RunPumped((CmdletPump pump) =>
        {
            foreach (var failure in ExportOperation.Run(repository, steps, pump.WriteObject, pump.Context))
                pump.WriteError(failure.Error, failure.Path);
        });
    }

    private void ExportFromSource()
    {
        using var repository = TryFindRepository() is { } layout ? OpenRepository(layout) : null;
        var request = SourceRequests.Of(Source!, Path.Length > 0, Revision, SourceRemote, Option, Config, ResolveLiteral);
        var destination = ResolveLiteral(Destination);
        if (Path.Length > 1 && !System.IO.Directory.Exists(destination))
            Fail(new DataVersionException(DataErrorKind.PathNotFound, $"Several paths need a folder as destination, and '{destination}' is none.", destination, "Make it, or export them one by one."));
        var access = new RemoteAccess(this, Credential);
        // A remote may be opened late, and then asks the person through the pump that runs by then.
        CmdletPump? current = null;
        var reader = new OriginReader(request, remote => access.Open(remote, current!), repository);
        try
        {
            foreach (var path in Path.Length == 0 ? [""] : Path)
                if (Plan(path) is { } plan && ShouldProcess(destination, $"Export {plan.Steps.Count} file(s) of {plan.Origin.Place}"))
                    RunPumped(async (CmdletPump pump) =>
                    {
                        current = pump;
                        foreach (var problem in await OriginExport.RunAsync(plan, Force, pump.WriteObject, pump.Context).ConfigureAwait(false))
                            pump.WriteError(problem.Error, problem.Path);
                    });
        }
        finally
        {
            RunPumped((CmdletPump _) => reader.DisposeAsync().AsTask());
        }

        OriginExportPlan? Plan(string path) => RunPumped(async (CmdletPump pump) =>
        {
            current = pump;
            try
            {
                return await OriginExport.PlanAsync(reader.Open(path, pump.Context), reader.NameOf(path), destination, Force, pump.Context).ConfigureAwait(false);
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                pump.WriteError(error, path);
                return null;
            }
        });
    }
}
