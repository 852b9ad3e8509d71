using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Removes an option from the configuration file of one level.</summary>
[Cmdlet(VerbsCommon.Remove, "DataConfig", SupportsShouldProcess = true)]
public sealed class RemoveDataConfigCommand : RepositoryCmdlet
{
    /// <summary><c>section.option</c> or <c>remote.NAME.option</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ConfigNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The level; objects of Get-DataConfig bring their own.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public ConfigScope Scope { get; set; } = ConfigScope.Repository;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var repository = TryFindRepository();
        if (!ShouldProcess($"{Name} ({Scope})", "Remove configuration option"))
            return;
        TryRunPumped(Name, _ =>
        {
            Configuration.Load(repository, validate: false).Remove(Scope, Name);
            return true;
        }, out _);
    }
}
