using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Caching;
using DataVersion.Engine.Git;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Removes objects that neither the workspace nor the named revisions use from the cache.</summary>
[Cmdlet(VerbsCommon.Clear, "DataCache", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(CachePlan))]
public sealed class ClearDataCacheCommand : RepositoryCmdlet
{
    private readonly List<IDisposable> held = [];

    /// <summary>Keep what the workspace uses; it is always kept, this says that nothing else is.</summary>
    [Parameter]
    public SwitchParameter Workspace { get; set; }

    /// <summary>Keep what the tips of all branches use.</summary>
    [Parameter]
    public SwitchParameter AllBranches { get; set; }

    /// <summary>Keep what all tags use.</summary>
    [Parameter]
    public SwitchParameter AllTags { get; set; }

    /// <summary>Keep what any commit uses.</summary>
    [Parameter]
    public SwitchParameter AllCommits { get; set; }

    /// <summary>Keep what these revisions use.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public string[] Revision { get; set; } = [];

    /// <summary>So many commits from each revision and branch, along first parents; -1 for all.</summary>
    [Parameter]
    [ValidateRange(-1, int.MaxValue)]
    public int First { get; set; } = 1;

    /// <summary>Keep what commits of this time or later use.</summary>
    [Parameter]
    public DateTimeOffset Since { get; set; }

    /// <summary>Of what is used, keep only what the remote does not hold.</summary>
    [Parameter]
    public SwitchParameter NotInRemote { get; set; }

    /// <summary>Clear this remote too; with -NotInRemote the remote to look at instead of the default one.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RemoteNameCompleter))]
    public string? Remote { get; set; }

    /// <summary>Other repositories that use the same cache; what they use is kept too.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Project { get; set; } = [];

    /// <summary>Keep objects that are younger than this.</summary>
    [Parameter]
    public TimeSpan GracePeriod { get; set; }

