using System.Net;
using System.Net.Http.Headers;
using System.Runtime.ExceptionServices;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Azure.Storage.Blobs.Models;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.Azure;

/// <summary>What the errors of the service mean.</summary>
/// <param name="login">Who we are.</param>
/// <param name="place">The remote, for messages.</param>
/// <param name="container">The container.</param>
internal sealed class AzureErrors(AzureLogin login, string place, string container)
{
    /// <summary>Makes a call, and describes its errors.</summary>
    /// <param name="call">The call.</param>
    /// <param name="what">What it does, as "read 'key'".</param>
    /// <param name="key">What it does it to.</param>
    /// <param name="cancellation">What ends the call.</param>
    public async Task<T> CallAsync<T>(Func<Task<T>> call, string what, string key, CancellationToken cancellation)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (RequestFailedException error)
        {
            throw Describe(error, what, key);
        }
        catch (AuthenticationFailedException error)
        {
            throw new DataVersionException(DataErrorKind.RemoteFailed, $"Could not log in to '{place}' ({login.Description}): {FirstLine(error.Message)}", place,
                "Set account_key, sas_token or connection_string of the remote, or log in (Connect-AzAccount, az login).", error);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientRemoteException($"'{place}' did not answer in time ('{key}').", key);
        }
    }

    /// <summary>True when the service says that there is nothing under a key, and not that there is no such container.</summary>
    public bool IsMissing(RequestFailedException error) => error.Status == 404 && (error.ErrorCode is not { } code
        || code == BlobErrorCode.BlobNotFound || code == BlobErrorCode.ResourceNotFound && !login.IsAnonymous);

    /// <summary>Describes an answer.</summary>
    public DataVersionException Describe(RequestFailedException error, string what, string key)
    {
        // No answer: the guard knows what to do with what lies beneath.
        if (error.Status == 0)
        {
            if (error.InnerException is { } inner)
                ExceptionDispatchInfo.Throw(inner);
            return new TransientRemoteException($"The connection to '{place}' broke ('{key}'): {FirstLine(error.Message)}", key);
        }
        var code = error.ErrorCode is null ? default : new BlobErrorCode(error.ErrorCode);
        if (error.Status == 404 && (code == BlobErrorCode.ContainerNotFound || code == BlobErrorCode.ContainerDisabled || !IsMissing(error)) || code == BlobErrorCode.ContainerBeingDeleted)
            return new DataVersionException(DataErrorKind.RemoteFailed, $"There is no container '{container}' for {(login.IsAnonymous ? "everybody" : "us")} at '{place}'.", place,
                "Check the URL of the remote and its account; containers are made in the Azure portal, or with New-AzStorageContainer.");
        if (code == BlobErrorCode.Md5Mismatch)
            return new TransientRemoteException($"Bytes of '{key}' changed on their way to '{place}'.", key);
        if (code == BlobErrorCode.InvalidBlockList)
            return new DataVersionException(DataErrorKind.ObjectMissing, $"'{place}' has forgotten parts of '{key}' that were sent to it.", key, "Run the command again.");
        if (error.Status is 401 or 403 || error.Status == 409 && error.ErrorCode == "PublicAccessNotPermitted")
            return new DataVersionException(DataErrorKind.RemoteFailed, $"Could not {what}: '{place}' answered {error.Status} ({error.ErrorCode ?? "no reason"}): {WhyRefused(error.ErrorCode)}.", place,
                "Check the credentials of the remote (Test-DataRemote shows where they come from), and what they may do.");
        return RemoteErrors.Describe((HttpStatusCode)error.Status, what, place, key, error.ErrorCode,
            error.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var after) == true && RetryConditionHeaderValue.TryParse(after, out var parsed) ? parsed : null);
    }

    private string WhyRefused(string? code)
    {
        if (login.Expires is { } end && end < DateTimeOffset.UtcNow)
            return $"the shared access signature ended at {end.UtcDateTime:u}";
        if (login.IsAnonymous)
            return "the container is not for everybody, and no credentials are configured";
        if (login.Rights is { } rights)
            return $"the shared access signature is wrong, or does not allow it (it allows '{rights}')";
        return code switch
        {
            "AuthenticationFailed" => $"it does not take the {login.Description}; the clock of this machine may also be wrong",
            "AuthorizationPermissionMismatch" => $"the {login.Description} may not do this; it may need the role Storage Blob Data Contributor",
            "AuthorizationFailure" => "the account's network rules, or its rights, do not let us in",
            _ => $"with {login.Description}",
        };
    }

    private static string FirstLine(string message) => message.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? message[..end] : message;
}

/// <summary>Makes a broken answer an error of ours, which the SDK does not try to mend: it would go on reading by itself, several
/// times over, while the engine counts.</summary>
internal sealed class BrokenAnswerPolicy : HttpPipelinePolicy
{
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        ProcessNext(message, pipeline);
        Wrap(message);
    }

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        await ProcessNextAsync(message, pipeline).ConfigureAwait(false);
        Wrap(message);
    }

    private static void Wrap(HttpMessage message)
    {
        if (!message.BufferResponse && message.HasResponse && message.Response.ContentStream is { } content)
            message.Response.ContentStream = new AnswerStream(content, message.Request.Uri.Host ?? "");
    }

    private sealed class AnswerStream(Stream inner, string host) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception error) when (error is IOException or HttpRequestException)
            {
                throw Broken(error);
            }
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count)
        {
            try
            {
                return inner.Read(buffer, offset, count);
            }
            catch (Exception error) when (error is IOException or HttpRequestException)
            {
                throw Broken(error);
            }
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private TransientRemoteException Broken(Exception error) => new($"The connection to '{host}' broke: {error.Message}", null, error);
    }
}
