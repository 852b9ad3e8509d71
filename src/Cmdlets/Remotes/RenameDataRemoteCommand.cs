using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Gives a remote another name.</summary>
[Cmdlet(VerbsCommon.Rename, "DataRemote", SupportsShouldProcess = true)]
[OutputType(typeof(DataRemote))]
public sealed class RenameDataRemoteCommand : RepositoryCmdlet
{
    /// <summary>The remote.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The new name, kept in lower case.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string NewName { get; set; } = "";

    /// <summary>The configuration level to change.</summary>
    [Parameter]
    public ConfigScope Scope { get; set; } = ConfigScope.Repository;

    /// <summary>Writes the remote.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var layout = FindRepository();
        if (!ShouldProcess($"{Name} -> {NewName} ({Scope})", "Rename remote"))
            return;
        if (TryRunPumped(Name, _ =>
        {
            Configuration.Load(layout, validate: false).RenameRemote(Scope, Name, NewName);
            return RemoteOptions.Describe(layout, NewName);
        }, out var renamed) && PassThru)
            WriteObject(renamed);
    }
}
