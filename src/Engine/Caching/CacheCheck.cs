using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Caching;

/// <summary>
/// Checks every object of the cache against its name, and that what the workspace's metadata needs is there. Bad objects
/// go to the quarantine when the caller agrees; nothing is deleted.
/// </summary>
public static class CacheCheck
{
    /// <summary>Checks the cache.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="quick">Believe the stat of objects that were verified before; else every byte is read.</param>
    /// <param name="includeGood">Report good objects too.</param>
    /// <param name="mayMove">
    /// Asked before a bad object is moved; if not, it is reported and stays. One at a time, from any thread. The object is
    /// read once more before it is moved, as answering may take long.
    /// </param>
    /// <param name="report">Receives each verdict as it is known; one at a time.</param>
    /// <param name="context">Cancellation and progress.</param>
    public static void Run(Repository repository, bool quick, bool includeGood, Func<ObjectCheck, bool> mayMove, Action<CacheVerdict> report,
        OperationContext context)
    {
        var objects = repository.Stores.Current.Enumerate(withSizes: false, context.Cancellation)
            .Concat(repository.Stores.Legacy.Enumerate(withSizes: false, context.Cancellation)).Select(o => o.Hash).ToList();
        var present = objects.ToHashSet();
        // Manifests first: after that those that can be read are right, and tell who needs the other objects.
        var manifests = new List<ObjectCheck>();
        Verify(objects.FindAll(h => h.IsDirectory), manifests.Add);
        // Reading a bad one would move it, asked or not.
        var use = new WorkspaceUse(repository, manifests.Where(m => m.Verdict == ObjectVerdict.Corrupt).Select(m => m.Hash).ToHashSet(), context);
        manifests.ForEach(Report);
        Verify(objects.FindAll(h => !h.IsDirectory), Report);
        foreach (var hash in use.Hashes())
            if (!present.Contains(hash))
                report(new CacheVerdict
                {
                    Hash = hash, Verdict = CacheVerdictKind.Missing, ObjectPath = repository.Stores.PathOf(hash), UsedBy = use.PathsOf(hash),
                });

        void Verify(List<ContentHash> hashes, Action<ObjectCheck> known)
        {
            var gate = new Lock();
            repository.Verifier.Verify(hashes, repository.Settings.ChecksumJobs, (_, check) =>
            {
                lock (gate)
                    known(check);
            }, context, always: !quick, leave: true);
        }

        void Report(ObjectCheck check)
        {
            if (check.Verdict == ObjectVerdict.Corrupt && mayMove(check))
                check = repository.Verifier.Verify(check.Hash, always: true, context.Cancellation);
            if (includeGood || check.Verdict != ObjectVerdict.Good)
                report(Describe(check, use));
        }
    }

    private static CacheVerdict Describe(in ObjectCheck check, WorkspaceUse use) => new()
    {
        Hash = check.Hash,
        Verdict = check switch
        {
            { Verdict: ObjectVerdict.Good } => CacheVerdictKind.Good,
            // Gone between the listing and the check.
            { Verdict: ObjectVerdict.Missing } => CacheVerdictKind.Missing,
            { Verdict: ObjectVerdict.Unreadable } => CacheVerdictKind.Unreadable,
            { QuarantinedTo: null } => CacheVerdictKind.CorruptInPlace,
            _ => CacheVerdictKind.Corrupt,
        },
        ActualHash = check.Verdict == ObjectVerdict.Corrupt ? ActualHash(check) : null,
        Size = check.QuarantinedTo is { } moved ? FileStat.Read(moved).Size : check.Stat.Size,
        ObjectPath = check.Path,
        QuarantinePath = check.QuarantinedTo,
        UsedBy = use.PathsOf(check.Hash),
    };

    // Only of a file that nobody writes to any more; reading it once more is rare and says what the bytes are.
    private static ContentHash? ActualHash(in ObjectCheck check)
    {
        using var hasher = new Hashing.FileHasher(CancellationToken.None);
        var outcome = hasher.Hash(check.QuarantinedTo ?? check.Path, check.Hash.IsDirectory ? ContentHashAlgorithm.Md5 : check.Hash.Algorithm);
        if (outcome.Status != Hashing.HashStatus.Hashed)
            return null;
        return check.Hash.IsDirectory ? outcome.Hash.AsDirectory() : outcome.Hash;
    }
}
