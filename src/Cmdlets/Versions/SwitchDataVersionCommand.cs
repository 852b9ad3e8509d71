using System.Management.Automation;
using DataVersion.Cmdlets.Completion;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Switches to a revision, Git first, then the data; without a revision makes the workspace match the metadata.</summary>
[Cmdlet(VerbsCommon.Switch, "DataVersion", SupportsShouldProcess = true)]
[OutputType(typeof(LinkResult))]
public sealed class SwitchDataVersionCommand : RepositoryCmdlet
{
    private readonly RequestedPaths requested = new();

    /// <summary>Branch, tag, commit, or anything Git understands.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public string? Revision { get; set; }

    /// <summary>Only these tracked paths, paths inside them, or folders above them; not together with a revision.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "LiteralPath")]
    [SupportsWildcards]
    public string[]? Path { get; set; }

    /// <summary>Place unchanged files again when they have another link kind than wanted.</summary>
    [Parameter]
    public SwitchParameter Relink { get; set; }

    /// <summary>Link kinds to try, in this order, instead of the configured ones.</summary>
    [Parameter]
    public LinkKind[]? LinkKind { get; set; }

    /// <summary>Go on without objects that are not in the cache.</summary>
    [Parameter]
    public SwitchParameter AllowMissing { get; set; }

    /// <summary>Overwrite and delete files whose content is in no cache.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Path is not null)
            requested.Collect(Path, null);
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Revision is not null && !requested.IsEmpty)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-Revision switches everything, so it does not go together with -Path.",
                Revision, "To bring single files of a revision, use Export-DataFile -Revision."));
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var paths = RequestedInRepository(repository, requested);
        if (paths is [])
            return;
        var options = new CheckoutOptions { Force = Force, Relink = Relink, AllowMissing = AllowMissing, LinkOrder = LinkKind, Paths = paths };
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context.Cancellation));
        if (Revision is null)
            CheckOut(repository, options);
        else
            SwitchTo(repository, Revision, options);
    }

    private void CheckOut(Repository repository, CheckoutOptions options)
    {
        var plan = RunPumped(context => CheckoutPlanner.Plan(repository, repository.Index, options, context));
        if (plan.Unsaved.Count > 0)
            Fail(new UnsavedDataException(plan.Unsaved));
        if (!Confirm(plan))
            plan = plan with { Steps = [], EmptyFolders = [], Stale = [], Outputs = [] };
        RunPumped((CmdletPump pump) => Report(CheckoutRunner.Run(repository, plan, options, pump.WriteObject, pump.Context), pump));
    }

    private void SwitchTo(Repository repository, string revision, CheckoutOptions options)
    {
        var plan = RunPumped(context => VersionSwitch.Plan(repository, revision, options, context));
        if (!ShouldProcess($"{repository.Layout.Root} (Git: {plan.Git.ChangedPaths.Count} file(s), data: {plan.Data.Steps.Count} file(s))",
            $"Switch to '{revision}'"))
            return;
        RunPumped((CmdletPump pump) => Report(VersionSwitch.Run(repository, plan, options, pump.WriteObject, pump.Context), pump));
    }

    /// <summary>Asks per tracked path, not per file.</summary>
    private bool Confirm(CheckoutPlan plan)
    {
        var groups = plan.Steps.GroupBy(s => s.Parent).ToList();
        return groups.Count == 0 || groups.All(g => ShouldProcess(g.Key, string.Join(", ",
            g.GroupBy(s => s.Change).Select(c => $"{c.Key} {c.Count()} file(s)"))));
    }

    private static void Report(IReadOnlyList<PathFailure> failures, CmdletPump pump)
    {
        foreach (var failure in failures)
            pump.WriteError(failure.Error, failure.Path);
    }
}
