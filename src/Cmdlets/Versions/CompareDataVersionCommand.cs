using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Compares two revisions, or a revision with the workspace, file by file.</summary>
[Cmdlet(VerbsData.Compare, "DataVersion")]
[OutputType(typeof(DataChange))]
public sealed class CompareDataVersionCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>The older revision; HEAD when not given.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public string? ReferenceRevision { get; set; }

    /// <summary>The newer revision; the workspace when not given.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public string? DifferenceRevision { get; set; }

    /// <summary>Only these tracked paths, paths inside them, or folders above them.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The same, taken literally.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

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
        var problems = new List<PathFailure>();
        WriteObject(RunPumped(context =>
            VersionDifference.Compare(repository, ReferenceRevision, DifferenceRevision, paths, context, problems)), enumerateCollection: true);
        foreach (var problem in problems)
            WriteError(problem.Error, problem.Path);
    }
}
