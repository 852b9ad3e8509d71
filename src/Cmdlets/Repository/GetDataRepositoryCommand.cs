using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Shows the repository: where it is, where its cache is, which links really work between them, who holds it.</summary>
[Cmdlet(VerbsCommon.Get, "DataRepository")]
[OutputType(typeof(DataRepository))]
public sealed class GetDataRepositoryCommand : RepositoryCmdlet
{
    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var layout = FindRepository();
        WriteObject(RunPumped(context => RepositoryInspection.Inspect(layout, context)));
    }
}
