using System.Collections;
using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Adds a remote: a configured place that holds objects.</summary>
[Cmdlet(VerbsCommon.Add, "DataRemote", SupportsShouldProcess = true)]
[OutputType(typeof(DataRemote))]
public sealed class AddDataRemoteCommand : RepositoryCmdlet
{
    /// <summary>The name, kept in lower case.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>A folder (relative to the current location) or a URL.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Url { get; set; } = "";

    /// <summary>Options of the remote, as a table of names and values.</summary>
    [Parameter]
    public IDictionary? Option { get; set; }

    /// <summary>The configuration level to write to.</summary>
    [Parameter]
    public ConfigScope Scope { get; set; } = ConfigScope.Repository;

    /// <summary>Make it the default remote.</summary>
    [Parameter]
    public SwitchParameter Default { get; set; }

    /// <summary>User and secret; they are written to the local level, which Git does not track.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Replace a remote of the same name.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var layout = FindRepository();
        if (!ShouldProcess($"{Name} = {RemoteSecrets.Hide(Url)} ({Scope})", "Add remote"))
            return;
        var folder = CurrentFolder;
        var options = RemoteOptions.Read(Option);
        WriteObject(RunPumped(_ =>
        {
            var login = Credential is null ? null : RemoteOptions.Read(Credential, Url);
            Configuration.Load(layout, validate: false).AddRemote(Scope, Name, Url, Force, Default, folder, options);
            if (login is not null)
                Configuration.Load(layout, validate: false).ModifyRemote(ConfigScope.Local, Name, login, null, folder);
            return RemoteOptions.Describe(layout, Name);
        }));
        if (RemoteOptions.WarningFor(Scope, Name, options, Url) is { } warning)
            WriteWarning(warning);
    }
}
