using System.Management.Automation;
using DataVersion.Cmdlets.Hosting;
using DataVersion.Engine;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;
using DataVersion.Engine.Workspaces;

namespace DataVersion.Cmdlets;

/// <summary>What looking at remotes and repairing them have in common: which remotes, and a look at each object that is needed of one.</summary>
internal sealed class RequestedAudit
{
    private readonly List<string> names = [];

    /// <summary>Takes names as they are typed, or come through the pipeline.</summary>
    public void Collect(string[]? more) => names.AddRange(more ?? []);

    /// <summary>The remotes that are meant; without a name the default one.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="isPiped">A pipeline was to bring names: when it brought none, none is meant.</param>
    /// <param name="failed">Receives names that no remote has.</param>
    public List<RemoteConfiguration> Remotes(Repository repository, bool isPiped, Action<DataVersionException, string> failed)
    {
        if (names.Count == 0)
            return isPiped ? [] : [repository.Configuration.GetRemote(null)];
        var found = new List<RemoteConfiguration>();
        foreach (var name in names.Distinct(StringComparer.OrdinalIgnoreCase))
            if (WildcardPattern.ContainsWildcardCharacters(name))
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                found.AddRange(repository.Configuration.Remotes.Where(r => pattern.IsMatch(r.Name)));
            }
            else
                try
                {
                    found.Add(repository.Configuration.GetRemote(name));
                }
                catch (DataVersionException error) when (error.Kind == DataErrorKind.RemoteNotFound)
                {
                    failed(error, name);
                }
        return [.. found.DistinctBy(r => r.Name)];
    }

    /// <summary>Checks each object that the selection needs of a remote.</summary>
    /// <returns>The verdicts summed up.</returns>
    public static async Task<RemoteVerdict> RunAsync(Repository repository, RemoteConfiguration remote, SyncSelection selection, IRemoteStorage storage,
        bool forRepair, bool download, int throttle, Action<RemoteVerdict> found, CmdletPump pump)
    {
        var failures = new List<PathFailure>();
        // What revisions of the past name of a remote that keeps versions can be looked at, and not be recorded anew.
        var looksOnly = remote.KeepsVersions && !forRepair;
        var needs = NeededObjects.Collect(repository, selection, forPush: !looksOnly, pump.Context, failures);
        if (looksOnly)
            needs = [.. needs.Select(need => need with { Outputs = [.. need.Outputs.Where(scope => scope.Output.Push)] })];
        foreach (var failure in failures)
            pump.WriteError(failure.Error, failure.Path);
        return await RemoteAudit.RunAsync(repository, needs.Count > 0 ? needs[0] : new RemoteNeeds(remote, []), storage, download, throttle, found, pump.Context)
            .ConfigureAwait(false);
    }
}
