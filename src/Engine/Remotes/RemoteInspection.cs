using System.Diagnostics;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>Looks at a remote as a whole: does it answer, does it know us, may we read and write, does its clock go right.</summary>
public static class RemoteInspection
{
    /// <summary>Services refuse signed requests whose time is further off than 15 minutes; a third of it is worth a word.</summary>
    private static readonly TimeSpan MostSkew = TimeSpan.FromMinutes(5);

    /// <summary>Looks.</summary>
    /// <param name="remote">The remote.</param>
    /// <param name="storage">Its storage.</param>
    /// <param name="write">Store, read back and delete a small value.</param>
    /// <param name="context">Cancellation.</param>
    /// <returns>A verdict for each question, in order.</returns>
    public static async Task<IReadOnlyList<RemoteVerdict>> RunAsync(RemoteConfiguration remote, IRemoteStorage storage, bool write, OperationContext context)
    {
        var verdicts = new List<RemoteVerdict>();
        var clock = Stopwatch.StartNew();
        StorageFacts? facts = null;
        try
        {
            facts = await RemoteRetry.RunAsync(storage, storage.ExamineAsync, context, context.Cancellation).ConfigureAwait(false);
            await new RemoteObjects(remote, storage).RequireReadableAsync(context).ConfigureAwait(false);
            Add(RemoteCheck.Reachable, RemoteVerdictKind.Good, $"'{storage.Place}' answers{(facts.Service is { } service ? $" ({service})" : "")}, {clock.ElapsedMilliseconds} ms.");
            Add(RemoteCheck.Credentials, RemoteVerdictKind.Good, facts.Credentials);
            Add(RemoteCheck.Readable, RemoteVerdictKind.Good, "It can be read.");
        }
        catch (TransientRemoteException error)
        {
            Add(RemoteCheck.Reachable, RemoteVerdictKind.Failed, error.Message);
            foreach (var check in (RemoteCheck[])[RemoteCheck.Credentials, RemoteCheck.Readable, RemoteCheck.Writable, RemoteCheck.Clock])
                Add(check, RemoteVerdictKind.Unknown, "It does not answer.");
            return verdicts;
        }
        catch (DataVersionException error)
        {
            var reason = $"{error.Message} {error.RecommendedAction}".TrimEnd();
            if (facts is null)
            {
                // Refused there, or given up here: for want of credentials, of a known host key.
                Add(RemoteCheck.Reachable, RemoteVerdictKind.Unknown, $"Nothing was asked of '{storage.Place}' but to let us in.");
                Add(RemoteCheck.Credentials, RemoteVerdictKind.Failed, reason);
                foreach (var check in (RemoteCheck[])[RemoteCheck.Readable, RemoteCheck.Writable, RemoteCheck.Clock])
                    Add(check, RemoteVerdictKind.Unknown, "We were not let in.");
                return verdicts;
            }
            Add(RemoteCheck.Reachable, RemoteVerdictKind.Good, $"'{storage.Place}' answers.");
            Add(RemoteCheck.Credentials, RemoteVerdictKind.Good, facts.Credentials);
            Add(RemoteCheck.Readable, RemoteVerdictKind.Failed, reason);
        }
        var version = await AddWritableAsync().ConfigureAwait(false);
        if (remote.KeepsVersions)
            await AddVersionsAsync(version).ConfigureAwait(false);
        if (facts.Clock is not { } there)
            Add(RemoteCheck.Clock, RemoteVerdictKind.Unknown, "The service does not tell its time.");
        else
        {
            var skew = there - DateTimeOffset.UtcNow;
            Add(RemoteCheck.Clock, skew.Duration() > MostSkew ? RemoteVerdictKind.Failed : RemoteVerdictKind.Good,
                $"Its clock is {skew.Duration().TotalSeconds:0} s {(skew < TimeSpan.Zero ? "behind" : "ahead of")} this machine's.{(skew.Duration() > MostSkew ? " Set this machine's clock, or signed requests will be refused." : "")}");
        }
        return verdicts;

        // What the service says of the value that was stored; null when none was.
        async Task<RemoteItem?> AddWritableAsync()
        {
            if (!write || !storage.Traits.CanDelete)
            {
                Add(RemoteCheck.Writable, RemoteVerdictKind.Unknown, write ? "Not tried: what was written could not be deleted again." : "Not tried.");
                return null;
            }
            try
            {
                var stored = await RemoteProbe.RunAsync(remote, storage, isThorough: true, context).ConfigureAwait(false);
                Add(RemoteCheck.Writable, RemoteVerdictKind.Good, "A small value was stored, read back and deleted.");
                return stored;
            }
            catch (Exception error) when (error is DataVersionException or IOException or UnauthorizedAccessException)
            {
                Add(RemoteCheck.Writable, RemoteVerdictKind.Failed, error.Message);
                return null;
            }
        }

        async Task AddVersionsAsync(RemoteItem? stored)
        {
            try
            {
                var keeps = await RemoteRetry.RunAsync(storage, storage.KeepsVersionsAsync, context, context.Cancellation).ConfigureAwait(false)
                    ?? (stored is not null && storage.Traits.VersionsAreKept ? stored.Version is not null : null);
                Add(RemoteCheck.Versions, keeps switch { true => RemoteVerdictKind.Good, false => RemoteVerdictKind.Failed, null => RemoteVerdictKind.Unknown }, keeps switch
                {
                    true => "It keeps versions.",
                    false => "It keeps no versions: what is pushed would overwrite what is there. Switch them on in the settings of the bucket (of Azure: of the account).",
                    null => "Nothing tells it: its settings cannot be read, and nothing was stored that would show it.",
                });
            }
            catch (DataVersionException error)
            {
                Add(RemoteCheck.Versions, RemoteVerdictKind.Unknown, error.Message);
            }
        }

        void Add(RemoteCheck check, RemoteVerdictKind verdict, string detail) => verdicts.Add(new RemoteVerdict
        {
            Remote = remote.Name, Check = check, Verdict = verdict, Detail = detail,
            Evidence = verdict == RemoteVerdictKind.Unknown ? RemoteEvidence.None : RemoteEvidence.Answer,
        });
    }
}
