namespace DataVersion;

/// <summary>An error that says what happened, to which file, why, and what to do next.</summary>
public class DataVersionException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="kind">The stable id.</param>
    /// <param name="message">What happened, to which file, and why: one or two sentences.</param>
    /// <param name="path">The file or folder it happened to.</param>
    /// <param name="action">What the user can do next: one sentence.</param>
    /// <param name="cause">The error underneath.</param>
    public DataVersionException(DataErrorKind kind, string message, string? path = null, string? action = null, Exception? cause = null)
        : base(message, cause)
    {
        Kind = kind;
        Path = path;
        RecommendedAction = action;
    }

    /// <summary>The stable id.</summary>
    public DataErrorKind Kind { get; }

    /// <summary>The file or folder it happened to.</summary>
    public string? Path { get; }

    /// <summary>What the user can do next.</summary>
    public string? RecommendedAction { get; }
}

/// <summary>A configuration or metadata file that cannot be understood, with the place in it.</summary>
public sealed class MetadataFormatException : DataVersionException
{
    /// <summary>Makes an error at a place; line and column count from 1, 0 when unknown.</summary>
    public MetadataFormatException(DataErrorKind kind, string file, int line, int column, string reason, string? action = null, Exception? cause = null)
        : base(kind, line > 0 ? $"'{file}', line {line}, column {column}: {reason}" : $"'{file}': {reason}", file,
            action ?? "Correct the file, or restore it from Git, and run the command again.", cause)
    {
        Line = line;
        Column = column;
        Reason = reason;
    }

    /// <summary>Line from 1; 0 when unknown.</summary>
    public int Line { get; }

    /// <summary>Column from 1; 0 when unknown.</summary>
    public int Column { get; }

    /// <summary>What is wrong there, without the place.</summary>
    public string Reason { get; }
}

/// <summary>Files that are in no cache would have been lost; nothing was touched.</summary>
public sealed class UnsavedDataException : DataVersionException
{
    /// <summary>Makes an error that names the files, repository-relative.</summary>
    public UnsavedDataException(IReadOnlyList<string> paths)
        : base(DataErrorKind.UnsavedData,
            $"{paths.Count} file(s) hold content that is not in the cache and would be overwritten or deleted: "
            + string.Join(", ", paths.Take(5).Select(p => $"'{p}'")) + (paths.Count > 5 ? ", ..." : "") + ". Nothing was changed.",
            paths.Count > 0 ? paths[0] : null,
            "Record them with Add-DataFile or Save-DataFile, move them away, or use -Force to lose them.") =>
        Paths = paths;

    /// <summary>The files, repository-relative.</summary>
    public IReadOnlyList<string> Paths { get; }
}

/// <summary>Another process works in the repository.</summary>
public sealed class RepositoryBusyException : DataVersionException
{
    /// <summary>Makes an error that names the holders.</summary>
    public RepositoryBusyException(string message, string lockFile, IReadOnlyList<string> holders)
        : base(DataErrorKind.RepositoryBusy, message, lockFile,
            "Wait for it to end, or give more patience with -LockTimeout; if no such process exists, run the command again.") =>
        Holders = holders;

    /// <summary>Process ids and commands as far as they are known.</summary>
    public IReadOnlyList<string> Holders { get; }
}
