using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Lists tracked files with hash, size, state and the kind of link they have in the workspace.</summary>
[Cmdlet(VerbsCommon.Get, "DataFile", DefaultParameterSetName = "Path")]
[OutputType(typeof(DataFile))]
public sealed class GetDataFileCommand : RepositoryCmdlet
{
    private readonly RequestedVersions requested = new();

    /// <summary>Tracked paths, paths inside tracked folders, or folders above them; everything when not given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The same, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>The revision to list; the workspace when not given.</summary>
    // By property only where LiteralPath binds by property: bound in the other set, it would make a string of the object.
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public string? Revision { get; set; }

    /// <summary>List the files inside tracked folders too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

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
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var failures = new List<PathFailure>();
        foreach (var (revision, group) in requested.All)
            if (RequestedInRepository(repository, group) is not [] and var paths)
                WriteObject(RunPumped(context => DataFileList.List(repository, revision, paths, Recurse, context, failures)), enumerateCollection: true);
        foreach (var failure in failures)
            WriteError(failure.Error, failure.Path);
    }
}
