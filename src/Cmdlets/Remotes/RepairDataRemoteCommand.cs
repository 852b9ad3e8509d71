using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Makes a remote whole: what is missing or wrong there comes from the cache, the workspace and the other remotes; what is lost is named.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "DataRemote", SupportsShouldProcess = true)]
[OutputType(typeof(TransferResult))]
public sealed class RepairDataRemoteCommand : RepositoryCmdlet
{
    private readonly RequestedAudit requested = new();
    private RemoteAccess? access;

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

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

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
            Repair(repository, remote, RequestedObjects.Of(remote.Name, paths, Revision, AllBranches, AllTags, AllCommits));
    }

    private void Repair(Repository repository, RemoteConfiguration remote, SyncSelection selection)
    {
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        var wrong = new List<RemoteVerdict>();
        RunPumped(async (CmdletPump pump) =>
        {
            await using var storage = access!.OpenAny(remote, pump);
            await RequestedAudit.RunAsync(repository, remote, selection, storage, forRepair: true, Download, ThrottleLimit, verdict =>
            {
                lock (wrong)
                    if (!verdict.IsGood)
                        wrong.Add(verdict);
            }, pump).ConfigureAwait(false);
        });
        foreach (var unknown in wrong.Where(v => v.Verdict == RemoteVerdictKind.Unknown))
            WriteError(new DataVersionException(DataErrorKind.TransferFailed, $"Whether the object {unknown.Hash} of '{unknown.Path}' is right on '{remote.Name}' could not be found out: {unknown.Detail}",
                unknown.Path, "Run the command again."), unknown);
        // The credentials are for the remote that is repaired: no other one is to see them.
        var others = new RemoteAccess(this, throttle: ThrottleLimit);
        RunPumped(async (CmdletPump pump) =>
        {
            await using var storage = access!.OpenAny(remote, pump);
            var repair = new RemoteRepair(repository, remote, storage, other => others.Open(other, pump), ThrottleLimit, pump.Context);
            var plan = await repair.PlanAsync([.. wrong.Where(v => v.Verdict is RemoteVerdictKind.Missing or RemoteVerdictKind.Corrupt)]).ConfigureAwait(false);
            foreach (var lost in plan.Lost)
            {
                var error = repair.Lost(lost);
                pump.WriteObject(repair.Describe(lost, TransferOutcome.Missing, error.Message));
                pump.WriteError(error, lost.Path);
            }
            if (plan.Steps.Count == 0)
                return;
            var (confirmed, isWhatIf) = pump.Ask(() => (ShouldProcess($"Performing the operation \"Store {plan.Steps.Count} object(s)\" on target \"{remote.Name} ({storage.Place})\".",
                $"Store {plan.Steps.Count} object(s) on {remote.Name} ({storage.Place})?", "Confirm", out var reason), reason == ShouldProcessReason.WhatIf));
            if (confirmed)
                await repair.RunAsync(plan, Unsafe(repository, plan, wrong), (result, error) =>
                {
                    pump.WriteObject(result);
                    if (error is not null)
                        pump.WriteError(error, result);
                }).ConfigureAwait(false);
            else if (isWhatIf)
                foreach (var step in plan.Steps)
                    pump.WriteObject(repair.Describe(step.Item, TransferOutcome.Planned, step.Why));
        });
    }

    // A manifest must not claim files that are lost, or of which nobody knows.
    private static HashSet<ContentHash> Unsafe(Repository repository, RepairPlan plan, List<RemoteVerdict> wrong)
    {
        var lost = plan.Lost.Select(l => l.Hash).Concat(wrong.Where(v => v.Verdict == RemoteVerdictKind.Unknown).Select(v => v.Hash!.Value)).ToHashSet();
        return [.. plan.Steps.Select(s => s.Item.Hash).Where(h => h.IsDirectory && repository.TryLoadManifest(h, out var manifest) is null && manifest!.List.Any(e => lost.Contains(e.Hash)))];
    }
}
