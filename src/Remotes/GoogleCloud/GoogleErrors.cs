using System.Net;
using System.Text.Json;
using DataVersion.Engine.Remotes;
using Google.Apis.Auth.OAuth2.Responses;

namespace DataVersion.Remotes.GoogleCloud;

/// <summary>What the errors of Google Cloud Storage mean. Source: the JSON interface's "HTTP status and error codes".</summary>
internal static class GoogleErrors
{
    /// <summary>Describes an answer that is no success.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="what">What was done, as "read 'key'".</param>
    /// <param name="place">Where the remote is.</param>
    /// <param name="key">The key.</param>
    /// <param name="login">Who we are; without secrets.</param>
    /// <param name="cancellation">Ends the reading of the text.</param>
    public static async Task<DataVersionException> DescribeAsync(HttpResponseMessage answer, string what, string place, string key, string login, CancellationToken cancellation)
    {
        var (reason, message) = Read(await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false));
        return (answer.StatusCode, reason) switch
        {
            (HttpStatusCode.NotFound, _) when message?.Contains("bucket does not exist", StringComparison.OrdinalIgnoreCase) == true => new DataVersionException(DataErrorKind.RemoteFailed,
                $"There is no such bucket: '{place}'.", place, "Correct the address with Set-DataRemote -Url, or make the bucket."),
            (HttpStatusCode.Forbidden, "rateLimitExceeded" or "userRateLimitExceeded" or "quotaExceeded") => new TransientRemoteException($"'{place}' is asked too much: {message}", key) { IsThrottling = true },
            (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => new DataVersionException(DataErrorKind.RemoteFailed, $"Could not {what}: '{place}' denies access ({login}): {message ?? reason}", place,
                "Use an account that may do this (option credentialpath), or have the rights granted."),
            // The bytes were damaged on their way; the service has kept nothing.
            (HttpStatusCode.BadRequest, "invalid") when message?.Contains("hash", StringComparison.OrdinalIgnoreCase) == true => new TransientRemoteException($"Could not {what}: {message}", key),
            _ => RemoteErrors.Describe(answer.StatusCode, what, place, key, message ?? reason, answer.Headers.RetryAfter),
        };
    }

    /// <summary>Describes an error of the login; null for what is none.</summary>
    public static DataVersionException? Describe(Exception error, string place, string login)
    {
        // Our own error within: bytes that were wrong, in the middle of a request.
        for (var inner = error; inner is not null; inner = inner.InnerException)
            switch (inner)
            {
                case DataVersionException ours:
                    return ours;
                case TokenResponseException { StatusCode: >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests } busy:
                    return new TransientRemoteException($"Google's login service is busy ({busy.StatusCode}).", place, busy);
                case TokenResponseException refused:
                    return new DataVersionException(DataErrorKind.RemoteFailed, $"The login for '{place}' was refused ({login}): {refused.Error?.ErrorDescription ?? refused.Error?.Error ?? "no reason given"}.", place,
                        "Check the key file, or log in again with 'gcloud auth application-default login'.");
            }
        return null;
    }

    private static (string? Reason, string? Message) Read(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("error", out var error) || error.ValueKind != JsonValueKind.Object)
                return (null, null);
            var reason = error.TryGetProperty("errors", out var all) && all.ValueKind == JsonValueKind.Array && all.GetArrayLength() > 0 && all[0].TryGetProperty("reason", out var first)
                ? first.GetString() : null;
            return (reason, error.TryGetProperty("message", out var message) ? message.GetString() : null);
        }
        catch (JsonException)
        {
            return (null, text.Length is > 0 and < 200 && !text.Contains('<', StringComparison.Ordinal) ? text : null);
        }
    }
}
