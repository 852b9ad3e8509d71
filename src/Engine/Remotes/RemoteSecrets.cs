using System.Text.RegularExpressions;
using DataVersion.Engine.Repositories;

namespace DataVersion.Engine.Remotes;

/// <summary>The secrets of a remote's configuration, to be kept out of everything that is shown.</summary>
public sealed partial class RemoteSecrets
{
    private readonly string[] secrets;

    /// <summary>Collects the secrets of a remote: its secret options, and a password in its URL.</summary>
    public RemoteSecrets(RemoteConfiguration remote)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (option, value) in remote.Options)
            if (RemoteSchema.IsSecret(option))
                foreach (var form in (string[])[value, Uri.EscapeDataString(value), value.TrimStart('?')])
                    found.Add(form);
        // A connection string is shown by no library as a whole, but its key may be.
        foreach (Match part in ConnectionStringPart().Matches(remote.Options.GetValueOrDefault("connection_string") ?? ""))
            found.Add(part.Groups[1].Value);
        if (remote.Scheme.Length > 0 && RemoteAddress.Parse(remote.Url).GetPassword() is { } password)
            found.UnionWith([password, Uri.EscapeDataString(password)]);
        // The form in which a login travels.
        if (remote.Get("user") is { Length: > 0 } user && remote.Get("password") is { Length: > 0 } given)
            found.Add(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{user}:{given}")));
        // What is as short as this is in every text by chance.
        secrets = [.. found.Where(s => s.Length >= 3).OrderByDescending(s => s.Length)];
    }

    /// <summary>True when a text holds a secret.</summary>
    public bool Occurs(string text) => secrets.Any(s => text.Contains(s, StringComparison.Ordinal)) || SignedQuery().IsMatch(text);

    /// <summary>A text with every secret replaced by <c>***</c>.</summary>
    public string Redact(string text)
    {
        foreach (var secret in secrets)
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        return Hide(text);
    }

    /// <summary>An error that says the same without the secrets; what lies beneath it is left out.</summary>
    public DataVersionException Redact(DataVersionException error) => error is TransientRemoteException transient
        ? new TransientRemoteException(Redact(error.Message), Redact(error.Path ?? ""))
        {
            RetryAfter = transient.RetryAfter, IsThrottling = transient.IsThrottling, IsUnreachable = transient.IsUnreachable,
        }
        : new DataVersionException(error.Kind, Redact(error.Message), error.Path is null ? null : Redact(error.Path),
            error.RecommendedAction is null ? null : Redact(error.RecommendedAction));

    /// <summary>The value of an option as it may be shown: a secret as <c>***</c>, the name of a secret as it is.</summary>
    public static string Mask(string option, string value) => RemoteSchema.IsSecret(option) && value.Length > 0
        && !value.StartsWith(RemoteCredentials.SecretMark, StringComparison.Ordinal) ? "***" : Hide(value);

    /// <summary>A text, mostly a URL, without passwords and signatures that its form shows.</summary>
    public static string Hide(string text) => SignedQuery().Replace(UrlPassword().Replace(text, "$1***@"), "$1***");

    [GeneratedRegex("(?:AccountKey|SharedAccessSignature)=([^;]+)", RegexOptions.IgnoreCase)]
    private static partial Regex ConnectionStringPart();

    [GeneratedRegex(@"(\w+://[^/@\s:]*:)[^/\s]+@")]
    private static partial Regex UrlPassword();

    [GeneratedRegex(@"((?:[?&;]|\b)(?:sig|X-Amz-Signature|X-Goog-Signature|AWSAccessKeyId|Signature)=)(?!\*\*\*)[^&\s""']+")]
    private static partial Regex SignedQuery();
}
