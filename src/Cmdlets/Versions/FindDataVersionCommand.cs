using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Finds which revisions and paths hold some content.</summary>
[Cmdlet(VerbsCommon.Find, "DataVersion")]
[OutputType(typeof(DataVersionInfo))]
public sealed class FindDataVersionCommand : RepositoryCmdlet
{
    private readonly List<string> hashes = [];

    /// <summary>Content hashes, or their first digits (at least four).</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [HashArgument]
    [ValidateNotNullOrEmpty]
    public string[] Hash { get; set; } = [];

    /// <inheritdoc/>
    protected override void ProcessRecord() => hashes.AddRange(Hash);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        RunPumped((CmdletPump pump) =>
        {
            foreach (var hash in hashes.Distinct())
                try
                {
                    foreach (var version in DataHistory.Holding(repository, hash, pump.Context))
                        pump.WriteObject(version);
                }
                catch (DataVersionException error) when (error.Kind == DataErrorKind.HashInvalid)
                {
                    pump.WriteError(error, hash);
                }
        });
    }
}
