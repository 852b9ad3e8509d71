using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;

namespace DataVersion.Remotes.S3;

/// <summary>Signs requests to S3 (source: Amazon S3 API reference, "Authenticating requests: using the Authorization header", AWS
/// Signature Version 4). The key of a day is kept, so that a signature costs three hashes of short texts.</summary>
/// <param name="region">The region that the service expects in signatures.</param>
internal sealed class S3Signature(string region)
{
    /// <summary>What stands for the hash of a body that is not signed.</summary>
    public const string Unsigned = "UNSIGNED-PAYLOAD";

    /// <summary>The hash of no body.</summary>
    public const string Empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private DayKey? known;

    /// <summary>The headers that sign a request, and those that must be sent because they are signed.</summary>
    /// <param name="method">The method.</param>
    /// <param name="address">Where to; path and query as they are sent, the query in order of its names.</param>
    /// <param name="headers">Headers that are signed, with names in lower case.</param>
    /// <param name="payload">SHA-256 of the body in hexadecimal digits, or <see cref="Unsigned"/>.</param>
    /// <param name="credentials">Who we are.</param>
    /// <param name="now">The time, UTC.</param>
    public IEnumerable<(string Name, string Value)> Sign(HttpMethod method, Uri address, IEnumerable<(string Name, string Value)> headers, string payload,
        ImmutableCredentials credentials, DateTime now)
    {
        var stamp = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var added = new List<(string Name, string Value)> { ("x-amz-content-sha256", payload), ("x-amz-date", stamp) };
        if (credentials.UseToken)
            added.Add(("x-amz-security-token", credentials.Token));
        var signed = headers.Concat(added).Append(("host", address.Authority)).OrderBy(h => h.Item1, StringComparer.Ordinal).ToList();
        var names = string.Join(';', signed.Select(h => h.Item1));
        var canonical = new StringBuilder($"{method}\n{address.AbsolutePath}\n{address.Query.TrimStart('?')}\n");
        foreach (var (name, value) in signed)
            canonical.Append(name).Append(':').Append(value.Trim()).Append('\n');
        canonical.Append('\n').Append(names).Append('\n').Append(payload);
        var scope = $"{stamp.AsSpan(0, 8)}/{region}/s3/aws4_request";
        var text = $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())))}";
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(KeyOf(stamp[..8], credentials.SecretKey), Encoding.UTF8.GetBytes(text)));
        added.Add(("authorization", $"AWS4-HMAC-SHA256 Credential={credentials.AccessKey}/{scope}, SignedHeaders={names}, Signature={signature}"));
        return added;
    }

    private byte[] KeyOf(string day, string secret)
    {
        if (known is { } kept && kept.Day == day && kept.Secret == secret)
            return kept.Key;
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in (string[])[day, region, "s3", "aws4_request"])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        known = new DayKey(day, secret, key);
        return key;
    }

    // A class, so that another thread sees all of it or nothing.
    private sealed record DayKey(string Day, string Secret, byte[] Key);
}
