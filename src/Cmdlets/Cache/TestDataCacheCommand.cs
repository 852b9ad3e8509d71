using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Caching;

namespace DataVersion.Cmdlets;

/// <summary>Checks every object of the cache; bad ones go to the quarantine.</summary>
[Cmdlet(VerbsDiagnostic.Test, "DataCache", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(CacheVerdict))]
public sealed class TestDataCacheCommand : RepositoryCmdlet
{
    /// <summary>Read only objects that changed since they were last verified.</summary>
    [Parameter]
    public SwitchParameter Quick { get; set; }

    /// <summary>Write the good objects too.</summary>
    [Parameter]
    public SwitchParameter IncludeGood { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        RunPumped((CmdletPump pump) => CacheCheck.Run(repository, Quick, IncludeGood,
            bad => pump.Ask(() => ShouldProcess(bad.Path, "Move the damaged object to the quarantine")), pump.WriteObject, pump.Context));
    }
}
