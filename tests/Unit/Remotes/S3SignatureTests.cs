using Amazon.Runtime;
using DataVersion.Remotes.S3;

namespace DataVersion.Tests.Remotes;

/// <summary>Signatures, by the examples of Amazon's documentation (Amazon S3 API reference, "Signature calculations for the Authorization header").</summary>
public sealed class S3SignatureTests
{
    private static readonly ImmutableCredentials Who = new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", null);

    private static readonly DateTime Then = new(2013, 5, 24, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_part_of_an_object_is_read() => Assert.Equal("host;range;x-amz-content-sha256;x-amz-date f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        Sign(HttpMethod.Get, "/test.txt", S3Signature.Empty, ("range", "bytes=0-9")));

    [Fact]
    public void An_object_is_stored() => Assert.Equal("date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class 98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        Sign(HttpMethod.Put, "/test%24file.text", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072", ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")));

    [Fact]
    public void A_query_is_signed() => Assert.Equal("host;x-amz-content-sha256;x-amz-date 34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        Sign(HttpMethod.Get, "/?max-keys=2&prefix=J", S3Signature.Empty));

    [Fact]
    public void A_session_token_is_sent_and_signed()
    {
        var headers = new S3Signature("us-east-1").Sign(HttpMethod.Get, new Uri("https://examplebucket.s3.amazonaws.com/a"), [], S3Signature.Empty, new ImmutableCredentials("id", "secret", "token"), Then).ToDictionary();

        Assert.Equal("token", headers["x-amz-security-token"]);
        Assert.Contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,", headers["authorization"], StringComparison.Ordinal);
    }

    private static string Sign(HttpMethod method, string path, string payload, params (string, string)[] headers)
    {
        var signature = new S3Signature("us-east-1");
        var address = new Uri("https://examplebucket.s3.amazonaws.com" + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        // The second time with the key of the day that is known.
        _ = signature.Sign(method, address, headers, payload, Who, Then);
        var added = signature.Sign(method, address, headers, payload, Who, Then).ToDictionary();
        Assert.Equal("20130524T000000Z", added["x-amz-date"]);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, ", added["authorization"], StringComparison.Ordinal);
        var parts = added["authorization"].Split(", ");
        return $"{parts[1]["SignedHeaders=".Length..]} {parts[2]["Signature=".Length..]}";
    }
}
