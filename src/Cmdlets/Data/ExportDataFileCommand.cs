using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Brings data of any revision out of the cache to another place, without changing the workspace.</summary>
[Cmdlet(VerbsData.Export, "DataFile", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(LinkResult))]
public sealed class ExportDataFileCommand : RepositoryCmdlet
{
    private readonly RequestedVersions requested = new();

    /// <summary>Tracked paths, paths inside tracked folders, or folders above them.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
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
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public string? Revision { get; set; }

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
}
