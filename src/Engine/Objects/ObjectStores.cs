namespace DataVersion.Engine.Objects;

/// <summary>The two stores of a cache: the one of DVC 3.x and the one that older versions left.</summary>
public sealed class ObjectStores
{
    /// <summary>Describes the stores of a cache.</summary>
    /// <param name="cacheFolder">Absolute path of the cache (<c>.dvc/cache</c> or <c>cache.dir</c>).</param>
    /// <param name="sharedGroup">A group shares the cache.</param>
    /// <param name="quarantineFolder">Where bad objects go.</param>
    public ObjectStores(string cacheFolder, bool sharedGroup, string quarantineFolder)
    {
        CacheFolder = cacheFolder;
        Current = new ObjectStore(Path.Join(cacheFolder, "files", "md5"), ContentHashAlgorithm.Md5, sharedGroup, quarantineFolder);
        Legacy = new ObjectStore(cacheFolder, ContentHashAlgorithm.Md5Dos2Unix, sharedGroup, quarantineFolder);
    }

    /// <summary>The stores of a folder of somebody else's that has the layout of a cache: a remote. Nothing of it goes to quarantine.</summary>
    internal static ObjectStores ToLookAt(string folder) => new(folder, sharedGroup: false, quarantineFolder: "");

    /// <summary>Absolute path of the cache.</summary>
    public string CacheFolder { get; }

    /// <summary>Objects under their plain MD5: <c>files/md5/ab/cdef...</c>.</summary>
    public ObjectStore Current { get; }

    /// <summary>Objects of DVC 2.x and older under their text hash: <c>ab/cdef...</c> at the cache's root.</summary>
    public ObjectStore Legacy { get; }

    /// <summary>The store for hashes of an algorithm.</summary>
    public ObjectStore For(ContentHashAlgorithm algorithm) => algorithm == ContentHashAlgorithm.Md5 ? Current : Legacy;

    /// <summary>Where an object is, or would be.</summary>
    public string PathOf(ContentHash hash) => For(hash.Algorithm).PathOf(hash);
}
