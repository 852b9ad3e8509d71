using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes;

/// <summary>What errors of sockets, TLS and HTTP mean for a transfer.</summary>
internal static class RemoteErrors
{
    /// <summary>Describes an error of the platform or of a library; null for what is none of the network's (it goes on as it is).</summary>
    /// <param name="error">The error.</param>
    /// <param name="message">Its message, without secrets.</param>
    /// <param name="place">Where the remote is.</param>
    /// <param name="key">What it happened to.</param>
    public static DataVersionException? Describe(Exception error, string message, string place, string key)
    {
        if (error is DataVersionException or OperationCanceledException { InnerException: not TimeoutException })
            return null;
        for (var inner = error; inner is not null; inner = inner.InnerException)
            switch (inner)
            {
                case AuthenticationException:
                    return new DataVersionException(DataErrorKind.RemoteFailed, $"The TLS connection to '{place}' was refused: {message} {Reason(inner, error)}".TrimEnd(), place,
                        "Check the address; for a certificate of your own, name its authority with the option ssl_verify.", null);
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData }:
                    return new DataVersionException(DataErrorKind.RemoteFailed, $"The host of '{place}' is not known: {message}", place,
                        "Check the address of the remote (Get-DataRemote), and the network.");
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused or SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.HostDown } socket:
                    return new TransientRemoteException($"'{place}' cannot be reached: {socket.Message}.", key) { IsUnreachable = true };
            }
        return error is HttpRequestException or SocketException or TimeoutException or OperationCanceledException or HttpIOException or EndOfStreamException
            || error is IOException { InnerException: SocketException }
            ? new TransientRemoteException($"The connection to '{place}' broke ('{key}'): {message}", key)
            : null;
    }

    /// <summary>Describes an answer that is no success.</summary>
    /// <param name="status">The status.</param>
    /// <param name="what">What was done, as "read 'key'".</param>
    /// <param name="place">Where the remote is.</param>
    /// <param name="key">What it happened to.</param>
    /// <param name="says">What the service says of it, without secrets; null for nothing.</param>
    /// <param name="retryAfter">Its Retry-After header.</param>
    public static DataVersionException Describe(HttpStatusCode status, string what, string place, string key, string? says = null, RetryConditionHeaderValue? retryAfter = null)
    {
        var message = $"Could not {what}: '{place}' answered {(int)status} ({status}){(string.IsNullOrWhiteSpace(says) ? "" : ": " + says.Trim().TrimEnd('.'))}.";
        return status switch
        {
            HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.Locked or >= HttpStatusCode.InternalServerError and not HttpStatusCode.NotImplemented
                and not HttpStatusCode.InsufficientStorage => new TransientRemoteException(message, key)
            {
                IsThrottling = status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable,
                RetryAfter = retryAfter?.Delta ?? (retryAfter?.Date is { } date ? date - DateTimeOffset.UtcNow : null),
            },
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.ProxyAuthenticationRequired => new DataVersionException(DataErrorKind.RemoteFailed,
                message, place, "Check the credentials of the remote (Test-DataRemote shows where they come from), and what they may do."),
            HttpStatusCode.NotFound or HttpStatusCode.Gone => new DataVersionException(DataErrorKind.ObjectMissing, message, key, "Push it from a clone that has it."),
            _ => new DataVersionException(DataErrorKind.TransferFailed, message, key, "Check the remote with Test-DataRemote."),
        };
    }

    private static string Reason(Exception inner, Exception error) => ReferenceEquals(inner, error) ? "" : inner.Message;
}
