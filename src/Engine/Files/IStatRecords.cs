namespace DataVersion.Engine.Files;

/// <summary>
/// What is known of files by their stat: "when the file at this path had this stat, its content had this hash". An
/// implementation must be safe against racy edits (a record made within the clock's resolution of the file's last change
/// is not believed) and may forget at any time: a lost record costs one more read, never correctness. All members may be
/// called from any thread.
/// </summary>
public interface IStatRecords
{
    /// <summary>The hash recorded for exactly this stat (device, inode, size, time) of this path.</summary>
    /// <param name="absolutePath">The file.</param>
    /// <param name="stat">Its stat now, links followed.</param>
    /// <param name="algorithm">The algorithm wanted.</param>
    /// <param name="hash">The recorded hash; never a directory hash.</param>
    bool TryGet(ReadOnlySpan<char> absolutePath, in FileStat stat, ContentHashAlgorithm algorithm, out ContentHash hash);

    /// <summary>Records that the content was read and hashed while the file had this stat.</summary>
    void Record(string absolutePath, in FileStat stat, ContentHash hash);

    /// <summary>Drops every record of this path.</summary>
    void Forget(string absolutePath);
}

/// <summary>Knows nothing and remembers nothing: everything is read.</summary>
public sealed class NoStatRecords : IStatRecords
{
    private NoStatRecords()
    {
    }

    /// <summary>The one instance.</summary>
    public static NoStatRecords Instance { get; } = new();

    /// <inheritdoc/>
    public bool TryGet(ReadOnlySpan<char> absolutePath, in FileStat stat, ContentHashAlgorithm algorithm, out ContentHash hash)
    {
        hash = default;
        return false;
    }

    /// <inheritdoc/>
    public void Record(string absolutePath, in FileStat stat, ContentHash hash)
    {
    }

    /// <inheritdoc/>
    public void Forget(string absolutePath)
    {
    }
}
