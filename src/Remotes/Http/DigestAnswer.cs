using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace DataVersion.Remotes.Http;

/// <summary>Answers to one challenge of digest authentication (format: RFC 7616; <c>qop=auth</c> or the older form without).
/// One challenge is answered many times, so that only the first request is refused.</summary>
internal sealed partial class DigestAnswer
{
    private readonly string user, password, realm, nonce, algorithm;
    private readonly string? opaque;
    private readonly bool hasQop, isSession;
    private readonly HashAlgorithmName hash;
    private int count;

    private DigestAnswer(string user, string password, Dictionary<string, string> challenge)
    {
        (this.user, this.password) = (user, password);
        (realm, nonce, opaque) = (challenge.GetValueOrDefault("realm", ""), challenge["nonce"], challenge.GetValueOrDefault("opaque"));
        algorithm = challenge.GetValueOrDefault("algorithm", "MD5");
        hash = algorithm.StartsWith("SHA-256", StringComparison.OrdinalIgnoreCase) ? HashAlgorithmName.SHA256 : HashAlgorithmName.MD5;
        isSession = algorithm.EndsWith("-sess", StringComparison.OrdinalIgnoreCase);
        hasQop = challenge.ContainsKey("qop");
    }

    /// <summary>Reads a challenge; null when it is of a kind that is not known.</summary>
    public static DigestAnswer? Read(string user, string password, string parameters)
    {
        var challenge = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (Match part in Parameter().Matches(parameters))
            challenge[part.Groups[1].Value] = part.Groups[2].Success ? part.Groups[2].Value.Replace("\\\"", "\"", StringComparison.Ordinal) : part.Groups[3].Value;
        return challenge.ContainsKey("nonce")
            && challenge.GetValueOrDefault("algorithm", "MD5").ToUpperInvariant() is "MD5" or "MD5-SESS" or "SHA-256" or "SHA-256-SESS"
            && (!challenge.TryGetValue("qop", out var qop) || qop.Split(',').Any(q => q.Trim().Equals("auth", StringComparison.OrdinalIgnoreCase)))
            ? new DigestAnswer(user, password, challenge) : null;
    }

    /// <summary>The parameters of the Authorization header of a request.</summary>
    public string To(string method, string uri)
    {
        var clientNonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        var number = Interlocked.Increment(ref count).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
        var secret = Hash($"{user}:{realm}:{password}");
        if (isSession)
            secret = Hash($"{secret}:{nonce}:{clientNonce}");
        var what = Hash($"{method}:{uri}");
        var response = Hash(hasQop ? $"{secret}:{nonce}:{number}:{clientNonce}:auth:{what}" : $"{secret}:{nonce}:{what}");
        var text = new StringBuilder($"username=\"{Quote(user)}\", realm=\"{Quote(realm)}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm={algorithm}");
        if (hasQop)
            text.Append($", qop=auth, nc={number}, cnonce=\"{clientNonce}\"");
        if (opaque is not null)
            text.Append($", opaque=\"{opaque}\"");
        return text.ToString();
    }

    private string Hash(string text) => Convert.ToHexStringLower(CryptographicOperations.HashData(hash, Encoding.UTF8.GetBytes(text)));

    private static string Quote(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    [GeneratedRegex("""(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))""")]
    private static partial Regex Parameter();
}
