using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using DataVersion.Engine.Remotes;
using DataVersion.Remotes.Http;

namespace DataVersion.Remotes.S3;

/// <summary>A client of the SDK that is set up for one remote: no retries of its own, no checksums that other services than
/// Amazon's refuse, connections that are ours.</summary>
internal sealed class S3Session : IDisposable
{
    private readonly Wire wire;
    private readonly Wire blocking;

    private S3Session(IAmazonS3 client, S3Credentials credentials, Wire wire, Wire blocking, S3Direct? direct) =>
        (Client, Credentials, this.wire, this.blocking, Direct) = (client, credentials, wire, blocking, direct);

    public IAmazonS3 Client { get; }

    /// <summary>The calls that move content; null where all of them are left to the SDK.</summary>
    public S3Direct? Direct { get; }

    public S3Credentials Credentials { get; }

    /// <summary>The service's clock when it last answered; null before.</summary>
    public DateTimeOffset? Clock => wire.Clock;

    /// <summary>What the service calls itself; null when it does not tell.</summary>
    public string? Service => wire.Service;

    /// <summary>Finds credentials and region, and makes the client.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="options">What is said of every object.</param>
    /// <param name="bucket">The bucket, whose region is asked for when nothing says it.</param>
    /// <param name="connections">Most connections.</param>
    /// <param name="cancellation">Ends the search.</param>
    public static async Task<S3Session> OpenAsync(S3Settings settings, S3ObjectOptions options, string bucket, int connections, CancellationToken cancellation)
    {
        // A redirect would be followed without a signature, so none is; the SDK knows what to do with one.
        var wire = new Wire(HttpConnections.Open(settings.Remote, connections));
        var blocking = new Wire(HttpConnections.Open(settings.Remote, connections, isBlocking: true));
        var http = new HttpClient(wire) { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            var credentials = await S3Credentials.FindAsync(settings, cancellation).ConfigureAwait(false);
            var region = settings.Region ?? (settings.Endpoint is not null ? null
                : await S3Region.FindAsync(http, new Uri($"{(settings.IsTls ? "https" : "http")}://s3.amazonaws.com"), bucket, cancellation).ConfigureAwait(false));
            var config = Configure(settings, region ?? "us-east-1", http);
            var client = new AmazonS3Client(credentials.Value, config);
            return new S3Session(client, credentials, wire, blocking, S3Direct.Open(client, config, credentials.Value, options, bucket, new HttpMessageInvoker(wire), new HttpMessageInvoker(blocking)));
        }
        catch
        {
            http.Dispose();
            blocking.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Client.Dispose();
        wire.Dispose();
        blocking.Dispose();
    }

    private static AmazonS3Config Configure(S3Settings settings, string region, HttpClient http)
    {
        var config = new AmazonS3Config
        {
            MaxErrorRetry = 0, MaxStaleConnectionRetries = 0, Timeout = Timeout.InfiniteTimeSpan, HttpClientFactory = new GivenClient(http), AllowAutoRedirect = false,
            ForcePathStyle = settings.IsPathStyle, UseHttp = !settings.IsTls, IgnoreConfiguredEndpointUrls = true,
            UseAccelerateEndpoint = settings.IsS3True("use_accelerate_endpoint"), UseDualstackEndpoint = settings.IsS3True("use_dualstack_endpoint"),
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            DefaultConfigurationMode = DefaultConfigurationMode.Standard, DisableLogging = true,
        };
        if (settings.Endpoint is { } endpoint)
            (config.ServiceURL, config.AuthenticationRegion) = (endpoint, region);
        else
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        return config;
    }

    private sealed class GivenClient(HttpClient http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }

    /// <summary>Sees what passes.</summary>
    private sealed class Wire(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        // Asking first whether a body is welcome costs a way there and back; it is worth it for large ones only.
        private const long LeastAsked = 1 << 20;

        public DateTimeOffset? Clock { get; private set; }

        public string? Service { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            See(await base.SendAsync(Prepare(request), cancellationToken).ConfigureAwait(false));

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => See(base.Send(Prepare(request), cancellationToken));

        private static HttpRequestMessage Prepare(HttpRequestMessage request)
        {
            if (request.Content?.Headers.ContentLength is not >= LeastAsked)
                request.Headers.ExpectContinue = false;
            return request;
        }

        private HttpResponseMessage See(HttpResponseMessage response)
        {
            Clock = response.Headers.Date ?? Clock;
            Service = response.Headers.Server.Count > 0 ? response.Headers.Server.ToString() : Service;
            return response;
        }
    }
}

/// <summary>The region of a bucket of Amazon's, which is told to everybody.</summary>
internal static class S3Region
{
    /// <summary>Asks for it; null when nobody tells.</summary>
    public static async Task<string?> FindAsync(HttpClient http, Uri service, string bucket, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Head, new Uri(service, "/" + Uri.EscapeDataString(bucket)));
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        return response.Headers.TryGetValues("x-amz-bucket-region", out var values) ? values.FirstOrDefault() : null;
    }
}
