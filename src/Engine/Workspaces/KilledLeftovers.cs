using DataVersion.Engine.Files;
using DataVersion.Engine.Hashing;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Workspaces;

/// <summary>
/// What a killed command left: a link or copy of an object under a temporary name. In a tracked folder it must not be
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
        foreach (var name in suspects)
            Remove(repository, WorkspaceReader.PathOf(item.Source, name), context);
        return scan with
        {
            Files = [.. scan.Files.Where(f => !suspects.Contains(f.Path))], Obstacles = [.. scan.Obstacles.Where(o => !suspects.Contains(o.Path))],
        };
    }

    /// <summary>
    /// Clears the folders in which a killed command was placing single files; what it left inside tracked folders the next add
    /// or checkout of these finds.
    /// </summary>
    /// <param name="repository">The repository.</param>
    /// <param name="paths">Absolute paths that a process was writing which runs no more.</param>
    /// <param name="context">Receives the warnings.</param>
    public static void Sweep(Repository repository, IReadOnlyCollection<string> paths, OperationContext context)
    {
        foreach (var folder in paths.Select(Path.GetDirectoryName).Distinct().Where(Directory.Exists))
            foreach (var path in Directory.EnumerateFiles(folder!, ".*.tmp").Where(path => AtomicFile.IsTemporaryName(path)).ToList())
                Remove(repository, path, context);
    }

    // One whose content is in the store is nobody's data; of any other nobody knows whether the bytes are elsewhere.
    private static void Remove(Repository repository, string path, OperationContext context)
    {
        if (IsInStore(repository, path, context))
            FileRemoval.Try(path);
        else
            context.Warn($"'{path}' looks like an unfinished copy that a killed command left, so it is left alone and not tracked. Delete it, or rename it if it is data.");
    }

    private static bool IsInStore(Repository repository, string path, OperationContext context)
    {
        var content = HashPipeline.HashOne(path, cancellation: context.Cancellation);
        return content.Status == HashStatus.Hashed && repository.Verify([content.Hash], context)[content.Hash].Verdict == ObjectVerdict.Good;
    }
}
