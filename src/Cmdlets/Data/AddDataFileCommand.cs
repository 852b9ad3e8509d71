using System.Collections;
using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Tracks files and folders: content goes into the cache, a small metadata file into Git.</summary>
[Cmdlet(VerbsCommon.Add, "DataFile", SupportsShouldProcess = true, DefaultParameterSetName = "Path")]
[OutputType(typeof(DataFile))]
public sealed class AddDataFileCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>Files and folders to track; wildcards are expanded.</summary>
    [Parameter(Position = 0, Mandatory = true, ValueFromPipeline = true, ParameterSetName = "Path")]
    [SupportsWildcards]
    public string[] Path { get; set; } = [];

    /// <summary>Files and folders to track, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Record the hashes only; store nothing in the cache.</summary>
    [Parameter]
    public SwitchParameter NoCommit { get; set; }

    /// <summary>Leave the files as they are instead of linking them to the cache.</summary>
    [Parameter]
    public SwitchParameter NoRelink { get; set; }

    /// <summary>Where the data is tracked, when it comes from elsewhere.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? OutFile { get; set; }

    /// <summary>A description to record.</summary>
    [Parameter]
    public string? Description { get; set; }

    /// <summary>A type to record, for example model.</summary>
    [Parameter]
    public string? Type { get; set; }

    /// <summary>Labels to record.</summary>
    [Parameter]
    public string[]? Label { get; set; }

    /// <summary>Anything else to record.</summary>
    [Parameter]
    public Hashtable? Meta { get; set; }

    /// <summary>Send the content to a remote instead of storing it in the cache.</summary>
    [Parameter]
    public SwitchParameter ToRemote { get; set; }

    /// <summary>The remote for -ToRemote; the default one if none is named.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string? Remote { get; set; }

    /// <summary>Replace what is at the place of -OutFile, or a metadata file that describes something else.</summary>
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
        if (Remote is not null && !ToRemote)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-Remote says where -ToRemote sends the data, so it needs -ToRemote.", Remote,
                "Add -ToRemote, or push with Sync-DataRemote after adding."));
        var layout = FindRepository();
        var options = new AddOptions
        {
            NoCommit = NoCommit, NoRelink = NoRelink, Force = Force, OutFile = OutFile is null ? null : ResolveLiteral(OutFile),
            Description = Description, Type = Type, Labels = Label, Meta = Meta is null ? null : YamlNode.From(Meta),
        };
        using var repository = OpenRepository(layout);
        // Under the lock, so that metadata is read once: what is tracked answers wildcards too.
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        var sources = ResolvePaths(requested, () => TrackedPaths(repository));
        if (sources.Count == 0)
            return;
        if (ToRemote)
            options = options with
            {
                Upload = RunPumped((CmdletPump pump) =>
                {
                    var remote = repository.Configuration.GetRemote(Remote);
                    return Task.FromResult(new AddUpload(repository, remote, new RemoteAccess(this).Open(remote, pump)));
                }),
            };
        var plan = RunPumped(context => AddPlanner.Plan(repository, sources, options));
        foreach (var failure in plan.Failures)
            WriteError(failure.Error, failure.Path);
        AddItem[] items = [.. plan.Items.Where(i => ShouldProcess(i.Target, i.Action == AddAction.Track ? "Track data" : "Record data anew"))];
        RunPumped((CmdletPump pump) =>
        {
            foreach (var failure in AddRunner.Run(repository, items, options, pump.WriteObject, pump.Context))
                pump.WriteError(failure.Error, failure.Path);
        });
        if (options.Upload is { } upload)
            RunPumped((CmdletPump _) => upload.DisposeAsync().AsTask());
    }
}
