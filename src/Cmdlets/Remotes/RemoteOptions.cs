using System.Collections;
using System.Globalization;
using DataVersion.Engine.Repositories;

namespace DataVersion.Cmdlets;

/// <summary>What the cmdlets for remotes have in common.</summary>
internal static class RemoteOptions
{
    /// <summary>The options of a table as the configuration takes them; null removes an option.</summary>
    public static Dictionary<string, string?> Read(Hashtable? options)
    {
        var texts = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry option in options ?? [])
            texts[Convert.ToString(option.Key, CultureInfo.InvariantCulture)!] = option.Value is bool flag ? flag ? "true" : "false"
                : Convert.ToString(option.Value, CultureInfo.InvariantCulture) is { Length: > 0 } text ? text : null;
        return texts;
    }

    /// <summary>The remote as it is configured now.</summary>
    public static DataRemote? Describe(RepositoryLayout layout, string name) =>
        Configuration.Load(layout).Remotes.FirstOrDefault(r => r.Name.Equals(name, StringComparison.OrdinalIgnoreCase))?.ToModel();
}
