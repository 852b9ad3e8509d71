using System.Collections;
using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Lists tracked files with hash, size, state and the kind of link they have in the workspace.</summary>
[Cmdlet(VerbsCommon.Get, "DataFile", DefaultParameterSetName = "Path")]
[OutputType(typeof(DataFile))]
public sealed class GetDataFileCommand : RepositoryCmdlet
{
    private readonly RequestedVersions requested = new();

    /// <summary>Tracked paths, paths inside tracked folders, or folders above them; everything when not given. With -Source paths in that repository, without wildcards.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = "Path")]
    [Parameter(Position = 0, ParameterSetName = "Source")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The same, taken literally.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true, ParameterSetName = "LiteralPath")]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>The revision to list; the workspace when not given.</summary>
    // By property only where LiteralPath binds by property: bound in the other set, it would make a string of the object.
    [Parameter(ParameterSetName = "Path")]
    [Parameter(ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Parameter(ParameterSetName = "Source")]
    [ArgumentCompleter(typeof(SourceRevisionCompleter))]
    public string? Revision { get; set; }

    /// <summary>List another repository (a path or Git address), or what a URL of a storage service holds.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Source")]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    /// <summary>The remote of the source repository that holds the data; its default one if none is named.</summary>
    [Parameter(ParameterSetName = "Source")]
    [ValidateNotNullOrEmpty]
    public string? SourceRemote { get; set; }

    /// <summary>Options: of the remote of the source repository, or of the storage that the URL names.</summary>
    [Parameter(ParameterSetName = "Source")]
    public IDictionary? Option { get; set; }

    /// <summary>User and password for the storage that the data comes from, instead of those that are configured.</summary>
    [Parameter(ParameterSetName = "Source")]
    public PSCredential? Credential { get; set; }

    /// <summary>A configuration file that is laid over that of the source repository.</summary>
    [Parameter(ParameterSetName = "Source")]
    [ValidateNotNullOrEmpty]
    public string? Config { get; set; }

    /// <summary>List the files inside tracked folders too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RefuseEmptyRevision(Revision);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Revision, Path, LiteralPath);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Source is not null)
        {
            ListSource();
            return;
        }
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var failures = new List<PathFailure>();
        foreach (var (revision, group) in requested.All)
            if (RequestedInRepository(repository, group) is not [] and var paths)
                WriteObject(RunPumped(context => DataFileList.List(repository, revision, paths, Recurse, context, failures)), enumerateCollection: true);
        foreach (var failure in failures)
            WriteError(failure.Error, failure.Path);
    }

    private void ListSource()
    {
        using var repository = TryFindRepository() is { } layout ? OpenRepository(layout) : null;
        var request = SourceRequests.Of(Source!, Path is not null || Revision is not null, Revision, SourceRemote, Option, Config, ResolveLiteral);
        RunPumped(async (CmdletPump pump) =>
        {
            var access = new RemoteAccess(this, Credential);
            await using var reader = new OriginReader(request with { IsRepository = request.IsRepository || OriginReader.LooksLikeRepository(request.Source) },
                remote => access.Open(remote, pump), repository);
            foreach (var path in Path ?? [""])
            {
                var failures = new List<PathFailure>();
                try
                {
                    foreach (var file in await reader.ListAsync(path, Recurse, failures, pump.Context).ConfigureAwait(false))
                        pump.WriteObject(file);
                }
                catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
                {
                    pump.WriteError(error, path);
                }
                foreach (var failure in failures)
                    pump.WriteError(failure.Error, failure.Path);
            }
        });
    }
}
