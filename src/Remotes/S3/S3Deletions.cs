using System.Collections.Concurrent;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.S3;

/// <summary>Deletes up to a thousand values with one request, and one by one where a service refuses that.</summary>
internal sealed class S3Deletions(S3Storage storage)
{
    private volatile bool isRefused;

    /// <summary>Deletes; gives what could not be deleted.</summary>
    public async Task<IReadOnlyDictionary<string, DataVersionException>> RunAsync(IReadOnlyList<string> keys, CancellationToken cancellation)
    {
        if (!isRefused && await TryAsync(keys, cancellation).ConfigureAwait(false) is { } failed)
            return failed;
        var failures = new ConcurrentDictionary<string, DataVersionException>(StringComparer.Ordinal);
        await Parallel.ForEachAsync(keys, new ParallelOptions { CancellationToken = cancellation, MaxDegreeOfParallelism = storage.Traits.Connections }, async (key, token) =>
        {
            try
            {
                await storage.DeleteAsync(key, token).ConfigureAwait(false);
            }
            catch (DataVersionException error) when (error.Kind != DataErrorKind.RemoteFailed)
            {
                failures[key] = error;
            }
        }).ConfigureAwait(false);
        return failures;
    }

    // Null when the service does not do it: some do not know the request, some want a digest that is not sent any more.
    private Task<IReadOnlyDictionary<string, DataVersionException>?> TryAsync(IReadOnlyList<string> keys, CancellationToken cancellation) =>
        storage.CallAsync<IReadOnlyDictionary<string, DataVersionException>?>($"delete {keys.Count} values", "", async client =>
        {
            var names = keys.ToDictionary(storage.FullKey, StringComparer.Ordinal);
            var request = new DeleteObjectsRequest { BucketName = storage.Bucket, Quiet = true, Objects = [.. names.Keys.Select(name => new KeyVersion { Key = name })] };
            try
            {
                await client.DeleteObjectsAsync(request, cancellation).ConfigureAwait(false);
                return new Dictionary<string, DataVersionException>();
            }
            catch (DeleteObjectsException partial)
            {
                return (partial.Response.DeleteErrors ?? []).Where(e => names.ContainsKey(e.Key)).ToDictionary(e => names[e.Key], e => Describe(e, names[e.Key]), StringComparer.Ordinal);
            }
            catch (AmazonServiceException error) when (error.StatusCode is HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed or HttpStatusCode.LengthRequired
                || error.ErrorCode is "MissingContentMD5" or "InvalidDigest" or "InvalidRequest" or "MalformedXML" or "NotImplemented" or "MethodNotAllowed" or "MissingContentLength")
            {
                isRefused = true;
                return null;
            }
        }, cancellation);

    private DataVersionException Describe(DeleteError error, string key)
    {
        var message = $"Could not delete '{key}': '{storage.Place}' answered {error.Code}: {error.Message?.Trim().TrimEnd('.')}.";
        return error.Code switch
        {
            "InternalError" or "OperationAborted" => new TransientRemoteException(message, key),
            "SlowDown" or "ServiceUnavailable" => new TransientRemoteException(message, key) { IsThrottling = true },
            _ => new DataVersionException(DataErrorKind.TransferFailed, message, key, "Use credentials that may delete it, or see whether the bucket holds it back (object lock)."),
        };
    }
}
