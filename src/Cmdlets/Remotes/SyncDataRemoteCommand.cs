using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Brings objects to a remote, from it, and into the workspace.</summary>
[Cmdlet(VerbsData.Sync, "DataRemote", SupportsShouldProcess = true)]
[OutputType(typeof(TransferResult), typeof(LinkResult))]
public sealed class SyncDataRemoteCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();
    private readonly HashSet<string> told = new(StringComparer.Ordinal);
    private readonly List<string?> remotes = [];
    private readonly Dictionary<string, ContentHash> partial = new(StringComparer.Ordinal);
    private int failed;

    /// <summary>Name of the remote; without it every output goes to its own or to the default one.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string? Name { get; set; }

    /// <summary>Remotes, as <c>Get-DataRemote</c> gives them, one after the other, instead of a name.</summary>
    [Parameter(ValueFromPipeline = true)]
    public DataRemote? InputObject { get; set; }

    /// <summary>Push: cache to remote. Fetch: remote to cache. Pull: fetch, then into the workspace. Both: push, then pull.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public TransferDirection Direction { get; set; }

    /// <summary>Only these tracked paths, paths inside them, or folders above them.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The same, taken literally.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

    /// <summary>What these revisions need.</summary>
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

    /// <summary>Copy the run cache too.</summary>
    [Parameter]
    public SwitchParameter RunCache { get; set; }

    /// <summary>Paths of folders stand for everything tracked inside; they do so without this switch too.</summary>
    [Parameter]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Pull: overwrite and delete files whose content is in no cache.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Objects that are on neither side are no error.</summary>
    [Parameter]
    public SwitchParameter AllowMissing { get; set; }

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

    private RemoteAccess? access;

    private RemoteAccess Access => access ??= new RemoteAccess(this, Credential, ThrottleLimit);

    private bool IsPull => Direction is TransferDirection.Pull or TransferDirection.Both;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        requested.Collect(Path, LiteralPath);
        if (InputObject is not null && !remotes.Contains(InputObject.Name))
            remotes.Add(InputObject.Name);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var paths = requested.IsEmpty && remotes.Count > 0 ? null : RequestedInRepository(repository, requested);
        if (paths is [])
            return;
        if (Name is not null || remotes.Count == 0)
            remotes.Insert(0, Name);
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        if (Direction is TransferDirection.Push or TransferDirection.Both)
            foreach (var remote in remotes)
                Transfer(repository, Select(remote, paths), TransferDirection.Push);
        if (Direction != TransferDirection.Push)
            foreach (var remote in remotes)
                Transfer(repository, Select(remote, paths), TransferDirection.Fetch);
        if (Direction != TransferDirection.Push)
            FetchImports(repository, Select(null, paths));
        if (IsPull)
            CheckOut(repository, paths);
        if (failed > 0)
            WriteError(new DataVersionException(DataErrorKind.TransferFailed, $"{failed} object(s) could not be transferred.", null,
                "Mend what the errors before this one say, and run the command again: it does the rest only."));
    }

    private SyncSelection Select(string? remote, string[]? paths) =>
        RequestedObjects.Of(remote, paths, Revision, AllBranches, AllTags, AllCommits, needsWorkspace: IsPull);

    private void Transfer(Repository repository, SyncSelection selection, TransferDirection direction)
    {
        if (RunCache && !repository.Configuration.GetRemote(selection.Remote).KeepsVersions)
            CopyRuns(repository, selection.Remote, direction);
        var isPush = direction == TransferDirection.Push;
        var problems = new List<PathFailure>();
        var needed = RunPumped(context => NeededObjects.Collect(repository, selection, isPush, context, problems));
        foreach (var problem in problems.Where(p => told.Add(p.Path)))
            WriteError(problem.Error, problem.Path);
        foreach (var needs in needed)
        {
            var storage = RunPumped((CmdletPump pump) => Task.FromResult(Access.OpenAny(needs.Remote, pump)));
            try
            {
                if (needs.Remote.KeepsVersions)
                    Transfer(repository, RunPumped((CmdletPump pump) => isPush
                        ? VersionPlanner.PlanPushAsync(repository, needs, storage, pump.Context)
                        : VersionPlanner.PlanFetchAsync(repository, needs, storage, pump.Context)), storage);
                else
                    Transfer(repository, RunPumped((CmdletPump pump) => isPush
                    ? TransferPlanner.PlanPushAsync(repository, needs, storage, pump.Context)
                    : TransferPlanner.PlanFetchAsync(repository, needs, storage, pump.Context)), storage);
            }
            finally
            {
                RunPumped((CmdletPump _) => storage.DisposeAsync().AsTask());
            }
        }
    }

    private void Transfer(Repository repository, TransferPlan plan, IRemoteStorage storage)
    {
        var (action, target) = ($"{plan.Direction} {plan.Count} object(s), {ByteSize.Format(plan.Bytes)}", $"{plan.Remote.Name} ({storage.Place})");
        if (plan.Count == 0)
            WriteVerbose($"{plan.UpToDateCount} object(s) of '{plan.Remote.Name}' are up to date.");
        else if (!ShouldProcess($"Performing the operation \"{action}\" on target \"{target}\".", $"{action}: {target}?", "Confirm", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                foreach (var item in plan.Files.Concat(plan.Trees.Where(t => t.Obstacle is null).Select(t => t.Item)))
                    WriteObject(plan.Planned(item));
            plan = plan with { Files = [], Trees = [] };
        }
        RunPumped((CmdletPump pump) => TransferRunner.RunAsync(repository, plan, storage, ThrottleLimit,
            (result, error) => Report(pump, result, error), pump.Context));
    }

    private void Transfer(Repository repository, VersionPlan plan, IRemoteStorage storage)
    {
        var (action, target) = ($"{plan.Direction} {plan.Files.Count} file(s), {ByteSize.Format(plan.Bytes)}", $"{plan.Remote.Name} ({storage.Place})");
        if (plan.IsEmpty)
            WriteVerbose($"{plan.UpToDateCount} file(s) of '{plan.Remote.Name}' are up to date.");
        else if (!ShouldProcess($"Performing the operation \"{action}\" on target \"{target}\".", $"{action}: {target}?", "Confirm", out var reason))
        {
            if (reason == ShouldProcessReason.WhatIf)
                foreach (var file in plan.Files)
                    WriteObject(plan.Planned(file.Item));
            plan = plan with { Files = [], Found = [], Manifests = [] };
        }
        RunPumped((CmdletPump pump) => VersionRunner.RunAsync(repository, plan, storage, ThrottleLimit, (result, error) => Report(pump, result, error), pump.Context));
    }

    private void Report(CmdletPump pump, TransferResult result, DataVersionException? error)
    {
        pump.WriteObject(result);
        if (error is null)
            return;
        if (AllowMissing && result.Outcome is TransferOutcome.Missing or TransferOutcome.HeldBack)
        {
            pump.WriteWarning(error.Message);
            return;
        }
        lock (told)
        {
            failed++;
            told.Add(result.Path!);
        }
        pump.WriteError(error, result);
    }

    /// <summary>What comes from other repositories, and what was imported without its data, comes from its source.</summary>
    private void FetchImports(Repository repository, SyncSelection selection)
    {
        var items = RunPumped(context => ImportFetch.Plan(repository, selection, context));
        var confirmed = new List<ImportItem>();
        foreach (var item in items)
            if (ShouldProcess($"Performing the operation \"Fetch from the source\" on target \"{item.Path} ({item.Origin})\".", $"Fetch {item.Path} from {item.Origin}?", "Confirm", out var reason))
                confirmed.Add(item);
            else if (reason == ShouldProcessReason.WhatIf)
                WriteObject(ImportFetch.Result(item, item.Output!.Hash ?? default, null, TransferOutcome.Planned, null));
        if (confirmed.Count == 0)
            return;
        RunPumped(async (CmdletPump pump) =>
        {
            // The credentials are for the remote, not for wherever the imports come from.
            var sources = new RemoteAccess(this, throttle: ThrottleLimit);
            await using var origins = new ImportOrigins(repository, remote => sources.Open(remote, pump));
            foreach (var (path, hash) in await ImportFetch.RunAsync(repository, confirmed, origins, (result, error) => Report(pump, result, error), pump.Context).ConfigureAwait(false))
                partial[path] = hash;
        });
    }

    private void CopyRuns(Repository repository, string? name, TransferDirection direction)
    {
        var remote = RunPumped(_ => repository.Configuration.GetRemote(name));
        if (!ShouldProcess(remote.Name, $"{direction} the run cache"))
            return;
        var copied = RunPumped(async (CmdletPump pump) =>
        {
            await using var storage = Access.Open(remote, pump);
            return await RunCacheTransfer.RunAsync(repository, remote, storage, direction, ThrottleLimit, error =>
            {
                Interlocked.Increment(ref failed);
                pump.WriteError(error);
            }, pump.Context).ConfigureAwait(false);
        });
        WriteVerbose($"{copied} file(s) of the run cache were copied.");
    }

    private void CheckOut(Repository repository, string[]? paths)
    {
        var options = new CheckoutOptions { Force = Force, AllowMissing = AllowMissing, Paths = paths };
        var plan = RunPumped(context => CheckoutPlanner.Plan(repository, repository.Index.With(partial), options, context));
        if (plan.Unsaved.Count > 0)
            Fail(new UnsavedDataException(plan.Unsaved));
        if (plan.Steps.Count > 0 && !ShouldProcess($"{repository.Layout.Root} ({plan.Steps.Count} file(s))", "Check out"))
            return;
        RunPumped((CmdletPump pump) =>
        {
            // What the transfer said of an object need not be said of the file again.
            foreach (var failure in CheckoutRunner.Run(repository, plan, options, pump.WriteObject, pump.Context))
                if (failure.Error.Kind is not (DataErrorKind.ObjectMissing or DataErrorKind.PathNotTracked) || !told.Contains(failure.Path))
                    pump.WriteError(failure.Error, failure.Path);
        });
    }
}
