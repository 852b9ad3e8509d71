using DataVersion.Engine;
using DataVersion.Engine.Imports;
using DataVersion.Engine.Metadata;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Remotes.Versions;
using DataVersion.Engine.Workspaces;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>Brings what stages lack from the remotes: the content of outputs, and earlier runs.</summary>
internal sealed class StageFetch(Repository repository, Func<RemoteConfiguration, IRemoteStorage> open, OperationContext context)
{
    /// <summary>Brings the content of outputs into the cache, as far as the remotes have it.</summary>
    public void Outputs(IReadOnlyList<TrackedOutput> outputs) => OutputsAsync(outputs).GetAwaiter().GetResult();

    /// <summary>Brings an import that is not frozen up to date with its source.</summary>
    public void Import(string metadataPath) => ImportAsync(metadataPath).GetAwaiter().GetResult();

    /// <summary>Brings the files of earlier runs that the cache lacks.</summary>
    public async Task RunsAsync()
    {
        var remote = repository.Configuration.GetRemote(null);
        // Nobody pushes runs to such a remote.
        if (remote.KeepsVersions)
            return;
        await using var storage = open(remote);
        await RunCacheTransfer.RunAsync(repository, remote, storage, TransferDirection.Fetch, 0, error => context.Warn(error.Message), context).ConfigureAwait(false);
    }

    private async Task OutputsAsync(IReadOnlyList<TrackedOutput> outputs)
    {
        var problems = new List<PathFailure>();
        var selection = new SyncSelection { Outputs = outputs };
        foreach (var needs in NeededObjects.Collect(repository, selection, forPush: false, context, problems))
        {
            await using var storage = open(needs.Remote);
            if (needs.Remote.KeepsVersions)
                await VersionRunner.RunAsync(repository, await VersionPlanner.PlanFetchAsync(repository, needs, storage, context).ConfigureAwait(false), storage, 0, Tell, context).ConfigureAwait(false);
            else
                await TransferRunner.RunAsync(repository, await TransferPlanner.PlanFetchAsync(repository, needs, storage, context).ConfigureAwait(false), storage, 0, Tell, context).ConfigureAwait(false);
        }
        foreach (var problem in problems)
            context.Warn(problem.Error.Message);

        void Tell(TransferResult result, DataVersionException? error)
        {
            if (error is not null)
                context.Warn(error.Message);
        }
    }

    private async Task ImportAsync(string metadataPath)
    {
        var failures = new List<PathFailure>();
        var items = ImportPlanner.PlanUpdate(repository, [metadataPath], null, failures);
        await using var origins = new ImportOrigins(repository, open);
        failures.AddRange(await ImportRunner.RunAsync(repository, items, new ImportOptions { Autostage = false }, origins, static _ => { }, context).ConfigureAwait(false));
        if (failures.Count > 0)
            throw failures[0].Error;
    }
}
