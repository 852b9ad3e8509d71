using System.Collections;
using System.Globalization;
using System.Management.Automation;
using DataVersion.Engine.Remotes;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>What the cmdlets for remotes have in common.</summary>
internal static class RemoteOptions
{
    /// <summary>The options of a table as the configuration takes them; null removes an option. An ordered table keeps its order;
    /// that of any other differs from process to process, so its options are written by their names.</summary>
    public static Dictionary<string, string?> Read(IDictionary? options)
    {
        var texts = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        var entries = options?.Cast<DictionaryEntry>() ?? [];
        foreach (var option in options is Hashtable ? entries.OrderBy(o => Convert.ToString(o.Key, CultureInfo.InvariantCulture), StringComparer.Ordinal) : entries)
            texts[Convert.ToString(option.Key, CultureInfo.InvariantCulture)!] = option.Value is bool flag ? flag ? "true" : "false"
                : Convert.ToString(option.Value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;
        return texts;
    }

    /// <summary>The warning for secrets that a file tracked by Git would hold; null when there are none.</summary>
    public static string? WarningFor(ConfigScope scope, string name, IEnumerable<KeyValuePair<string, string?>> options, string? url = null)
    {
        if (scope != ConfigScope.Repository)
            return null;
        string[] secrets = [.. options.Where(o => RemoteSchema.IsSecret(o.Key) && o.Value is { Length: > 0 } value && RemoteSecrets.Mask(o.Key, value) != value).Select(o => o.Key)];
        if (url is not null && RemoteSecrets.Hide(url) != url)
            secrets = [.. secrets, "url"];
        return secrets.Length == 0 ? null : $"The secret '{string.Join("', '", secrets)}' of the remote '{name}' is now in a file that Git tracks, so everybody who gets the repository gets it. "
            + "Use -Scope Local or -Credential, which keep it on this machine, or the name of a secret of Microsoft.PowerShell.SecretManagement.";
    }

    /// <summary>What <c>-Credential</c> means for a remote, as options of its service.</summary>
    public static Dictionary<string, string?> Read(PSCredential credential, string url)
    {
        var (user, secret) = RemoteCredentials.OptionsFor(url);
        return new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { [user] = credential.UserName, [secret] = credential.GetNetworkCredential().Password };
    }

    /// <summary>The remote as it is configured now.</summary>
    public static DataRemote? Describe(RepositoryLayout layout, string name) =>
        Configuration.Load(layout).Remotes.FirstOrDefault(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.ToModel();
}
