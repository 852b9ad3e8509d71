using System.Collections;
using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Changes a remote: its URL, its options, whether it is the default one.</summary>
[Cmdlet(VerbsCommon.Set, "DataRemote", SupportsShouldProcess = true)]
[OutputType(typeof(DataRemote))]
public sealed class SetDataRemoteCommand : RepositoryCmdlet
{
    /// <summary>The remote.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>A new folder (relative to the current location) or URL.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Url { get; set; }

    /// <summary>Options to set, as a table of names and values; a null value removes an option.</summary>
    [Parameter]
    public IDictionary? Option { get; set; }

    /// <summary>The configuration level to write to.</summary>
    [Parameter]
    public ConfigScope Scope { get; set; } = ConfigScope.Repository;

    /// <summary>Make it the default remote; -Default:$false takes that back.</summary>
    [Parameter]
    public SwitchParameter Default { get; set; }

    /// <summary>User and secret; they are written to the local level, which Git does not track.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Writes the remote.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var layout = FindRepository();
        if (!ShouldProcess($"{Name} ({Scope})", "Change remote"))
            return;
        var folder = CurrentFolder;
        bool? isDefault = MyInvocation.BoundParameters.ContainsKey(nameof(Default)) ? Default.IsPresent : null;
        var options = RemoteOptions.Read(Option);
        if (Url is not null)
            options["url"] = Url;
        if (!TryRunPumped(Name, _ =>
        {
            var configuration = Configuration.Load(layout, validate: false);
            var login = Credential is null ? null : RemoteOptions.Read(Credential, Url ?? configuration.GetRemote(Name).Url);
            if (options.Count > 0 || isDefault is not null || login is null)
                configuration.ModifyRemote(Scope, Name, options, isDefault, folder);
            if (login is not null)
                Configuration.Load(layout, validate: false).ModifyRemote(ConfigScope.Local, Name, login, null, folder);
            return RemoteOptions.Describe(layout, Name);
        }, out var remote))
            return;
        if (RemoteOptions.WarningFor(Scope, Name, options, Url) is { } warning)
            WriteWarning(warning);
        if (PassThru)
            WriteObject(remote);
    }
}
