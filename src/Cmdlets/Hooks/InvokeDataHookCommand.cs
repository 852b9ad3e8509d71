using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine.Git;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>Does what a hook of Git asks for. The scripts that Install-DataHook writes call it; an error makes Git see a failure.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "DataHook", SupportsShouldProcess = true)]
public sealed class InvokeDataHookCommand : RepositoryCmdlet
{
    private const int LongestList = 50;

    /// <summary>Which hook.</summary>
    [Parameter(Position = 0, Mandatory = true)]
    [ValidateSet(GitHooks.PostCheckout, GitHooks.PreCommit, GitHooks.PrePush, GitHooks.MergeDriver)]
    public string Name { get; set; } = "";

    /// <summary>What Git gave the hook.</summary>
    [Parameter(Position = 1)]
    [AllowEmptyCollection, AllowEmptyString]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>Seconds to wait for another process that holds the repository; -1 waits for ever.</summary>
    [Parameter, ValidateRange(-1, int.MaxValue)]
    public int LockTimeout { get; set; } = DefaultLockTimeout;

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        if (Name.Equals(GitHooks.MergeDriver, StringComparison.OrdinalIgnoreCase))
        {
            Merge();
            return;
        }
        if (GitHooks.AreSkipped || TryFindRepository() is not { } layout || !ShouldProcess(layout.Root, $"Run the hook '{Name}'"))
            return;
        switch (Name.ToLowerInvariant())
        {
            case GitHooks.PreCommit:
                ShowStatus(layout);
                break;
            case GitHooks.PrePush:
                Push(layout);
                break;
            default:
                CheckOut(layout);
                break;
        }
    }

    /// <summary>Merges two versions of a metadata file. A failure must be seen, else Git would take our side and call it merged.</summary>
    private void Merge()
    {
        var files = RunPumped(_ => MergeFiles.Parse(ArgumentList, CurrentFolder));
        // Git runs the driver at the root of the work tree; the repository may lie below.
        var layout = Repository is null && files.Folder is { } folder ? RepositoryDiscovery.TryFind(folder) ?? FindRepository() : FindRepository();
        if (!ShouldProcess(files.Shown, "Merge"))
            return;
        using var repository = OpenRepository(layout);
        RunPumped(_ => files.Merge(repository));
    }

    /// <summary>Tells what the commit will not record. Whatever goes wrong here is no reason to stop a commit.</summary>
    private void ShowStatus(RepositoryLayout layout)
    {
        var lines = RunPumped(context =>
        {
            try
            {
                using var repository = Engine.Repository.Open(layout);
                return StatusReader.Read(repository, new StatusOptions(), context)
                    .Where(line => line.Comparison is DataComparison.Uncommitted or DataComparison.Cache).ToList();
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                context.Warn($"The state of the data could not be read: {error.Message}");
                return [];
            }
        });
        if (lines.Count == 0)
            return;
        Say("Data that differs from what is recorded:");
        foreach (var line in lines.Take(LongestList))
            Say($"  {(line.Change == DataChangeKind.NotInCache ? "not in cache" : line.Change.ToString().ToLowerInvariant()),-12}  {line.Path}");
        if (lines.Count > LongestList)
            Say($"  ... and {lines.Count - LongestList} more: see Get-DataStatus");
        if (lines.Exists(line => line.Comparison == DataComparison.Uncommitted))
            Say("Record changes with Add-DataFile or Save-DataFile, and commit the .dvc files.");
    }

    /// <summary>Pushes the data first, so that nobody gets metadata whose data is nowhere.</summary>
    private void Push(RepositoryLayout layout)
    {
        var before = RunPumped(_ => MetadataOf(layout));
        var failures = InvokeCommand.InvokeScript("""
            param($repository, $timeout)
            DataVersion\Sync-DataRemote -Direction Push -Repository $repository -LockTimeout $timeout -Confirm:$false `
                -ErrorAction SilentlyContinue -ErrorVariable failures | Out-Null
            $failures
            """, layout.Root, LockTimeout);
        // Which versions a remote has is in no commit yet, and without that nobody can fetch them.
        if (failures.Count == 0 && RunPumped(_ => MetadataOf(layout)) is { } after && !after.SequenceEqual(before!))
            Fail(new DataVersionException(DataErrorKind.TransferFailed, $"The data was pushed, and its versions were recorded in {string.Join(", ", after.Except(before!).Select(file => $"'{file.Path}'"))}, which are not in what Git pushes.",
                layout.Root, "Commit them, and push again."));
        if (failures.Count == 0)
            return;
        foreach (var failure in failures.SkipLast(1))
            WriteWarning(failure.ToString());
        Fail(new DataVersionException(DataErrorKind.TransferFailed, $"The data was not pushed: {failures[^1]}", layout.Root,
            "Mend what the messages say and push again; 'git push --no-verify' pushes without the data."));
    }

    /// <summary>The metadata with its text; null when no remote keeps versions, so that a push writes none.</summary>
    private static List<(string Path, string Text)>? MetadataOf(RepositoryLayout layout)
    {
        using var repository = Engine.Repository.Open(layout);
        return repository.Configuration.Remotes.Any(remote => remote.KeepsVersions)
            ? [.. repository.Index.MetadataPaths.Select(path => (path, File.ReadAllText(layout.ToAbsolute(path))))] : null;
    }

    /// <summary>Brings the data of the commit that Git checked out. Only data that would be lost makes it fail.</summary>
    private void CheckOut(RepositoryLayout layout)
    {
        var isCommit = ArgumentList is [_, _, "1", ..] || Environment.GetEnvironmentVariable("PRE_COMMIT_CHECKOUT_TYPE") == "1";
        if (!isCommit)
            return;
        var changed = 0;
        RunPumped((CmdletPump pump) =>
        {
            try
            {
                using var repository = Engine.Repository.Open(layout);
                repository.Command = MyInvocation.MyCommand.Name;
                if (repository.Git?.IsRebasing is true)
                    return;
                using var held = repository.Lock(Patience(LockTimeout), pump.Context);
                var options = new CheckoutOptions { AllowMissing = true };
                var plan = CheckoutPlanner.Plan(repository, repository.Index, options, pump.Context);
                foreach (var failure in CheckoutRunner.Run(repository, plan, options, _ => Interlocked.Increment(ref changed), pump.Context))
                    pump.WriteWarning(failure.Error.Message);
            }
            catch (Exception error) when (error is DataVersionException and not UnsavedDataException or IOException or UnauthorizedAccessException)
            {
                pump.WriteWarning($"The data was not checked out: {error.Message} Run Switch-DataVersion to do it.");
            }
        });
        if (changed > 0)
            Say($"{changed} data file(s) were brought in step with the commit.");
    }

    // Git shows what a hook says; it is no output of a command.
    private void Say(string text) => WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]);
}
