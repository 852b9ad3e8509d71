using DataVersion.Engine.Files;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Caching;

/// <summary>
/// Checks every object of the cache against its name, and that what the workspace's metadata needs is there. Bad objects
/// go to the quarantine; nothing is deleted.
/// </summary>
public static class CacheCheck
{
    /// <summary>Checks the cache.</summary>
    /// <param name="repository">The repository.</param>
    /// <param name="quick">Believe the stat of objects that were verified before; else every byte is read.</param>
    /// <param name="includeGood">Report good objects too.</param>
    /// <param name="report">Receives each verdict as it is known; one at a time.</param>
    /// <param name="context">Cancellation and progress.</param>
    public static void Run(Repository repository, bool quick, bool includeGood, Action<CacheVerdict> report, OperationContext context)
    {
        var objects = repository.Stores.Current.Enumerate(withSizes: false, context.Cancellation)
            .Concat(repository.Stores.Legacy.Enumerate(withSizes: false, context.Cancellation)).Select(o => o.Hash).ToList();
        var present = objects.ToHashSet();
        // Manifests first: after that those that can be read are right, and tell who needs the other objects.
        var manifests = new List<ObjectCheck>();
        Verify(repository, objects.FindAll(h => h.IsDirectory), quick, manifests.Add, context);
        var use = new WorkspaceUse(repository, context);
        manifests.ForEach(Report);
        Verify(repository, objects.FindAll(h => !h.IsDirectory), quick, Report, context);
        foreach (var hash in use.Hashes())
            if (!present.Contains(hash))
                report(new CacheVerdict
                {
                    Hash = hash, Verdict = CacheVerdictKind.Missing, ObjectPath = repository.Stores.PathOf(hash), UsedBy = use.PathsOf(hash),
                });

        void Report(ObjectCheck check)
        {
            if (includeGood || check.Verdict != ObjectVerdict.Good)
                report(Describe(check, use));
        }
    }

    private static void Verify(Repository repository, List<ContentHash> hashes, bool quick, Action<ObjectCheck> report, OperationContext context)
    {
        var gate = new Lock();
        repository.Verifier.Verify(hashes, repository.Settings.ChecksumJobs, (_, check) =>
        {
            lock (gate)
                report(check);
        }, context, always: !quick);
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
