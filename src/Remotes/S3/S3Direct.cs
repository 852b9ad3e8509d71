using System.Collections;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Model.Internal.MarshallTransformations;
using DataVersion.Engine.Remotes;

namespace DataVersion.Remotes.S3;

/// <summary>
/// The calls that move content, without the SDK's pipeline, which costs several times what the call itself costs. Address, region
/// and headers are those that the SDK makes for the same options; the signature is made here. Whatever is answered but success and
/// "not now" is left to the SDK, which makes the call again: it knows what to do with other regions, redirects and wrong clocks, and
/// says what is wrong.
/// </summary>
internal sealed class S3Direct
{
    private const int MostErrorText = 64 << 10;

    // The SDK sends these by itself, or they belong to a body.
    private static readonly string[] NotKept = ["x-amz-content-sha256", "x-amz-date", "x-amz-security-token"];

    private readonly HttpMessageInvoker http;
    private readonly HttpMessageInvoker blocking;
    private readonly IClientConfig config;
    private readonly AWSCredentials credentials;
    private readonly S3Signature signature;
    private readonly string root;
    private volatile bool isOff;

    private S3Direct(HttpMessageInvoker http, HttpMessageInvoker blocking, IClientConfig config, AWSCredentials credentials, string root, string region) =>
        (this.http, this.blocking, this.config, this.credentials, this.root, signature) = (http, blocking, config, credentials, root, new S3Signature(region));

    /// <summary>Headers of every reading, storing, and sending of a part.</summary>
    public required IReadOnlyList<(string Name, string Value)> Reading { get; init; }

    /// <inheritdoc cref="Reading"/>
    public required IReadOnlyList<(string Name, string Value)> Storing { get; init; }

    /// <inheritdoc cref="Reading"/>
    public required IReadOnlyList<(string Name, string Value)> SendingPart { get; init; }

    /// <summary>Describes the calls to a bucket; null when it is of a kind that is left to the SDK.</summary>
    /// <param name="client">The SDK's client.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="credentials">Who we are.</param>
    /// <param name="options">What is said of every object.</param>
    /// <param name="bucket">The bucket.</param>
    /// <param name="http">The connections.</param>
    /// <param name="blocking">The connections of threads that block.</param>
    public static S3Direct? Open(IAmazonS3 client, IClientConfig config, AWSCredentials credentials, S3ObjectOptions options, string bucket, HttpMessageInvoker http, HttpMessageInvoker blocking)
    {
        var get = options.Apply(new GetObjectRequest { BucketName = bucket, Key = "k" });
        var endpoint = client.DetermineServiceOperationEndpoint(get);
        if (endpoint.Headers is { Count: > 0 } || RegionOf(endpoint) is not { } region)
            return null;
        return new S3Direct(http, blocking, config, credentials, endpoint.URL.TrimEnd('/'), config.AuthenticationRegion is { Length: > 0 } given ? given : region)
        {
            Reading = Kept(GetObjectRequestMarshaller.Instance.Marshall(get)),
            Storing = Kept(PutObjectRequestMarshaller.Instance.Marshall(options.Apply(new PutObjectRequest { BucketName = bucket, Key = "k" }))),
            SendingPart = Kept(UploadPartRequestMarshaller.Instance.Marshall(options.Apply(new UploadPartRequest { BucketName = bucket, Key = "k", UploadId = "u", PartNumber = 1 }))),
        };
    }

    /// <summary>Makes a call.</summary>
    /// <param name="method">The method.</param>
    /// <param name="key">The key as the service knows it.</param>
    /// <param name="query">What stands behind the question mark, in order of names, values escaped.</param>
    /// <param name="headers">Headers of the kind of call.</param>
    /// <param name="content">What is sent.</param>
    /// <param name="payload">See <see cref="S3Signature.Sign"/>.</param>
    /// <param name="range">Which bytes are read.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The answer when it is success; null when the SDK has to make the call.</returns>
    /// <exception cref="AmazonS3Exception">Not now.</exception>
    public async Task<HttpResponseMessage?> SendAsync(HttpMethod method, string key, string query, IReadOnlyList<(string Name, string Value)> headers, HttpContent? content, string payload,
        RangeHeaderValue? range, CancellationToken cancellation)
    {
        if (isOff)
            return null;
        var path = string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
        // As it is written: what is signed is what is sent.
        var address = new Uri($"{root}/{path}{(query.Length > 0 ? "?" : "")}{query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using var request = new HttpRequestMessage(method, address) { Content = content };
        request.Headers.Range = range;
        request.Headers.ExpectContinue = content is not null;
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        if (credentials is not AnonymousAWSCredentials)
        {
            var who = await credentials.GetCredentialsAsync().ConfigureAwait(false);
            IEnumerable<(string, string)> signed = content?.Headers.ContentMD5 is { } md5 ? headers.Append(("content-md5", Convert.ToBase64String(md5))) : headers;
            foreach (var (name, value) in signature.Sign(method, address, signed, payload, who, CorrectClockSkew.GetCorrectedUtcNowForEndpoint(root, config)))
                request.Headers.TryAddWithoutValidation(name, value);
        }
        var response = TransferThread.IsCurrent ? blocking.Send(request, cancellation) : await http.SendAsync(request, cancellation).ConfigureAwait(false);
        if (response.IsSuccessStatusCode)
            return response;
        using (response)
        {
            if (response.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.TooManyRequests)
                throw await NotNowAsync(response, cancellation).ConfigureAwait(false);
            // Elsewhere, or in another way: the SDK finds out, and remembers.
            isOff |= response.StatusCode is < HttpStatusCode.BadRequest or HttpStatusCode.BadRequest;
            return null;
        }
    }

    /// <summary>A header of an answer; null when it has none of that name.</summary>
    public static string? Header(HttpResponseMessage answer, string name) => answer.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;

    private static async Task<AmazonS3Exception> NotNowAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var (code, message) = ((string?)null, response.ReasonPhrase ?? "");
        if (response.Content.Headers.ContentLength is not > MostErrorText)
            try
            {
                var error = XDocument.Parse(await response.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false)).Root;
                (code, message) = (error?.Element("Code")?.Value, error?.Element("Message")?.Value is { Length: > 0 } text ? text : message);
            }
            // What stands in between answers in another language.
            catch (XmlException)
            {
            }
        return new AmazonS3Exception(message, ErrorType.Receiver, code, null, response.StatusCode);
    }

    // One scheme, of which the signature is known here.
    private static string? RegionOf(Amazon.Runtime.Endpoints.Endpoint endpoint) =>
        endpoint.Attributes?["authSchemes"] is IList { Count: 1 } schemes && schemes[0] is PropertyBag scheme && scheme["name"] as string == "sigv4" && scheme["signingName"] as string == "s3"
            ? scheme["signingRegion"] as string : null;

    private static IReadOnlyList<(string Name, string Value)> Kept(IRequest marshalled) =>
        [.. marshalled.Headers.Select(h => (Name: h.Key.ToLower(CultureInfo.InvariantCulture), h.Value)).Where(h => h.Name.StartsWith("x-amz-", StringComparison.Ordinal) && !NotKept.Contains(h.Name))];
}
