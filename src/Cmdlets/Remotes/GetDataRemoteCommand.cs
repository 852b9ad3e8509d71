using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Lists the configured remotes.</summary>
[Cmdlet(VerbsCommon.Get, "DataRemote")]
[OutputType(typeof(DataRemote))]
public sealed class GetDataRemoteCommand : RepositoryCmdlet
{
    /// <summary>Names; wildcards are allowed. All when not given.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string[]? Name { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var layout = FindRepository();
        DataRemote[] remotes = RunPumped(_ => Configuration.Load(layout).Remotes.Select(r => r.ToModel()).ToArray());
        foreach (var wanted in Name ?? ["*"])
        {
            var pattern = WildcardPattern.Get(wanted, WildcardOptions.IgnoreCase);
            DataRemote[] found = [.. remotes.Where(r => pattern.IsMatch(r.Name))];
            if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(wanted))
                WriteError(new DataVersionException(DataErrorKind.RemoteNotFound, $"There is no remote '{wanted}'.", wanted,
                    "Add it with Add-DataRemote; Get-DataRemote lists what there is."), wanted);
            WriteObject(found, enumerateCollection: true);
        }
    }
}
