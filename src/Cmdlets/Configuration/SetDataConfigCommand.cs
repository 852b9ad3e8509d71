using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Sets an option in the configuration file of one level.</summary>
[Cmdlet(VerbsCommon.Set, "DataConfig", SupportsShouldProcess = true)]
[OutputType(typeof(DataConfigEntry))]
public sealed class SetDataConfigCommand : RepositoryCmdlet
{
    /// <summary><c>section.option</c> or <c>remote.NAME.option</c>.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ConfigNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The value; several values make a list.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipelineByPropertyName = true)]
    [AllowEmptyString]
    public string[] Value { get; set; } = [];

    /// <summary>The level.</summary>
    [Parameter]
    public ConfigScope Scope { get; set; } = ConfigScope.Repository;

    /// <summary>Writes the entry.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var repository = TryFindRepository();
        var value = string.Join(',', Value);
        var option = Name[(Name.LastIndexOf('.') + 1)..];
        if (!ShouldProcess($"{Name} = {RemoteSecrets.Mask(option, value)} ({Scope})", "Set configuration option"))
            return;
        var folder = CurrentFolder;
        if (!TryRunPumped(Name, _ =>
        {
            var loaded = Configuration.Load(repository, validate: false);
            loaded.Set(Scope, Name, value, folder);
            return loaded;
        }, out var configuration))
            return;
        if (Name.StartsWith("remote.", StringComparison.OrdinalIgnoreCase)
            && RemoteOptions.WarningFor(Scope, Name.Split('.') is [_, var remote, ..] ? remote : Name, [new(option, value)], option == "url" ? value : null) is { } warning)
            WriteWarning(warning);
        if (PassThru && configuration.Entries(Scope).Last(e => e.Name.Equals(Name, StringComparison.OrdinalIgnoreCase)) is var entry)
            WriteObject(entry with { Value = RemoteSecrets.Mask(option, entry.Value) });
    }
}