    /// <summary>Go on although the list of files of a used folder is missing, and lose its files.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var commits = Selection();
        using var repository = OpenRepository(FindRepository());
        Hold(repository);
        var projects = OpenProjects(repository.Layout);
        var scope = new CleanUpScope { Commits = commits, Projects = projects, GracePeriod = GracePeriod, AllowUnknownFolders = Force };
        var used = RunPumped(context => CacheCleanUp.CollectUsed(repository, scope, context));
        var remote = NotInRemote || Remote is not null ? RunPumped(_ => repository.Configuration.GetRemote(Remote)) : null;
        if (remote is { KeepsVersions: true } && !NotInRemote)
            Fail(new DataVersionException(DataErrorKind.RemoteFailed, $"The remote '{remote.Name}' keeps plain files and their versions, and is not cleared: which old versions other revisions and clones need, no listing tells.",
                remote.Name, "Let rules of the service remove old versions (lifecycle rules), or clear the cache alone, without -Remote."));
        var storage = remote is null ? null : RunPumped((CmdletPump pump) => Task.FromResult(new RemoteAccess(this).Open(remote, pump)));
        try
        {
            var there = storage is null ? null : new RemoteObjects(remote!, storage);
            Clear(repository, scope, used, there);
            if (there is not null && !NotInRemote)
                ClearRemote(there, used);
        }
        finally
        {
            if (storage is not null)
                RunPumped(async (CmdletPump _) => await storage.DisposeAsync().ConfigureAwait(false));
        }
    }

    private void Clear(Engine.Repository repository, CleanUpScope scope, UsedObjects used, RemoteObjects? remote)
    {
        var heldElsewhere = NotInRemote ? RunPumped((CmdletPump pump) => RemoteCleanUp.FindHeldAsync(repository, remote!, used, pump.Context)) : null;
        var plan = RunPumped(context => CacheCleanUp.Plan(repository, scope, used, heldElsewhere, context));
        if (IsConfirmed([.. plan.Select(u => u.Object)], $"the cache '{repository.Stores.CacheFolder}'"))
            RunPumped((CmdletPump pump) =>
            {
                foreach (var failure in CacheCleanUp.Run(repository, plan, pump.WriteObject, pump.Context))
                    pump.WriteError(failure.Error, failure.Path);
            });
    }

    private void ClearRemote(RemoteObjects remote, UsedObjects used)
    {
        var plan = RunPumped((CmdletPump pump) => RemoteCleanUp.PlanAsync(remote, used, pump.Context));
        if (IsConfirmed(plan, $"the remote '{remote.Remote.Name}' ({remote.Storage.Place})"))
            RunPumped(async (CmdletPump pump) =>
            {
                foreach (var failure in await RemoteCleanUp.RunAsync(remote, plan, used, pump.WriteObject, pump.Context).ConfigureAwait(false))
                    pump.WriteError(failure.Error, failure.Path);
            });
    }

    private bool IsConfirmed(IReadOnlyList<CachePlan> plan, string place)
    {
        if (plan.Count == 0)
            return false;
        var what = $"{plan.Count} objects ({ByteSize.Format(plan.Sum(p => p.Size))}) of {place}";
        if (ShouldProcess($"Removing {what} that are not used by {Kept()}.",
            $"This removes {what} for good: everything that is not used by {Kept()}. Continue?", "Clear the cache", out var reason))
            return true;
        if (reason == ShouldProcessReason.WhatIf)
            WriteObject(plan, enumerateCollection: true);
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            for (var i = held.Count - 1; i >= 0; i--)
                held[i].Dispose();
        held.Clear();
        base.Dispose(disposing);
    }

    private CommitSelection? Selection()
    {
        var since = MyInvocation.BoundParameters.ContainsKey(nameof(Since));
        var any = AllBranches || AllTags || AllCommits || since || Revision.Length > 0;
        if (!any && !Workspace)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "It is not said what is to be kept.", null,
                "Give one or more of -Workspace, -AllBranches, -AllTags, -AllCommits, -Revision and -Since."));
        if (MyInvocation.BoundParameters.ContainsKey(nameof(First)) && Revision.Length == 0 && !AllBranches)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-First counts from revisions or branches, and none were named.", null,
                "Give -Revision or -AllBranches with -First."));
        if (GracePeriod > TimeSpan.Zero && Remote is not null && !NotInRemote)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-GracePeriod cannot be kept on a remote: it does not tell how old its objects are.", null,
                "Clear the cache with -GracePeriod and the remote without, in two commands."));
        return !any ? null : new CommitSelection
        {
            AllBranches = AllBranches, AllTags = AllTags, AllCommits = AllCommits, Revisions = Revision, First = First, Since = since ? Since : null,
        };
    }

    private List<Engine.Repository> OpenProjects(RepositoryLayout own)
    {
        var projects = new List<Engine.Repository>();
        foreach (var folder in Project.Select(ResolveLiteral))
        {
            var project = RunPumped(_ => Engine.Repository.Open(folder));
            held.Add(project);
            if (project.Layout.Root == own.Root || projects.Exists(p => p.Layout.Root == project.Layout.Root))
                continue;
            projects.Add(project);
            Hold(project);
        }
        return projects;
    }

    private void Hold(Engine.Repository repository) =>
        held.Add(RunPumped(context => repository.Lock(Patience(LockTimeout), context)));

    private string Kept()
    {
        var parts = new List<string> { "the workspace" };
        if (AllCommits)
            parts.Add("any commit");
        if (AllBranches)
            parts.Add("any branch");
        if (AllTags)
            parts.Add("any tag");
        if (Revision.Length > 0)
            parts.Add(string.Join(", ", Revision));
        if (MyInvocation.BoundParameters.ContainsKey(nameof(Since)))
            parts.Add($"commits since {Since:yyyy-MM-dd}");
        if (Project.Length > 0)
            parts.Add($"the same of {string.Join(", ", Project)}");
        return string.Join(" or ", parts) + (NotInRemote ? ", or is on the remote" : "");
    }
}
