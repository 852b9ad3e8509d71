using System.Management.Automation;
using System.Management.Automation.Host;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Records what the workspace holds at tracked paths: content into the cache, hashes into the metadata.</summary>
[Cmdlet(VerbsData.Save, "DataFile", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(DataFile))]
public sealed class SaveDataFileCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();
    private bool yesToAll, noToAll;

    /// <summary>Tracked paths, paths inside tracked folders, or folders above them; everything when not given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The same, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>Leave the files as they are instead of linking them to the cache.</summary>
    [Parameter]
    public SwitchParameter NoRelink { get; set; }

    /// <summary>Record changed data without asking.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Path, LiteralPath);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        var paths = RequestedInRepository(repository, requested);
        if (paths is [])
            return;
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        var failures = new List<PathFailure>();
        var plan = RunPumped(context => SaveOperation.Plan(repository, paths, failures, context));
        foreach (var failure in failures)
            WriteError(failure.Error, failure.Path);
        var items = plan.Where(MayRecord).ToList();
        RunPumped((CmdletPump pump) =>
        {
            foreach (var failure in SaveOperation.Run(repository, items, NoRelink, pump.WriteObject, pump.Context))
                pump.WriteError(failure.Error, failure.Path);
        });
    }

    private bool MayRecord(SaveItem item)
    {
        if (!ShouldProcess(item.Target, item.IsChanged ? "Record changed data" : "Record data"))
            return false;
        if (!item.IsChanged || Force)
            return true;
        try
        {
            if (ShouldContinue($"'{item.Target}' is not what '{item.MetadataPath}' records. Record it as it is now?", "Record changed data", ref yesToAll, ref noToAll))
                return true;
        }
        catch (Exception error) when (error is HostException or InvalidOperationException or NotImplementedException)
        {
            // Nobody is there to answer: a host without a screen says so in one of these ways.
        }
        WriteError(new DataVersionException(DataErrorKind.DataChanged, $"'{item.Target}' has changed and was not recorded.", item.Target,
            "Record it with -Force, or bring the recorded content back with Switch-DataVersion -Force -Path."), item.Target);
        return false;
    }
}
