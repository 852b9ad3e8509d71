using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Caching;

namespace DataVersion.Cmdlets;

/// <summary>Tells what the cache holds.</summary>
[Cmdlet(VerbsCommon.Get, "DataCache")]
[OutputType(typeof(DataCache))]
public sealed class GetDataCacheCommand : RepositoryCmdlet
{
    /// <summary>Besides the total, a line for the workspace, each branch, each tag, and for what nothing uses.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        RunPumped((CmdletPump pump) => CacheSummary.Run(repository, Detailed, pump.WriteObject, pump.Context));
    }
}
