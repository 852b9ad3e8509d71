using System.Diagnostics;
using System.Security.Cryptography;
using DataVersion.Engine.Remotes.Versions;
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
                var stored = await WriteAsync(remote, storage, context).ConfigureAwait(false);
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
                    null => "It does not let us read its settings.",
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

    private static async Task<RemoteItem?> WriteAsync(RemoteConfiguration remote, IRemoteStorage storage, OperationContext context)
    {
        // No tool takes it for an object.
        var key = $"dataversion-test-{Guid.NewGuid():N}";
        var bytes = RandomNumberGenerator.GetBytes(64);
        var path = Path.Join(Path.GetTempPath(), key);
        await File.WriteAllBytesAsync(path, bytes, context.Cancellation).ConfigureAwait(false);
        try
        {
            using var copies = new VerifiedCopies(context, static _ => { });
            var upload = new RemoteUpload(path, bytes.Length, null, copies);
            upload.Load(context.Cancellation);
            await RemoteRetry.RunAsync(storage, async token =>
            {
                await storage.PutAsync(key, upload, token).ConfigureAwait(false);
                return true;
            }, context, context.Cancellation).ConfigureAwait(false);
            try
            {
                var back = await RemoteRetry.ReadAsync(storage, key, context).ConfigureAwait(false);
                if (!back.AsSpan().SequenceEqual(bytes))
                    throw new DataVersionException(DataErrorKind.TransferFailed, $"What was stored at '{storage.Place}' came back with other bytes.", key);
                return upload.Stored;
            }
            finally
            {
                // Who has stopped the command does not wait long for a service that hangs.
                using var patience = new CancellationTokenSource();
                await using (context.Cancellation.Register(() => patience.CancelAfter(TimeSpan.FromSeconds(5))).ConfigureAwait(false))
                    await RemoteRetry.RunAsync(storage, token => RemoveAsync(remote, storage, key, upload.Stored?.Version, token), context, patience.Token).ConfigureAwait(false);
            }
        }
        finally
        {
            Files.FileRemoval.Try(path);
        }
    }

    /// <summary>Deletes a value that was stored for a test. Where versions are kept it stays as an old one: that is taken away too, where we may.</summary>
    internal static async Task<bool> RemoveAsync(RemoteConfiguration remote, IRemoteStorage storage, string key, string? version, CancellationToken cancellation)
    {
        var old = remote.KeepsVersions && version is not null ? VersionKeys.InVersion(remote.Scheme, key, version) : null;
        if (old is not null && await TryAsync().ConfigureAwait(false) && await storage.FindAsync(key, cancellation).ConfigureAwait(false) is null)
            return true;
        var isDeleted = await storage.DeleteAsync(key, cancellation).ConfigureAwait(false);
        if (old is not null)
            await TryAsync().ConfigureAwait(false);
        return isDeleted;

        async Task<bool> TryAsync()
        {
            try
            {
                return await storage.DeleteAsync(old, cancellation).ConfigureAwait(false);
            }
            catch (DataVersionException)
            {
                // The right to delete versions is another one; Azure deletes no newest one.
                return false;
            }
        }
    }
}
