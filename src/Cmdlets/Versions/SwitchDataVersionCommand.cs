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
    private string? target;

    /// <summary>Branch, tag, commit, or anything Git understands.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(RevisionCompleter))]
    public string? Revision { get; set; }

    /// <summary>Only these tracked paths, paths inside them, or folders above them; not together with a revision.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(TrackedPathCompleter))]
    public string[]? Path { get; set; }

    /// <summary>The same, taken literally.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    public string[]? LiteralPath { get; set; }

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
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        RefuseEmptyRevision(Revision);
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        requested.Collect(Path, LiteralPath);
        if (string.IsNullOrEmpty(Revision))
            return;
        if (target is not null && target != Revision)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, $"The pipeline brought the revisions '{target}' and '{Revision}'; only one can be switched to.",
                Revision, "Choose one, with Select-Object -First 1 for example."));
        target = Revision;
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (target is not null && !requested.IsEmpty)
            Fail(new DataVersionException(DataErrorKind.ArgumentInvalid, "-Revision switches everything, so it does not go together with -Path.",
                target, "To bring single files of a revision, use Export-DataFile -Revision."));
        var layout = FindRepository();
        using var repository = OpenRepository(layout);
        var paths = target is null ? RequestedInRepository(repository, requested) : null;
        if (paths is [])
            return;
        var options = new CheckoutOptions { Force = Force, Relink = Relink, AllowMissing = AllowMissing, LinkOrder = LinkKind, Paths = paths };
        using var held = RunPumped(context => repository.Lock(Patience(LockTimeout), context));
        if (target is null)
            CheckOut(repository, options);
        else
            SwitchTo(repository, target, options);
    }

    private void CheckOut(Repository repository, CheckoutOptions options)
    {
        var plan = RunPumped(context => CheckoutPlanner.Plan(repository, repository.Index, options, context));
        if (plan.Unsaved.Count > 0)
            Fail(new UnsavedDataException(plan.Unsaved));
        plan = Confirmed(plan);
        RunPumped((CmdletPump pump) => Report(CheckoutRunner.Run(repository, plan, options, pump.WriteObject, pump.Context), pump));
    }

    private static string VerbOf(WorkspaceChange change) => change switch
    {
        WorkspaceChange.Added => "Add",
        WorkspaceChange.Modified => "Replace",
        WorkspaceChange.Deleted => "Delete",
        WorkspaceChange.Relinked => "Link anew",
        _ => "Change the mode of",
    };

    private void SwitchTo(Repository repository, string revision, CheckoutOptions options)
    {
        var plan = RunPumped(context => VersionSwitch.Plan(repository, revision, options, context));
        if (!ShouldProcess($"{repository.Layout.Root} (Git: {plan.Git.ChangedPaths.Count} file(s), data: {plan.Data.Steps.Count} file(s))",
            $"Switch to '{revision}'"))
            return;
        RunPumped((CmdletPump pump) => Report(VersionSwitch.Run(repository, plan, options, pump.WriteObject, pump.Context), pump));
    }

    /// <summary>Asks per tracked path, not per file.</summary>
    private CheckoutPlan Confirmed(CheckoutPlan plan)
    {
        var steps = plan.Steps.ToLookup(s => s.Parent);
        var declined = plan.WrittenPaths.Distinct().Where(path => !ShouldProcess(path, steps[path].Any()
            ? string.Join(", ", steps[path].GroupBy(s => s.Change).Select(c => $"{VerbOf(c.Key)} {c.Count()} file(s)")) : "Add empty folder")).ToHashSet(StringComparer.Ordinal);
        return declined.Count == 0 ? plan : plan with
        {
            Steps = [.. plan.Steps.Where(s => !declined.Contains(s.Parent))], EmptyFolders = [.. plan.EmptyFolders.Except(declined)],
            Stale = [.. plan.Stale.Except(declined)], Outputs = [.. plan.Outputs.Where(o => !declined.Contains(o.Path))],
        };
    }

    private static void Report(IReadOnlyList<PathFailure> failures, CmdletPump pump)
    {
        foreach (var failure in failures)
            pump.WriteError(failure.Error, failure.Path);
    }
}
