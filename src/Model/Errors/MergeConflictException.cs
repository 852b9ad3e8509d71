namespace DataVersion;

/// <summary>Two versions of a data file that cannot be merged without a person; nothing was changed.</summary>
public sealed class MergeConflictException : DataVersionException
{
    /// <summary>Makes an error.</summary>
    /// <param name="file">The metadata file, relative to the work tree.</param>
    /// <param name="reason">Why, as the end of a sentence.</param>
    /// <param name="paths">Paths inside the tracked folder that both sides changed; empty when the reason is another.</param>
    /// <param name="cause">The error underneath.</param>
    public MergeConflictException(string file, string reason, IReadOnlyList<string>? paths = null, Exception? cause = null)
        : base(DataErrorKind.MergeConflict, $"'{file}' cannot be merged automatically: {reason}", file,
            "Write the version you want into the file (or take one side with 'git checkout --ours' or '--theirs'), then 'git add' it.", cause) =>
        Paths = paths ?? [];

    /// <summary>Paths inside the tracked folder that both sides changed, in the order of the format.</summary>
    public IReadOnlyList<string> Paths { get; }
}
