using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Checks a remote: whether it answers, who we are there, whether it can be read and written; with -Deep every object that is needed.</summary>
[Cmdlet(VerbsDiagnostic.Test, "DataRemote")]
[OutputType(typeof(RemoteVerdict), typeof(bool))]
public sealed class TestDataRemoteCommand : RepositoryCmdlet
{
    private readonly RequestedAudit requested = new();
    private RemoteAccess? access;
    private bool isGood = true;

    /// <summary>Remotes; wildcards are allowed. The default one when not given.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Only what these tracked paths need, paths inside them, or folders above them.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>What these revisions need, instead of the workspace.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public string[]? Revision { get; set; }

    /// <summary>What the tips of all branches need, besides the workspace.</summary>
    [Parameter]
    public SwitchParameter AllBranches { get; set; }

    /// <summary>What all tags need, besides the workspace.</summary>
    [Parameter]
    public SwitchParameter AllTags { get; set; }

    /// <summary>What all commits need, besides the workspace.</summary>
    [Parameter]
    public SwitchParameter AllCommits { get; set; }

    /// <summary>Read and hash every object, whatever checksums the service gives.</summary>
    [Parameter]
    public SwitchParameter Download { get; set; }

    /// <summary>User and secret for the remote, instead of what its configuration says.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Most objects at a time; 0 lets the remote decide.</summary>
    [Parameter, ValidateRange(0, 1024)]
    public int ThrottleLimit { get; set; }

    /// <summary>Check every object that the workspace, or the chosen revisions, need.</summary>
    [Parameter]
    public SwitchParameter Deep { get; set; }

    /// <summary>With -Deep: write the verdicts about good objects too, not only their sum.</summary>
    [Parameter]
    public SwitchParameter IncludeGood { get; set; }

    /// <summary>Store nothing, so that it is not known whether the remote can be written.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>Write only whether everything is good.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord() => requested.Collect(Name);

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        using var repository = OpenRepository(FindRepository());
        var wanted = new RequestedPaths();
        wanted.Collect(Path, null);
        var paths = wanted.IsEmpty ? null : RequestedInRepository(repository, wanted);
        if (paths is [])
            return;
        access = new RemoteAccess(this, Credential, ThrottleLimit);
        foreach (var remote in RunPumped((CmdletPump pump) => Task.FromResult(requested.Remotes(repository, MyInvocation.ExpectingInput, (error, name) => pump.WriteError(error, name)))))
            Test(repository, remote, RequestedObjects.Of(remote.Name, paths, Revision, AllBranches, AllTags, AllCommits));
        if (Quiet)
            WriteObject(isGood);
    }

    private void Test(Repository repository, RemoteConfiguration remote, SyncSelection selection)
    {
        var verdicts = RunPumped(async (CmdletPump pump) =>
        {
            await using var storage = access!.OpenAny(remote, pump);
            return await RemoteInspection.RunAsync(remote, storage, !ReadOnly, pump.Context).ConfigureAwait(false);
        });
        foreach (var verdict in verdicts)
            Write(verdict);
        // What does not answer has no objects to look at.
        if (!Deep || verdicts.Any(v => v is { Check: RemoteCheck.Readable, Verdict: not RemoteVerdictKind.Good }))
            return;
        Write(RunPumped(async (CmdletPump pump) =>
        {
            await using var storage = access!.OpenAny(remote, pump);
            return await RequestedAudit.RunAsync(repository, remote, selection, storage, forRepair: false, Download, ThrottleLimit, verdict =>
            {
                if (!Quiet && (IncludeGood || !verdict.IsGood))
                    pump.WriteObject(verdict);
            }, pump).ConfigureAwait(false);
        }));
    }

    private void Write(RemoteVerdict verdict)
    {
        // What could not be found out is no fault, but of objects it is no proof either.
        isGood &= verdict.IsGood || verdict is { Verdict: RemoteVerdictKind.Unknown, Check: RemoteCheck.Writable or RemoteCheck.Clock };
        if (!Quiet)
            WriteObject(verdict);
    }
}
