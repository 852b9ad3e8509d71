using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Stops tracking data: its metadata goes, the data stays unless -DeleteData is given.</summary>
[Cmdlet(VerbsCommon.Remove, "DataFile", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(DataFile))]
public sealed class RemoveDataFileCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>Tracked paths or their .dvc files; wildcards are expanded.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Tracked paths or their .dvc files, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Delete the data from the workspace too; its content stays in the cache.</summary>
    [Parameter]
    public SwitchParameter DeleteData { get; set; }

    /// <summary>Delete data even when its content is in no cache.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Write what was tracked.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

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
        var plan = RunPumped(_ => RemoveOperation.Plan(repository, paths!, failures));
        var confirmed = plan.Where(stage => ShouldProcess(stage.Key, DeleteData ? "Stop tracking and delete the data" : "Stop tracking")).ToList();
        RunPumped((CmdletPump pump) =>
        {
            foreach (var failure in failures.Concat(RemoveOperation.Run(repository, confirmed, DeleteData, Force, output =>
            {
                if (PassThru)
                    pump.WriteObject(new DataFile
                    {
                        Path = output.Path, FullName = repository.Layout.ToAbsolute(output.Path), Hash = output.Hash, Size = output.Size,
                        FileCount = output.FileCount, Kind = output.IsDirectory ? DataFileKind.Directory : DataFileKind.File, MetadataPath = output.MetadataPath,
                    });
            }, pump.Context)))
                pump.WriteError(failure.Error, failure.Path);
        });
    }
}
