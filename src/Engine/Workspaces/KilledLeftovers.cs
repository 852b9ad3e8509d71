using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// What a killed command left in a tracked folder: a link or copy of an object under a temporary name. It must not be
/// tracked, as it would be in one version of the data and not in the same version made without the kill.
/// </summary>
internal static class KilledLeftovers
{
    /// <summary>
    /// Takes leftovers out of what is to be added. One whose content is in the store is deleted; any other is left where it
    /// is, with a warning, as nobody knows whether the bytes are elsewhere.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="item">What is to be added.</param>
    /// <param name="scan">What was found there.</param>
    /// <param name="context">Receives the warnings.</param>
    public static ScanResult Drop(Repository repository, AddItem item, ScanResult scan, OperationContext context)
    {
        // A path that was added by its own name is meant.
        if (scan.Kind != FileKind.Directory)
            return scan;
        var suspects = scan.Files.Select(f => f.Path).Concat(scan.Obstacles.Select(o => o.Path)).Where(p => AtomicFile.IsTemporaryName(p)).ToHashSet();
        if (suspects.Count == 0)
            return scan;
        // What is in the recorded version is data, whatever its name.
        if (item.Output?.Hash is { } hash && repository.TryLoadManifest(hash, out var recorded) is null)
            suspects.RemoveWhere(p => recorded!.TryGet(item.Inner.Length == 0 ? p : item.Inner + "/" + p, out _));
        foreach (var path in suspects.Select(name => WorkspaceReader.PathOf(item.Source, name)))
            if (IsInStore(repository, path, context))
                File.Delete(path);
            else
                context.Warn($"'{path}' looks like an unfinished copy that a killed command left, so it was not added. Delete it, or rename it if it is data.");
        return scan with
        {
            Files = [.. scan.Files.Where(f => !suspects.Contains(f.Path))], Obstacles = [.. scan.Obstacles.Where(o => !suspects.Contains(o.Path))],
        };
    }

    private static bool IsInStore(Repository repository, string path, OperationContext context)
    {
        var content = HashPipeline.HashOne(path, cancellation: context.Cancellation);
        return content.Status == HashStatus.Hashed && repository.Verify([content.Hash], context)[content.Hash].Verdict == ObjectVerdict.Good;
    }
}
