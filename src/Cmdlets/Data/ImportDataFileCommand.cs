using System.Collections;
using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Brings data from a path, a URL or another repository, tracks it, and records where it came from.</summary>
[Cmdlet(VerbsData.Import, "DataFile", SupportsShouldProcess = true)]
[OutputType(typeof(DataFile))]
public sealed class ImportDataFileCommand : RepositoryCmdlet
{
    /// <summary>A path or URL of the data; with -SourcePath a path or Git address of the repository that holds it.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string Source { get; set; } = "";

    /// <summary>The path of the data in the repository that -Source names.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? SourcePath { get; set; }

    /// <summary>Where the data will be, or a folder that takes it in; its own name in the current folder when not given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>The branch, tag or commit of the source repository to follow; its default branch when not given.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SourceRevisionCompleter))]
    public string? Revision { get; set; }

    /// <summary>Record what the source is, but bring no data: a pull or an update does.</summary>
    [Parameter]
    public SwitchParameter NoDownload { get; set; }

    /// <summary>Write the metadata only; the source is not even asked.</summary>
    [Parameter]
    public SwitchParameter NoExec { get; set; }

    /// <summary>Send the data to a remote instead of the cache and the workspace.</summary>
    [Parameter]
    public SwitchParameter ToRemote { get; set; }

    /// <summary>The remote for -ToRemote; the default one if none is named.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string? Remote { get; set; }

    /// <summary>Record the versions that the service keeps, so that just these can be had from it again.</summary>
    [Parameter]
    public SwitchParameter VersionAware { get; set; }

    /// <summary>Overwrite what is at the destination.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Options of the storage that -Source names, recorded with the import (fs_config).</summary>
    [Parameter]
    public IDictionary? Option { get; set; }

    /// <summary>The remote of the source repository that holds the data; its default one if none is named.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SourceRemote { get; set; }

    /// <summary>Options of the remote of the source repository, recorded with the import.</summary>
    [Parameter]
    public IDictionary? RemoteConfig { get; set; }

    /// <summary>A configuration file that is laid over that of the source repository.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    /// <summary>User and password for the storage that the data comes from, instead of those that are configured.</summary>
    [Parameter]
    public PSCredential? Credential { get; set; }

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        RefuseEmptyRevision(Revision);
        Check();
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var request = Request();
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        if (!TryRunPumped(request.Destination, _ => ImportPlanner.Plan(repository, request), out var item))
            return;
        WarnOfSecrets(request, item);
        if (!ShouldProcess(item.Path, $"Import from {item.Origin}"))
            return;
        RunPumped(async (CmdletPump pump) =>
        {
            var access = new RemoteAccess(this, Credential);
            await using var origins = new ImportOrigins(repository, source => access.Open(source, pump));
            await using var upload = ToRemote && repository.Configuration.GetRemote(Remote) is var remote ? new ImportUpload(remote, new RemoteAccess(this).Open(remote, pump)) : null;
            var options = new ImportOptions { NoDownload = NoDownload, NoExec = NoExec, Force = Force, Upload = upload };
            foreach (var failure in await ImportRunner.RunAsync(repository, [item], options, origins, pump.WriteObject, pump.Context).ConfigureAwait(false))
                pump.WriteError(failure.Error, failure.Path);
        });
    }

    private void Check()
    {
        if (ToRemote && (NoDownload || NoExec))
            Fail(Wrong("-ToRemote cannot be combined with -NoDownload or -NoExec.", "Leave one of them out."));
        if (VersionAware && (ToRemote || NoExec || SourcePath is not null))
            Fail(Wrong("-VersionAware is for URLs of services that keep versions; it cannot be combined with -ToRemote, -NoExec or -SourcePath.", "Leave one of them out."));
        if (Remote is not null && !ToRemote)
            Fail(Wrong("-Remote says where -ToRemote sends the data, so it needs -ToRemote.", SourcePath is null ? "Add -ToRemote, or push with Sync-DataRemote."
                : "Use -SourceRemote for the remote that the data comes from, or add -ToRemote."));
        if (SourcePath is null && RemoteConfig is not null)
            Fail(Wrong("-RemoteConfig is for imports from other repositories, which need -SourcePath.", "Use -Option for the options of a URL."));
        if (SourcePath is not null && Option is not null)
            Fail(Wrong("-Option is for URLs; the data of another repository comes from its remotes.", "Use -RemoteConfig for the options of a remote."));
    }

    private ImportRequest Request()
    {
        var local = IsAddress() ? null : ResolveLiteral(Source);
        var options = RemoteOptions.Read(SourcePath is null ? Option : RemoteConfig);
        if (VersionAware)
            options["version_aware"] = "true";
        return new ImportRequest
        {
            Source = local is not null && Source.StartsWith('~') ? local : Source, LocalPath = local, SourcePath = SourcePath, Destination = Destination is null ? CurrentFolder : ResolveLiteral(Destination),
            Revision = Revision, Remote = SourceRemote, Config = Config is null ? null : ResolveLiteral(Config), Options = options, Force = Force,
        };
    }

    private bool IsAddress() => ImportSources.IsUrl(Source) || SourcePath is not null && ImportSources.IsGitAddress(Source) && !System.IO.Path.Exists(System.IO.Path.Combine(CurrentFolder, Source));

    private void WarnOfSecrets(ImportRequest request, ImportItem item)
    {
        foreach (var option in request.Options.Keys.Where(RemoteSchema.IsSecret))
            WriteWarning($"'{option}' is a secret, and '{item.MetadataPath}' goes into Git. Put it into the local configuration of a remote, and name that: remote://NAME/path.");
        if (request.LocalPath is null && RemoteSecrets.Hide(Source) != Source)
            WriteWarning($"The address holds a secret, and '{item.MetadataPath}' goes into Git. Put it into the local configuration of a remote, and name that: remote://NAME/path.");
    }

    private DataVersionException Wrong(string message, string action) => new(DataErrorKind.ArgumentInvalid, message, Source, action);
}
