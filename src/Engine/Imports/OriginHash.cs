using DataVersion.Engine.Hashing;
using DataVersion.Engine.Objects;

namespace DataVersion.Engine.Imports;

/// <summary>Works out what the content of an origin is, without keeping it: for sources that are recorded by MD5.</summary>
internal static class OriginHash
{
    /// <summary>Reads everything once; files of this machine whose stat is known are not read.</summary>
    /// <exception cref="DataVersionException">What went wrong first.</exception>
    public static async Task<ReceivedContent> ReadAsync(Repository repository, IDataOrigin origin, OriginTree tree, OperationContext context)
    {
        var hashes = new ContentHash[tree.Files.Count];
        var sizes = new long[hashes.Length];
        DataVersionException? failure = null;
        var local = Enumerable.Range(0, hashes.Length).Where(i => tree.Files[i].LocalPath is not null).ToList();
        HashPipeline.Hash([.. local.Select(i => new HashRequest(tree.Files[i].LocalPath!, ContentHashAlgorithm.Md5, tree.Files[i].Size))], repository.Settings.ChecksumJobs, (number, outcome) =>
        {
            if (outcome.Status == HashStatus.Hashed)
                (hashes[local[number]], sizes[local[number]]) = (outcome.Hash, outcome.After.Size);
            else
                failure = outcome.Error;
        }, context);
        foreach (var i in Enumerable.Range(0, hashes.Length).Where(i => tree.Files[i].LocalPath is null))
            (hashes[i], sizes[i]) = await new OriginDownload(origin, null, null, context).HashAsync(tree.Files[i], context.Cancellation).ConfigureAwait(false);
        if (failure is not null)
            throw failure;
        var manifest = tree.IsFolder ? Manifest.Create(tree.Files.Select((file, i) => new ManifestEntry(file.Path, hashes[i]))) : null;
        return new ReceivedContent(manifest?.Hash ?? hashes[0], manifest, sizes.Sum());
    }
}
