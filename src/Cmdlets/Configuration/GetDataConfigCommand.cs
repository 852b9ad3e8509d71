using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Shows the configuration: effective values with their origin, or what one level says.</summary>
[Cmdlet(VerbsCommon.Get, "DataConfig")]
[OutputType(typeof(DataConfigEntry))]
public sealed class GetDataConfigCommand : RepositoryCmdlet
{
    /// <summary>Names of options; wildcards allowed.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ConfigNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>One level only, as it is in its file.</summary>
    [Parameter]
    public ConfigScope? Scope { get; set; }

    /// <summary>Show secrets (passwords, keys, tokens) instead of ***.</summary>
    [Parameter]
    public SwitchParameter ShowSecret { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var repository = TryFindRepository();
        var configuration = RunPumped(_ => Configuration.Load(repository));
        foreach (var warning in configuration.Warnings)
            WriteWarning(warning);
        // Later levels win: of the entries with one name the last one is the effective one.
        var entries = configuration.Entries(Scope).Reverse().DistinctBy(e => e.Name).Reverse().ToList();
        foreach (var name in Name ?? ["*"])
            WriteMatches(configuration, entries, name);
    }

    private void WriteMatches(Configuration configuration, List<DataConfigEntry> entries, string name)
    {
        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        var matches = entries.FindAll(e => pattern.IsMatch(e.Name));
        foreach (var match in matches)
            WriteObject(ShowSecret ? match : match with { Value = RemoteSecrets.Mask(match.Name[(match.Name.LastIndexOf('.') + 1)..], match.Value) });
        if (matches.Count > 0 || WildcardPattern.ContainsWildcardCharacters(name))
            return;
        try
        {
            configuration.Get(name);
            // Not set anywhere is an answer; not set in the level that was asked for is an error, as in DVC.
            if (Scope is { } scope)
                WriteError(new DataVersionException(DataErrorKind.ConfigurationNotFound,
                    $"'{name}' is not set on the level {scope}.", null, "See with Get-DataConfig what is set where."), name);
        }
        catch (DataVersionException unknown)
        {
            WriteError(unknown, name);
        }
    }
}
