using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Lists the versions of data files that Git's history holds, newest first.</summary>
[Cmdlet(VerbsCommon.Get, "DataVersion", DefaultParameterSetName = "Path")]
[OutputType(typeof(DataVersionInfo))]
public sealed class GetDataVersionCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>Tracked paths, paths inside tracked folders, or paths tracked in the past; everything when not given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The same, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>At most this many versions of each path.</summary>
    [Parameter, ValidateRange(1, int.MaxValue)]
    public int First { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Path, LiteralPath);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        var paths = RequestedInRepository(repository, requested);
        if (paths is [])
            return;
        RunPumped((CmdletPump pump) =>
        {
            foreach (var version in DataHistory.Of(repository, paths, First, pump.Context,
                failure => pump.WriteError(failure.Error, failure.Path)))
                pump.WriteObject(version);
        });
    }
}
