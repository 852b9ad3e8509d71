using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Removes a remote from the configuration; what it holds stays.</summary>
[Cmdlet(VerbsCommon.Remove, "DataRemote", SupportsShouldProcess = true)]
public sealed class RemoveDataRemoteCommand : RepositoryCmdlet
{
    /// <summary>The remote.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The configuration level to remove it from.</summary>
    [Parameter]
    public ConfigScope Scope { get; set; } = ConfigScope.Repository;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var layout = FindRepository();
        if (ShouldProcess($"{Name} ({Scope})", "Remove remote"))
            TryRunPumped(Name, _ =>
            {
                Configuration.Load(layout, validate: false).RemoveRemote(Scope, Name);
                return true;
            }, out _);
    }
}
