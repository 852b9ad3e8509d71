using System.Management.Automation;

namespace DataVersion.Cmdlets.Hosting;

/// <summary>
/// The one place where exceptions become error records: the id is the name of the error kind, the category fits, the target
/// is what it happened to, and the recommended action says what to do next.
/// </summary>
internal static class ErrorRecordFactory
{
    private const int DiskFullOnUnix = 28;
    private const int DiskFullOnWindows = unchecked((int)0x80070070);

    /// <summary>Makes the record of an exception.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="target">What it happened to; the exception's own path when not given.</param>
    public static ErrorRecord Create(Exception exception, object? target = null)
    {
        exception = Unwrap(exception);
        if (exception is IContainsErrorRecord { ErrorRecord: { } known })
            return known;
        var (kind, path, action) = Classify(exception);
        var record = new ErrorRecord(exception, kind?.ToString() ?? exception.GetType().Name,
            kind is { } k ? CategoryOf(k) : exception is OperationCanceledException ? ErrorCategory.OperationStopped : ErrorCategory.NotSpecified,
            target ?? path);
        // An error of an object, a manifest or the operating system does not always know which data file it is about.
        var about = exception is DataVersionException failure && target is string name && !NamesIt(failure, name) ? $"'{name}': " : "";
        if (action is not null || about.Length > 0)
            record.ErrorDetails = new ErrorDetails(about + exception.Message) { RecommendedAction = action };
        return record;
    }

    /// <summary>The exception that says something, out of the envelopes that tasks put around it.</summary>
    public static Exception Unwrap(Exception exception)
    {
        while (exception is AggregateException { InnerExceptions.Count: 1 } or System.Reflection.TargetInvocationException
            && exception.InnerException is { } inner)
            exception = inner;
        return exception;
    }

    private static bool NamesIt(DataVersionException exception, string name) => exception.Message.Contains($"'{name}'", StringComparison.Ordinal)
        || (exception.Path is { Length: > 0 } path && name.EndsWith(path, StringComparison.Ordinal) && exception.Message.Contains(path, StringComparison.Ordinal));

    private static (DataErrorKind? Kind, string? Path, string? Action) Classify(Exception exception) => exception switch
    {
        DataVersionException known => (known.Kind, known.Path, known.RecommendedAction),
        FileNotFoundException missing => (DataErrorKind.PathNotFound, missing.FileName, null),
        DirectoryNotFoundException => (DataErrorKind.PathNotFound, null, null),
        UnauthorizedAccessException => (DataErrorKind.AccessDenied, null,
            "Check the permissions of the file and of its folder, and run the command again."),
        IOException { HResult: DiskFullOnUnix or DiskFullOnWindows } => (DataErrorKind.DiskFull, null,
            "Free some space and run the command again; what was finished stays finished."),
        IOException => (DataErrorKind.InputOutput, null, null),
        ArgumentException => (DataErrorKind.ArgumentInvalid, null, null),
        _ => (null, null, null),
    };

    private static ErrorCategory CategoryOf(DataErrorKind kind) => kind switch
    {
        DataErrorKind.RepositoryNotFound or DataErrorKind.GitNotFound or DataErrorKind.RevisionNotFound
            or DataErrorKind.ConfigurationNotFound or DataErrorKind.PathNotFound or DataErrorKind.PathNotTracked
            or DataErrorKind.ObjectMissing or DataErrorKind.RemoteNotFound or DataErrorKind.StageNotFound
            or DataErrorKind.DependencyMissing => ErrorCategory.ObjectNotFound,
        DataErrorKind.RepositoryExists or DataErrorKind.PathExists or DataErrorKind.HookExists
            or DataErrorKind.OutputConflict or DataErrorKind.StageExists => ErrorCategory.ResourceExists,
        DataErrorKind.ConfigurationInvalid or DataErrorKind.MetadataInvalid or DataErrorKind.HashInvalid
            or DataErrorKind.ManifestInvalid or DataErrorKind.ObjectCorrupt or DataErrorKind.StageCycle => ErrorCategory.InvalidData,
        DataErrorKind.PathOutsideRepository or DataErrorKind.PathIgnored or DataErrorKind.PathUnsupported
            or DataErrorKind.ArgumentInvalid => ErrorCategory.InvalidArgument,
        DataErrorKind.TrackedByGit or DataErrorKind.UnsavedData or DataErrorKind.DataChanged
            or DataErrorKind.GitChangesInTheWay or DataErrorKind.MergeConflict
            or DataErrorKind.FileChangedDuringRead or DataErrorKind.StageTemplated => ErrorCategory.InvalidOperation,
        DataErrorKind.RepositoryBusy => ErrorCategory.ResourceBusy,
        DataErrorKind.RemoteFailed or DataErrorKind.TransferFailed => ErrorCategory.ConnectionError,
        DataErrorKind.DiskFull or DataErrorKind.InputOutput or DataErrorKind.LinkFailed => ErrorCategory.WriteError,
        DataErrorKind.AccessDenied => ErrorCategory.PermissionDenied,
        DataErrorKind.GitFailed or DataErrorKind.StageFailed or DataErrorKind.OutputMissing => ErrorCategory.InvalidResult,
        DataErrorKind.StageSkipped => ErrorCategory.OperationStopped,
        _ => ErrorCategory.NotSpecified,
    };
}
