namespace DataVersion.Engine.Remotes;

/// <summary>
/// A value on its way to a remote. Whichever way a storage takes the bytes, they are hashed as they pass, and the last step
/// throws when they are not what the name promises; a storage must not let the value appear then.
/// </summary>
public sealed class RemoteUpload
{
    private readonly VerifiedCopies copies;
    private readonly Action<long>? passed;

    /// <summary>Describes an upload of a file.</summary>
    /// <param name="path">Absolute path of the file.</param>
    /// <param name="size">Its length.</param>
    /// <param name="hash">What its bytes must have as hash; null for a file that is not named by its bytes (run cache).</param>
    /// <param name="copies">Makes and hashes copies.</param>
    /// <param name="passed">Receives the number of bytes of each piece of a stream.</param>
    internal RemoteUpload(string path, long size, ContentHash? hash, VerifiedCopies copies, Action<long>? passed = null)
    {
        (Path, Size, Hash) = (path, size, hash);
        (this.copies, this.passed) = (copies, passed);
    }

    /// <summary>Absolute path of the file.</summary>
    public string Path { get; }

    /// <summary>Length in bytes.</summary>
    public long Size { get; }

    /// <summary>The hash that the bytes must have; null when nobody knows.</summary>
    public ContentHash? Hash { get; }

    /// <summary>Read-only as an object (0444), or writable as the files of the run cache.</summary>
    public bool IsObject => Hash is not null;

    /// <summary>
    /// The bytes as a stream, to be read from the start to the end. The read that finds the end throws when they were not
    /// the right ones.
    /// </summary>
    /// <exception cref="DataVersionException">ObjectCorrupt; FileChangedDuringRead.</exception>
    public Stream OpenRead()
    {
        // A text hash is not a hash of the plain bytes: it is worked out first.
        if (Hash is { IsDirectory: false, Algorithm: ContentHashAlgorithm.Md5Dos2Unix } legacy)
            Check(copies.Hash(Path, legacy.Algorithm));
        var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 0, FileOptions.SequentialScan | FileOptions.Asynchronous);
        return new HashingStream(file, passed, hash =>
        {
            if (Hash is not { IsDirectory: false, Algorithm: ContentHashAlgorithm.Md5Dos2Unix })
                Check(hash);
        });
    }

    /// <summary>Makes a copy of the file at a path that does not exist, as a clone where that is possible. On an exception the
    /// caller removes what is there.</summary>
    /// <exception cref="DataVersionException">ObjectCorrupt; FileChangedDuringRead.</exception>
    /// <exception cref="IOException">Reading or writing failed.</exception>
    public void CopyTo(string temporary)
    {
        var algorithm = Hash is { IsDirectory: false, Algorithm: var named } ? named : ContentHashAlgorithm.Md5;
        Check(copies.Copy(Path, temporary, algorithm));
        FaultPoint.Reach("push.copied");
    }

    private void Check(ContentHash found)
    {
        if (Hash is { } wanted && found.Hex != wanted.Hex)
            throw Wrong(Path, found, wanted);
    }

    /// <summary>The error for a file that does not have the hash it is named by.</summary>
    internal static DataVersionException Wrong(string path, ContentHash found, ContentHash wanted) => new(DataErrorKind.ObjectCorrupt,
        $"The bytes of '{path}' have the hash {found.Hex}, not {wanted.Hex}, so they were not sent.", path,
        "Add the original file again, or fetch the object from another remote.");
}
