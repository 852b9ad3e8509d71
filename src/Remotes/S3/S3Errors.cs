using System.Net;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.S3;

/// <summary>What the errors of S3 services mean. Source: the list of error codes of Amazon S3's API reference.</summary>
internal static partial class S3Errors
{
    /// <summary>Describes an error of the SDK; null for what is none of the service's.</summary>
    /// <param name="error">The error.</param>
    /// <param name="what">What was done, as "read 'key'".</param>
    /// <param name="place">Where the remote is.</param>
    /// <param name="key">The key.</param>
    /// <param name="credentials">Who we are; without secrets.</param>
    public static DataVersionException? Describe(Exception error, string what, string place, string key, string credentials)
    {
        // Our own error within: bytes that were wrong, in the middle of a request.
        for (var inner = error; inner is not null; inner = inner.InnerException)
            if (inner is DataVersionException ours)
                return ours;
        if (error is AmazonUnmarshallingException)
            return new TransientRemoteException($"Could not {what}: '{place}' sent an answer that is cut short or damaged.", key, error);
        if (error is not AmazonServiceException failure)
            return error is AmazonClientException ? RemoteErrors.Describe(error.InnerException ?? error, error.Message, place, key)
                ?? Refused($"Could not {what}: {error.Message}", place, "Check the options of the remote (Get-DataRemote).", error) : null;
        if (failure.StatusCode == 0)
            return RemoteErrors.Describe(failure.InnerException ?? failure, failure.Message, place, key)
                ?? Refused($"Could not {what}: {failure.Message}", place, "Check the credentials of the remote (Test-DataRemote shows where they come from).", error);
        var said = $"Could not {what}: '{place}' answered {failure.ErrorCode ?? ((int)failure.StatusCode).ToString(System.Globalization.CultureInfo.InvariantCulture)}: {failure.Message.Trim().TrimEnd('.')}.";
        return failure.ErrorCode switch
        {
            "InvalidAccessKeyId" => Refused($"'{place}' does not know the access key ({credentials}).", place, "Correct the key with Set-DataRemote -Credential.", error),
            "SignatureDoesNotMatch" => Refused($"'{place}' refused the secret of the access key ({credentials}).", place, "Correct the secret with Set-DataRemote -Credential.", error),
            "ExpiredToken" or "TokenRefreshRequired" or "ExpiredTokenException" => Refused($"The temporary credentials for '{place}' have expired ({credentials}).", place,
                "Log in again, and run the command again: it does the rest only.", error),
            "InvalidToken" or "InvalidClientTokenId" or "UnrecognizedClientException" => Refused($"'{place}' refused the session token ({credentials}).", place, "Log in again.", error),
            "RequestTimeTooSkewed" or "RequestExpired" => Refused($"The clock of this machine is too far from that of '{place}'.", place, "Set the clock, and run the command again.", error),
            "NoSuchBucket" => Refused($"There is no such bucket: '{place}'.", place, "Correct the address with Set-DataRemote -Url, or make the bucket.", error),
            "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" => Refused(said, place,
                RegionOf(failure) is { } region ? $"Set the region of the remote: Set-DataRemote -Option @{{ region = '{region}' }}." : "Set the option region of the remote to that of the bucket.", error),
            "AccessDenied" or "AllAccessDisabled" or "AccountProblem" => Refused($"Could not {what}: '{place}' denies access ({credentials}).", place,
                "Use credentials that may do this, or have the rights granted.", error),
            "NoSuchKey" or "NoSuchVersion" or "NoSuchUpload" => new DataVersionException(DataErrorKind.ObjectMissing, said, key, "Push it from a clone that has it.", error),
            "InvalidObjectState" => new DataVersionException(DataErrorKind.TransferFailed, said, key, "Restore the object from the archive first (aws s3api restore-object).", error),
            // The bytes were damaged on their way; the service has kept nothing.
            "BadDigest" or "XAmzContentSHA256Mismatch" or "IncompleteBody" or "RequestTimeout" or "InternalError" or "OperationAborted" => new TransientRemoteException(said, key, error),
            "SlowDown" or "ServiceUnavailable" or "Throttling" or "ThrottlingException" or "RequestLimitExceeded" or "TooManyRequestsException" or "RequestThrottled"
                => new TransientRemoteException(said, key, error) { IsThrottling = true },
            _ when failure.StatusCode == HttpStatusCode.BadRequest && failure.Message.Contains("Encryption", StringComparison.OrdinalIgnoreCase) =>
                new DataVersionException(DataErrorKind.TransferFailed, said, key, "Check the options sse_customer_key and sse_customer_algorithm of the remote.", error),
            _ => RemoteErrors.Describe(failure.StatusCode, what, place, key, failure.ErrorCode is null ? failure.Message : $"{failure.ErrorCode}, {failure.Message}"),
        };
    }

    /// <summary>True for an answer without a body (HEAD) that may mean several things.</summary>
    public static bool IsBare(AmazonServiceException error) => error.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.BadRequest or HttpStatusCode.MovedPermanently or HttpStatusCode.Unauthorized;

    private static DataVersionException Refused(string message, string place, string action, Exception cause) => new(DataErrorKind.RemoteFailed, message, place, action, cause);

    private static string? RegionOf(AmazonServiceException error) => Expecting().Match(error.Message) is { Success: true } match ? match.Groups[1].Value : null;

    [GeneratedRegex("expecting '([a-z0-9-]+)'")]
    private static partial Regex Expecting();
}
