using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Compares HEAD, the metadata, the workspace and the cache, in one list.</summary>
[Cmdlet(VerbsCommon.Get, "DataStatus")]
[OutputType(typeof(DataStatus))]
public sealed class GetDataStatusCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>Only these tracked paths, paths inside them, or folders above them.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "LiteralPath")]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Compare the files inside tracked folders too.</summary>
    [Parameter]
    public SwitchParameter Granular { get; set; }

    /// <summary>List files that neither Git nor the repository tracks.</summary>
    [Parameter]
    public SwitchParameter Untracked { get; set; }

    /// <summary>List what does not differ.</summary>
    [Parameter]
    public SwitchParameter IncludeUnchanged { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Path is not null)
            requested.Collect(Path, null);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var paths = RequestedInRepository(repository, requested);
        if (paths is [])
            return;
        var options = new StatusOptions { Paths = paths, Granular = Granular, Untracked = Untracked, Unchanged = IncludeUnchanged };
        WriteObject(RunPumped(context => StatusReader.Read(repository, options, context)), enumerateCollection: true);
    }
}
